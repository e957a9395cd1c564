"""What an official enters for an import: the election, and whether to create accounts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from import_export.forms import ConfirmImportForm, ImportForm

from voting.models import Election, State


class RollImportForm(ImportForm):  # type: ignore[misc]
    election = forms.ModelChoiceField(
        label=_("Election"), queryset=Election.objects.filter(state=State.DRAFT)
    )
    create_voters = forms.BooleanField(
        label=_("Create missing accounts"),
        required=False,
        help_text=_("They have no password until one is set."),
    )


class ConfirmRollImportForm(ConfirmImportForm):  # type: ignore[misc]
    election = forms.ModelChoiceField(
        queryset=Election.objects.filter(state=State.DRAFT), widget=forms.HiddenInput
    )
    create_voters = forms.BooleanField(required=False, widget=forms.HiddenInput)
