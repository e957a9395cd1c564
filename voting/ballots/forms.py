from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from voting.birth_date import BirthDateField

if TYPE_CHECKING:
    from voting.models import Election


class DetailsForm(forms.Form):
    """Asks for what the election asks for."""

    voter_number = forms.CharField(
        label=_("Voter number"),
        max_length=64,
        help_text=_("It stands on your voting card."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "input--short"}),
    )
    date_of_birth = BirthDateField(label=_("Date of birth"), help_text=_("For example 31 12 1950."))

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not election.ask_voter_number:
            del self.fields["voter_number"]
        if not election.ask_date_of_birth:
            del self.fields["date_of_birth"]
