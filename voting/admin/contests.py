"""Contests and their choices in the administration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.utils.translation import gettext_lazy as _

from voting.admin.drafts import DraftInline, DraftParts
from voting.admin.forms import ChoiceForm
from voting.admin.translations import field_names, translated_form
from voting.crypto import text
from voting.models import Choice, Contest

if TYPE_CHECKING:
    from django.http import HttpRequest

MAX_CHOICES = settings.DATA_UPLOAD_MAX_NUMBER_FILES // 2


class ContestForm(forms.ModelForm):  # type: ignore[type-arg]
    districts = forms.CharField(
        label=_("Districts"),
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text=_(
            "One on each line, as on the roll: only their voters have this contest. Leave empty if "
            "all have it. The board then shows the district of each voter."
        ),
    )

    class Meta:
        model = Contest
        fields = (
            *("election", "title", "description", "kind", "min_selections", "max_selections"),
            *("blank_allowed", "order"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("districts", "\n".join(self.instance.groups))

    def clean_districts(self) -> list[str]:
        lines = self.cleaned_data["districts"].splitlines()
        names = sorted({text.normalise(line) for line in lines} - {""})
        if not all(text.is_plain(name, text.MAX_GROUP) for name in names):
            raise forms.ValidationError(
                _("A district has at most 100 characters, and none that nobody sees.")
            )
        return names

    def save(self, commit: bool = True) -> Any:
        self.instance.groups = self.cleaned_data["districts"]
        return super().save(commit)


class ChoiceInline(DraftInline, admin.StackedInline):  # type: ignore[type-arg]
    model = Choice
    form = ChoiceForm
    # Each has two files, and a form may have DATA_UPLOAD_MAX_NUMBER_FILES of them.
    max_num = MAX_CHOICES

    def get_fields(self, request: HttpRequest, obj: Contest | None = None) -> Any:
        names = field_names(obj.election if obj else None, Choice)
        return ("order", "name", "party", "colour", "statement", *names, "logo", "photo")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = translated_form(ChoiceForm, obj.election if obj else None)
        return super().get_formset(request, obj, **{"form": form, **kwargs})


@admin.register(Contest)
class ContestAdmin(DraftParts):
    list_display = ("title", "election", "kind")
    list_filter = ("election",)
    inlines = (ChoiceInline,)
    actions = None

    def get_fields(self, request: HttpRequest, obj: Contest | None = None) -> Any:
        names = field_names(obj.election if obj else None, Contest)
        return (*ContestForm.Meta.fields, "districts", *names)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        form = translated_form(ContestForm, obj.election if obj else None)
        return super().get_form(request, obj, change, **{"form": form, **kw})
