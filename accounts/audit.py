"""The audit log: what was done and by whom. Any later change to it can be detected."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AuditEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import User

Detail = str | int | bool | None
GENESIS = "0" * 64
# An arbitrary number, the same for every writer.
CHAIN_LOCK = 0x46616365


def user_subject(user_id: int) -> str:
    """How the audit log names a person: by number, since names are personal data."""
    return f"user:{user_id}"


class Action(StrEnum):
    USER_CREATED = "user_created"
    USER_CHANGED = "user_changed"
    USER_DELETED = "user_deleted"
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    PASSWORD_SET = "password_set"  # noqa: S105
    PASSWORD_LINK_MADE = "password_link_made"  # noqa: S105
    TOTP_CODE_MADE = "totp_code_made"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_SPENT = "recovery_code_spent"
    TOTP_ENROLLED = "totp_enrolled"
    TOTP_REMOVED = "totp_removed"
    API_TOKEN_MADE = "api_token_made"  # noqa: S105
    API_TOKEN_REVOKED = "api_token_revoked"  # noqa: S105
    PROGRAM_ADDED = "program_added"
    PROGRAM_CHANGED = "program_changed"
    PROGRAM_REMOVED = "program_removed"
    PROGRAM_SECRET_MADE = "program_secret_made"  # noqa: S105
    PROGRAM_CONNECTED = "program_connected"
    PROGRAM_DISCONNECTED = "program_disconnected"
    PROGRAM_SIGNED_IN_TO = "program_signed_in_to"
    ACT_PROVED = "act_proved"
    OIDC_KEYS_ROTATED = "oidc_keys_rotated"
    VOTERS_READ = "voters_read"
    OWN_DATA_EXPORTED = "own_data_exported"
    ROLL_PURGED = "roll_purged"
    CHANGE_PROPOSED = "change_proposed"
    CHANGE_APPROVED = "change_approved"
    CHANGE_DECLINED = "change_declined"
    CONSENT_GIVEN = "consent_given"
    CONSENT_ON_PAPER = "consent_on_paper"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    FACE_VERIFIED = "face_verified"
    FACE_REFUSED = "face_refused"
    FACE_BLOCKED = "face_blocked"
    OVERRIDE_REQUESTED = "override_requested"
    OVERRIDE_CONFIRMED = "override_confirmed"
    OVERRIDE_SPENT = "override_spent"
    LOCKOUT_RESET = "lockout_reset"
    PHOTO_ADDED = "photo_added"
    PHOTO_REMOVED = "photo_removed"
    OWN_PHOTOS_TAKEN = "own_photos_taken"
    OWN_PHOTOS_HANDED_IN = "own_photos_handed_in"
    OWN_PHOTOS_APPROVED = "own_photos_approved"
    OWN_PHOTOS_REFUSED = "own_photos_refused"
    CARD_PHOTO_PLACED = "card_photo_placed"
    PHONE_HANDOFF = "phone_handoff"
    EVIDENCE_SEEN = "evidence_seen"
    LIVENESS_PICTURE_KEPT = "liveness_picture_kept"
    REFERENCE_MADE = "reference_made"
    REFERENCE_ERASED = "reference_erased"
    RESEMBLANCE_ACCEPTED = "resemblance_accepted"
    MATCHING_EVALUATED = "matching_evaluated"
    VOTERS_IMPORTED = "voters_imported"
    ROLL_EXPORTED = "roll_exported"
    MAIL_ORDERED = "mail_ordered"
    MAIL_CHANGED = "mail_changed"
    MAIL_TEXT_CHANGED = "mail_text_changed"
    LETTERS_FETCHED = "letters_fetched"
    LETTERS_PRINTED = "letters_printed"
    ELECTION_CREATED = "election_created"
    ELECTION_CHANGED = "election_changed"
    ELECTION_FROZEN = "election_frozen"
    ELECTION_CALLED_OFF = "election_called_off"
    ELECTION_OPENED = "election_opened"
    ELECTION_CLOSED = "election_closed"
    COUNT_ORDERED = "count_ordered"
    ELECTION_COUNTED = "election_counted"
    RESULT_RELEASED = "result_released"
    ROLL_CHANGE_PROPOSED = "roll_change_proposed"
    ROLL_CHANGE_APPROVED = "roll_change_approved"
    ROLL_CHANGE_DECLINED = "roll_change_declined"
    JOINT_STEP_PROPOSED = "joint_step_proposed"
    JOINT_STEP_APPROVED = "joint_step_approved"
    JOINT_STEP_DECLINED = "joint_step_declined"
    TRUSTEE_LINK_RENEWED = "trustee_link_renewed"
    REGISTRAR_FILE = "registrar_file"
    VOTERS_FORGOTTEN = "voters_forgotten"
    TRUSTEE_MESSAGE = "trustee_message"
    BALLOT_CAST = "ballot_cast"
    BALLOT_OPENED = "ballot_opened"
    BACKUP_MADE = "backup_made"
    SITE_RESTORED = "site_restored"


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What verify_chain() found.

    If the chain is intact, `problem` is empty, and `sequence` and `head` are those of its last
    event. Otherwise they are those of the first event that does not fit.
    """

    sequence: int
    head: str
    problem: str = ""

    @property
    def ok(self) -> bool:
        return not self.problem


def record(
    action: Action, *, actor: User | None, subject: str = "", **details: Detail
) -> AuditEvent:
    """Append one event in the caller's transaction: it is kept if and only if that is committed.

    `subject` names a row ("election:3"), never a person. `details` hold no personal data. Raises
    TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an audit event needs a transaction")
    _lock_chain()
    last = AuditEvent.objects.order_by("-sequence").first()
    event = AuditEvent(
        sequence=last.sequence + 1 if last else 1,
        at=timezone.now(),
        action=action,
        actor_id=actor.pk if actor else None,
        subject=subject,
        details=details,
        previous_hash=last.hash if last else GENESIS,
    )
    event.hash = digest(event)
    event.save(force_insert=True)
    return event


def digest(event: AuditEvent) -> str:
    """SHA-256 over the event's canonical JSON, which includes the hash of the event before it."""
    fields: Mapping[str, object] = {
        "sequence": event.sequence,
        "at": event.at.isoformat(),
        "action": str(event.action),
        "actor": event.actor_id,
        "subject": event.subject,
        "details": event.details,
        "previous": event.previous_hash,
    }
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def verify_chain() -> ChainReport:
    """Check the whole log, from the first event on, up to the first that does not fit."""
    previous, expected = GENESIS, 1
    for event in AuditEvent.objects.order_by("sequence").iterator():
        problem = _problem(event, previous=previous, expected=expected)
        if problem:
            return ChainReport(event.sequence, event.hash, problem)
        previous, expected = event.hash, expected + 1
    return ChainReport(expected - 1, previous)


def _problem(event: AuditEvent, *, previous: str, expected: int) -> str:
    if event.sequence != expected:
        return f"event {expected} is missing"
    if event.previous_hash != previous:
        return f"event {expected} does not follow the one before"
    if digest(event) != event.hash:
        return f"event {expected} was altered"
    return ""


def _lock_chain() -> None:
    """Let one writer append at a time. On SQLite every transaction holds the write lock anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
