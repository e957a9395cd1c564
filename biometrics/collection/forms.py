"""What an operator says about the pictures: who or what is in front of which camera."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from biometrics.collection.labelled_pictures import SUBJECT, CollectionRefused, Label

PLAIN = RegexValidator(rf"\A{SUBJECT.pattern}\Z", _("Letters, digits, - and _ only."))
REAL, FAKE = "real", "fake"


class CollectionForm(forms.Form):
    """The labels of one picture."""

    label = forms.ChoiceField(
        label=_("Before the camera is"),
        choices=[(REAL, _("a living person")), (FAKE, _("a picture, a screen or a mask"))],
    )
    species = forms.ChoiceField(
        label=_("Of what kind"),
        choices=[
            ("", _("(a living person)")),
            ("print", _("a print")),
            ("replay", _("a screen")),
            ("mask", _("a mask")),
        ],
        required=False,
    )
    subject = forms.CharField(
        label=_("Whose face, by a sign of your own"), max_length=40, validators=[PLAIN]
    )
    device = forms.CharField(label=_("Which camera"), max_length=40)
    split = forms.ChoiceField(
        label=_("To be used for"),
        choices=[("train", _("training")), ("test", _("testing"))],
    )
    agreed = forms.BooleanField(
        label=_(
            "This person has agreed that the pictures are kept on this server, unencrypted, to "
            "train and to measure how pictures and screens are told from living faces."
        ),
        error_messages={"required": _("Ask the person first, then tick the box.")},
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                self.as_label(given)
            except CollectionRefused as refusal:
                self.add_error("species", str(refusal))
        return given

    @staticmethod
    def as_label(given: dict[str, Any]) -> Label:
        """Make the label of the cleaned data. Raises CollectionRefused if it contradicts itself."""
        return Label(
            bona_fide=given["label"] == REAL,
            species=given["species"],
            subject=given["subject"],
            device=given["device"],
            split=given["split"],
        )
