"""One superuser alone is never two officials: a new one, or one with new credentials, waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts import overrides, roles
from accounts.models import AuditEvent, OverridePurpose, SealedDevice, User
from accounts.overrides import OverrideRefused
from accounts.passwords import set_password
from accounts.passwords.link_by_two import PASSWORD_LINK
from accounts.proposals import deciding
from accounts.proposals.second_official import ProposalRefusalCode, ProposalRefused
from facevote.desk import desk_of
from tests.support.office_forms import opened
from tests.support.officials import browser_of, official_of
from tests.support.polls import open_poll
from voting.elections import joint_steps
from voting.models import JointStep, JointStepKind, RollChange
from voting.refusals import StepRefused
from voting.roll import changes

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough passphrase"


@pytest.fixture
def chief(settings):
    settings.SECOND_OFFICIAL = True
    return User.objects.create_superuser("chief", email="chief@vote.example")


@pytest.fixture
def office(chief):
    return browser_of(chief)


def made_by(office, name="puppet"):
    """An account that a superuser makes in the administration, and gives every right."""
    fields = {"username": name, "password1": PASSWORD, "password2": PASSWORD}
    office.post(reverse("admin:accounts_user_add"), fields)
    user = User.objects.get(username=name)
    page = reverse("admin:accounts_user_change", args=[user.pk])
    office.post(page, {**opened(office, page), "is_staff": "on", "is_superuser": "on"})
    user = User.objects.get(pk=user.pk)
    assert user.is_superuser
    return user


def may_approve(official, chief):
    """Whether this official may approve what the superuser proposes."""
    voter, _made = User.objects.get_or_create(username="voter")
    now = timezone.now()
    proposal = deciding.propose(PASSWORD_LINK, actor=chief, person=voter, now=now)
    try:
        deciding.approve(proposal, actor=User.objects.get(pk=official.pk), now=now)
    except ProposalRefused as refused:
        if refused.code != ProposalRefusalCode.NOT_YET:
            raise
        return False
    return True


def test_an_official_whom_a_superuser_made_approves_nothing_for_two_days(office, chief):
    puppet = made_by(office)

    assert not may_approve(puppet, chief)
    with time_machine.travel(timezone.now() + timedelta(days=2, minutes=1)):
        assert may_approve(puppet, chief)


def test_nor_a_roll_change_nor_a_step_of_an_election_nor_a_voter_at_the_door(office, chief):
    puppet, now = made_by(office), timezone.now()
    poll = open_poll()
    change = RollChange(election=poll.election, reason="x", remove=["N0"])
    changes.propose(change, actor=chief)
    moment = now.replace(second=0, microsecond=0) + timedelta(days=9)
    step = JointStep(election=poll.election, kind=JointStepKind.EXTEND, moment=moment, reason="x")
    step.proposed_by = chief
    step.save()
    asked = overrides.request_override(
        chief, poll.users[0], OverridePurpose.CAST, reason="x", now=now
    )

    with pytest.raises(StepRefused, match="less than two days"):
        changes.approve(change, actor=puppet, now=now)
    with pytest.raises(StepRefused, match="less than two days"):
        joint_steps.approve(step, actor=puppet, now=now)
    with pytest.raises(OverrideRefused, match="not_yet"):
        overrides.confirm(puppet, asked, now=now)


def reset_password(office, colleague):
    office.post(
        reverse("admin:auth_user_password_change", args=[colleague.pk]),
        {"password1": PASSWORD, "password2": PASSWORD},
    )
    assert User.objects.get(pk=colleague.pk).check_password(PASSWORD)


def make_link(office, colleague):
    office.post(reverse("admin:accounts_user_password_link", args=[colleague.pk]))


def make_code(office, colleague):
    office.post(
        reverse("admin:accounts_user_changelist"),
        {"action": "authenticator_code", "_selected_action": [colleague.pk]},
    )
    assert AuditEvent.objects.filter(action="totp_code_made").exists()


def remove_authenticator(office, colleague):
    device = SealedDevice.objects.create(user=colleague, confirmed=True)
    office.post(reverse("admin:accounts_sealeddevice_delete", args=[device.pk]), {"post": "yes"})
    make_code(office, colleague)


def give_rights(office, colleague):
    page = reverse("admin:accounts_user_change", args=[colleague.pk])
    office.post(page, {**opened(office, page), "is_superuser": "on"})


@pytest.mark.parametrize(
    "take_over",
    [reset_password, make_link, make_code, remove_authenticator, give_rights],
)
def test_a_colleague_whose_credentials_a_superuser_resets_waits_too(office, chief, take_over):
    colleague = official_of(roles.REGISTRAR, "colleague")
    assert may_approve(colleague, chief)

    take_over(office, colleague)

    assert not may_approve(colleague, chief)


def test_all_other_officials_are_told_by_mail_and_on_the_desk(
    office, chief, django_capture_on_commit_callbacks, settings
):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    registrar = official_of(roles.REGISTRAR, "registrar")
    User.objects.filter(pk=registrar.pk).update(email="registrar@vote.example")

    with django_capture_on_commit_callbacks(execute=True):
        made_by(office)

    told = {address: letter.body for letter in mail.outbox for address in letter.to}
    assert {"registrar@vote.example", "chief@vote.example"} <= set(told)
    assert "puppet can approve" in told["registrar@vote.example"]
    assert any("puppet got rights" in matter.words for matter in desk_of(registrar))


def test_the_command_line_is_trusted_and_so_is_ones_own_change_of_password(chief, capsys):
    call_command("create_official", "second")
    second = User.objects.get(username="second")
    call_command("authenticator_code", "second", "--reset")

    assert may_approve(second, chief)
    set_password.make_link(second, actor=second, now=timezone.now())
    assert may_approve(second, chief)


def test_a_demonstration_with_one_official_waits_for_nobody(office, chief, settings):
    settings.SECOND_OFFICIAL = False

    assert may_approve(made_by(office), chief)
