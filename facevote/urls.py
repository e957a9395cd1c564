from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("voting.urls")),
    path("", include("biometrics.urls")),
    path("", include("accounts.urls")),
    path("admin/", admin.site.urls),
]
