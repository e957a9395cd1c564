from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from voting.preparing.views import get_ready
from voting.public.views import home

urlpatterns = [
    path("", home, name="home"),
    path("get-ready/", get_ready, name="get_ready"),
    # The administration has no sign-in page of its own: everybody takes the same way in.
    path("admin/login/", RedirectView.as_view(pattern_name="accounts:sign-in", query_string=True)),
    path("", include("facevote.well_known")),
    path("", include("voting.urls")),
    path("", include("biometrics.urls")),
    path("", include("accounts.urls")),
    path("", include("accounts.oidc.urls")),
    path("admin/", admin.site.urls),
]

if settings.EMAIL_PROVIDER:
    # Where the mail provider tells which letters came back.
    urlpatterns.append(path("anymail/", include("anymail.urls")))
