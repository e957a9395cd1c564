"""The form of an election in the administration."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from voting.keys import ceremony
from voting.models import Election

# What the trustees' keys depend on: when one of them changes, all keys are made anew.
RESTARTING: Final = ("threshold", "slug", "key_mode")


class ElectionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Asks once more before a change that throws the trustees' keys away."""

    restart_keys = forms.BooleanField(
        label=_("The trustees make their keys anew"),
        required=False,
        help_text=_(
            "Trustees have sent keys. They depend on the identifier, on who holds the key and on "
            "how many trustees the count needs: a change of these throws all of them away."
        ),
    )

    class Meta:
        model = Election
        fields = "__all__"  # noqa: DJ007 - the page lists its fields; what is not editable stays out

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begun = ceremony.begun_by(self.instance) if self.instance.pk else 0
        if begun and set(RESTARTING) & set(self.changed_data) and not cleaned["restart_keys"]:
            self.add_error(
                "restart_keys",
                ngettext(
                    "%(count)d trustee would have to make the key anew. Tick this if it is meant.",
                    "%(count)d trustees would have to make their keys anew. Tick this if it is "
                    "meant.",
                    begun,
                )
                % {"count": begun},
            )
        return cleaned
