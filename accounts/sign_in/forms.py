from __future__ import annotations

from django import forms
from django.contrib.auth.forms import UsernameField
from django.utils.translation import gettext_lazy as _

from accounts.passwords.length import MAX_PASSWORD


class SignInForm(forms.Form):
    # Django's field puts what is typed into the normal form in which user names are stored.
    username = UsernameField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    code = forms.RegexField(
        label=_("Code from your authenticator app"),
        help_text=_("Six digits. If you do not have the app, type one of your recovery codes."),
        regex=r"^\s*([0-9]{6}|[A-Za-z2-7]{5}[ -]?[A-Za-z2-7]{5})\s*$",
        error_messages={
            "invalid": _("The code has six digits; a recovery code has ten letters and digits.")
        },
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none"}),
    )


class SetUpCodeForm(forms.Form):
    set_up_code = forms.RegexField(
        label=_("Code to set up your authenticator"),
        regex=r"^\s*[A-Za-z2-7]{5}[ -]?[A-Za-z2-7]{5}\s*$",
        error_messages={"invalid": _("The code has ten letters and digits.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
