from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from voting.public.views import home

urlpatterns = [
    path("", home, name="home"),
    # The administration has no sign-in page of its own: everybody takes the same way in.
    path("admin/login/", RedirectView.as_view(pattern_name="accounts:sign-in", query_string=True)),
    path("", include("facevote.well_known")),
    path("", include("voting.urls")),
    path("", include("biometrics.urls")),
    path("", include("accounts.urls")),
    path("", include("accounts.oidc.urls")),
    path("admin/", admin.site.urls),
]
