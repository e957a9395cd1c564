"""A Django program whose users sign in at FaceVote with password and face, by mozilla-django-oidc.

Everything stands in this one file; in a project of your own it goes to settings.py and urls.py.
"""

import os
import sys

import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import include, path, reverse
from django.utils.html import format_html

site = os.environ["FACEVOTE"].rstrip("/")
settings.configure(
    DEBUG=True,
    SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY", "only-for-trying-it-out"),
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ.get("DATABASE", "example.sqlite3"),
        }
    },
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "mozilla_django_oidc",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    AUTHENTICATION_BACKENDS=["people.People"],
    LOGIN_REDIRECT_URL="/",
    OIDC_RP_CLIENT_ID=os.environ["CLIENT_ID"],
    OIDC_RP_CLIENT_SECRET=os.environ["CLIENT_SECRET"],
    OIDC_RP_SIGN_ALGO="RS256",
    OIDC_RP_SCOPES="openid profile",
    OIDC_USE_PKCE=True,
    OIDC_OP_AUTHORIZATION_ENDPOINT=f"{site}/oidc/authorize/",
    OIDC_OP_TOKEN_ENDPOINT=f"{site}/oidc/token/",
    OIDC_OP_USER_ENDPOINT=f"{site}/oidc/userinfo/",
    OIDC_OP_JWKS_ENDPOINT=f"{site}/oidc/keys/",
)
django.setup()


def home(request):
    if not request.user.is_authenticated:
        link = reverse("oidc_authentication_init")
        return HttpResponse(format_html('<a href="{}">Sign in with FaceVote</a>', link))
    return HttpResponse(format_html('<p id="who">Hello {}.</p>', request.user.get_full_name()))


urlpatterns = [path("", home), path("oidc/", include("mozilla_django_oidc.urls"))]

if __name__ == "__main__":
    from django.core.management import call_command, execute_from_command_line

    call_command("migrate", verbosity=0)
    execute_from_command_line(sys.argv)
