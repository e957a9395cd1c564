"""The form of “Am I on the roll?”."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from voting.birth_date import BirthDateField
from voting.preparing.on_the_roll import asks_birth_date

if TYPE_CHECKING:
    from voting.models import Election


class RollCheckForm(forms.Form):
    voter_number = forms.CharField(label=_("Voter number"), max_length=64)
    date_of_birth = BirthDateField(label=_("Date of birth"))

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_birth_date(election):
            del self.fields["date_of_birth"]
