from __future__ import annotations

from django.urls import path

from accounts.oidc import authorize, sign_out, views

app_name = "oidc"
urlpatterns = [
    path(".well-known/openid-configuration", views.discovery, name="discovery"),
    path(".well-known/oauth-authorization-server", views.discovery),
    path("oidc/keys/", views.keys, name="keys"),
    path("oidc/authorize/", authorize.authorize, name="authorize"),
    path("oidc/authorize/<uuid:request_id>/", authorize.waiting_request, name="waiting"),
    path("oidc/token/", views.token, name="token"),
    path("oidc/userinfo/", views.userinfo, name="userinfo"),
    path("oidc/revoke/", views.revoke, name="revoke"),
    path("oidc/sign-out/", sign_out.sign_out, name="sign-out"),
    path("account/programs/<int:connection_id>/disconnect/", views.disconnect, name="disconnect"),
]
