"""Steps of two officials in the administration: one proposes, another approves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import DateTimeField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.signed_in import official
from voting.admin.moments import NamedDateTime
from voting.admin.two_officials import StepDecisionFilter, TwoOfficialsAdmin
from voting.elections import joint_steps
from voting.models import Election, JointStep
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest
    from django_stubs_ext import StrPromise

    from accounts.models import User


class JointStepForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = JointStep
        fields = ("election", "kind", "moment", "reason")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                joint_steps.check(JointStep(**cleaned), timezone.now())
            except StepRefused as refusal:
                raise forms.ValidationError(
                    [str(reason) for reason in refusal.reasons]
                ) from refusal
        return cleaned


@admin.register(JointStep)
class JointStepAdmin(TwoOfficialsAdmin):
    permission = joint_steps.PERMISSION
    list_display = (
        *("election", "kind", "moment", "reason", "proposed_by", "decision"),
        "approved_by",
    )
    list_filter = (StepDecisionFilter, "election", "kind")
    form = JointStepForm

    def get_fields(self, request: HttpRequest, obj: JointStep | None = None) -> Any:
        people = () if obj is None else ("proposed_by", "approved_by", "declined_by")
        return ("election", "kind", "moment", "reason", *people)

    def get_readonly_fields(self, request: HttpRequest, obj: JointStep | None = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, DateTimeField):
            kwargs["widget"] = NamedDateTime(str(db_field.verbose_name))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "election":
            kwargs["queryset"] = Election.objects.filter(state__in=joint_steps.STATES.values())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_view_permission(self, request: HttpRequest, obj: JointStep | None = None) -> bool:
        return bool(request.user.has_perm("voting.view_election"))

    def save_model(self, request: HttpRequest, obj: JointStep, form: Any, change: bool) -> None:
        joint_steps.propose(obj, actor=official(request))

    def approve_step(self, step: JointStep, *, actor: User, now: datetime) -> StrPromise:
        joint_steps.approve(step, actor=actor, now=now)
        return _("The step is taken.")

    def decline_step(self, step: JointStep, *, actor: User) -> None:
        joint_steps.decline(step, actor=actor)
