from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime, AdminTextareaWidget
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from voting.elections.pictures import PictureRefused, reencode
from voting.models import Choice, ChoicePicture, PictureRole, RollChange, VoterRollEntry
from voting.refusals import StepRefused
from voting.roll import changes, imports
from voting.roll.additions import FIELDS
from voting.roll.reading.file import read_roll
from voting.roll.reading.problems import RollFileRefused


class NamedDateTime(AdminSplitDateTime):
    """Date and time in two fields, each with a label of its own for screen readers."""

    def __init__(self, name: str) -> None:
        super().__init__()
        for part, widget in zip((_("date"), _("time")), self.widgets, strict=True):
            widget.attrs["aria-label"] = f"{name}: {part}"


class PictureField(forms.FileField):
    """A file field whose value is the picture, already reduced and stripped of its metadata."""

    def clean(self, data: Any, initial: Any = None) -> bytes | None:
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return reencode(file.read())
        except PictureRefused as refusal:
            raise forms.ValidationError(
                _("This is not a JPEG, PNG or WebP picture of at most 8 MiB and 24 megapixels.")
            ) from refusal


class ChoiceForm(forms.ModelForm):  # type: ignore[type-arg]
    logo = PictureField(label=_("logo"), required=False)
    photo = PictureField(label=_("photo"), required=False)

    class Meta:
        model = Choice
        fields = ("order", "name", "party", "colour", "statement")

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]
        self._save_pictures()

    def _save_pictures(self) -> None:
        for role in PictureRole:
            if data := self.cleaned_data.get(role.value):
                ChoicePicture.objects.update_or_create(
                    choice=self.instance, role=role, defaults={"webp": data}
                )


class RollEntryForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = VoterRollEntry
        fields = ("election", "user", "name", "voter_number", "date_of_birth", "district")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        election = cleaned.get("election")
        if election is not None and imports.is_at_work(election):
            raise forms.ValidationError(
                _("A roll is being imported into this election. Wait until that is done.")
            )
        return cleaned


class RollChangeForm(forms.ModelForm):  # type: ignore[type-arg]
    add = forms.CharField(
        label=_("Voters to add"),
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=_(
            "As in a roll's file, the header line first: "
            "voter_number,name,username. Add date_of_birth and district if you need them."
        ),
    )
    remove = forms.CharField(
        label=_("Voter numbers to remove"),
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=_("One on each line. Nobody who has voted can be removed."),
    )

    new_codes = forms.CharField(
        label=_("Voter numbers that get a new code"),
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_(
            "One on each line: voters who have lost the letter of a registrar. They get a new "
            "credential, and the registrars draw new codes."
        ),
    )

    class Meta:
        model = RollChange
        fields = ("election", "reason", "add", "remove")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The fields are text here, and lists in the model.
        self.initial.update(add="", remove="")

    def clean_add(self) -> list[dict[str, str]]:
        text = self.cleaned_data["add"]
        try:
            data = text.encode(errors="surrogatepass")
            rows = read_roll(data, today=timezone.localdate()).rows if text else []
        except RollFileRefused as refusal:
            raise forms.ValidationError([str(problem) for problem in refusal.problems]) from refusal
        if any(row.email for row in rows):
            raise forms.ValidationError(_("Name the account by its user name, not by an e-mail."))
        return [{name: getattr(row, name) for name in FIELDS} for row in rows]

    def clean_remove(self) -> list[str]:
        return self._numbers("remove")

    def clean_new_codes(self) -> list[str]:
        return self._numbers("new_codes")

    def _numbers(self, name: str) -> list[str]:
        lines = self.cleaned_data[name].splitlines()
        return [line.strip() for line in lines if line.strip()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            numbers = cleaned.pop("new_codes", [])
            cleaned["remove"] += numbers
            try:
                cleaned["add"] += changes.same_voters(cleaned["election"], numbers)
                changes.check(RollChange(**cleaned))
            except StepRefused as refusal:
                raise forms.ValidationError(
                    [str(reason) for reason in refusal.reasons]
                ) from refusal
        return cleaned
