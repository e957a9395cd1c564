from __future__ import annotations

from django.urls import path

from accounts.passwords import by_link
from accounts.passwords import views as password_views
from accounts.rights import own_address
from accounts.rights import views as rights_views
from accounts.sign_in import forgotten, views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/code/", views.code, name="code"),
    path("sign-in/official/", views.official_let_me_in, name="override"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("account/password/", password_views.change_password, name="change-password"),
    path("account/address/", own_address.new_address, name="new-address"),
    path("confirm-address/<str:secret>/", own_address.confirm_address, name="confirm-address"),
    path("set-password/<str:secret>/", by_link.by_link, name="set-password"),
    path("forgotten/", forgotten.forgotten, name="forgotten"),
    path("forgotten/asked/", forgotten.asked, name="forgotten-asked"),
    path("account/recovery-codes/", views.recovery_codes, name="recovery-codes"),
    path("account/my-data/", rights_views.download, name="my-data"),
    path("account/delete/", rights_views.delete, name="delete"),
    path("account/", views.profile, name="profile"),
]
