"""Every action of the administration, for every role: who is offered it, and nobody else."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from accounts.models import User
from tests.support.officials import browser_of, official_of
from tests.support.polls import open_poll
from voting.elections import joint_steps
from voting.models import JointStep, JointStepKind, RollChange
from voting.refusals import StepRefused

pytestmark = pytest.mark.django_db

R, O, S = roles.REGISTRAR, roles.ELECTION_OFFICER, "superuser"  # noqa: E741
ROLES = (R, O, roles.AUDITOR, "no role", S)
# An action that is not listed here fails the test: think first who may do it.
ALLOWED = {
    ("accounts.accessoverride", "confirm"): {R, O, S},
    ("accounts.proposal", "approve"): {R, O, S},
    ("accounts.proposal", "decline"): {R, O, S},
    ("accounts.apitoken", "delete_selected"): {S},
    ("accounts.sealeddevice", "delete_selected"): {S},
    ("accounts.user", "authenticator_code"): {S},
    ("accounts.user", "delete_selected"): {S},
    ("auth.group", "delete_selected"): {S},
    ("axes.accessattempt", "cleanup_expired_attempts"): {S},
    ("axes.accessattempt", "delete_selected"): {S},
    ("axes.accessfailurelog", "delete_selected"): {S},
    ("axes.accesslog", "delete_selected"): {S},
    ("biometrics.enrolment", "encode_again"): {R, S},
    ("biometrics.enrolment", "erase_biometrics"): {R, S},
    ("biometrics.enrolment", "reset_lockout"): {R, S},
    ("biometrics.facelockout", "reset"): {R, S},
    ("biometrics.referencephoto", "accept_anyway"): {R, S},
    ("biometrics.referencephoto", "delete_selected"): {R, S},
    ("biometrics.referencephoto", "encode_again"): {R, S},
    ("biometrics.enrolment", "paper_consent"): {R, S},
    ("voting.jointstep", "approve"): {O, S},
    ("voting.jointstep", "decline"): {O, S},
    ("voting.rollchange", "approve"): {R, O, S},
    ("voting.rollchange", "decline"): {R, O, S},
    ("voting.trustee", "delete_selected"): {O, S},
    ("voting.trustee", "renew"): {O, S},
    ("voting.trustee", "mail_link"): {O, S},
    ("oidc.client", "delete_selected"): {S},
}


def user_of(role):
    if role == S:
        return User.objects.create_superuser("chief")
    if role == "no role":
        return User.objects.create_user("clerk", is_staff=True)
    return official_of(role)


def offered(user):
    """What the lists of the administration offer this official to do with the rows they choose."""
    request = RequestFactory().get("/admin/")
    request.user = user
    return {
        (page.opts.label_lower, action)
        for page in admin.site._registry.values()
        if page.has_view_or_change_permission(request)
        for action in page.get_actions(request)
    }


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_offered_its_own_actions_and_no_other(role):
    assert offered(user_of(role)) == {what for what, who in ALLOWED.items() if role in who}


@pytest.mark.parametrize("role", [roles.AUDITOR, "no role"])
def test_an_action_that_was_not_offered_is_not_taken_when_it_is_sent_all_the_same(role):
    poll = open_poll()
    change = RollChange.objects.create(
        election=poll.election, reason="x", add=[], remove=["N1"], proposed_by=poll.official
    )

    browser_of(user_of(role)).post(
        reverse("admin:voting_rollchange_changelist"),
        {"action": "approve", "_selected_action": [change.pk]},
    )

    change.refresh_from_db()
    assert change.approved_by is None


def test_the_function_asks_for_the_permission_whatever_page_calls_it():
    step = JointStep(election=open_poll().election, kind=JointStepKind.EXTEND)

    with pytest.raises(StepRefused, match="You may not do this"):
        joint_steps.approve(step, actor=official_of(roles.AUDITOR), now=timezone.now())
    with pytest.raises(StepRefused, match="You may not do this"):
        joint_steps.propose(step, actor=official_of(roles.AUDITOR, "other-auditor"))
