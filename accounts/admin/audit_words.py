"""What the events of the audit log are called on pages. The log itself keeps the codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.audit import Action

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

WORDS: dict[Action, StrPromise] = {
    Action.USER_CREATED: _("An account was made"),
    Action.USER_CHANGED: _("An account was changed"),
    Action.USER_DELETED: _("An account was deleted"),
    Action.SIGNED_IN: _("Somebody signed in"),
    Action.SIGN_IN_REFUSED: _("A sign-in was refused"),
    Action.SIGNED_OUT: _("Somebody signed out"),
    Action.PASSWORD_SET: _("A password was set"),
    Action.PASSWORD_LINK_MADE: _("A link to set a password was made"),
    Action.TOTP_CODE_MADE: _("A code to set up an authenticator was made"),
    Action.RECOVERY_CODES_MADE: _("Recovery codes were made"),
    Action.RECOVERY_CODE_SPENT: _("A recovery code was used"),
    Action.TOTP_ENROLLED: _("An authenticator was set up"),
    Action.TOTP_REMOVED: _("An authenticator was removed"),
    Action.API_TOKEN_MADE: _("An API token was made"),
    Action.API_TOKEN_REVOKED: _("An API token was revoked"),
    Action.VOTERS_READ: _("A program read the voters"),
    Action.OWN_DATA_EXPORTED: _("Somebody exported their own data"),
    Action.ROLL_PURGED: _("A roll was purged of its persons"),
    Action.CHANGE_PROPOSED: _("A change by two officials was proposed"),
    Action.CHANGE_APPROVED: _("A change by two officials was approved"),
    Action.CHANGE_DECLINED: _("A change by two officials was declined"),
    Action.CONSENT_GIVEN: _("Somebody agreed to the face step"),
    Action.CONSENT_ON_PAPER: _("An agreement on paper was recorded"),
    Action.CONSENT_WITHDRAWN: _("Somebody withdrew the agreement"),
    Action.FACE_VERIFIED: _("A face was verified"),
    Action.FACE_REFUSED: _("A face was refused"),
    Action.FACE_BLOCKED: _("A face check was turned off after failures"),
    Action.OVERRIDE_REQUESTED: _("Letting a voter in was asked for"),
    Action.OVERRIDE_CONFIRMED: _("Letting a voter in was confirmed"),
    Action.OVERRIDE_SPENT: _("A voter was let in without a face step"),
    Action.LOCKOUT_RESET: _("A face check was turned on again"),
    Action.PHOTO_ADDED: _("A photo was added"),
    Action.PHOTO_REMOVED: _("A photo was removed"),
    Action.EVIDENCE_SEEN: _("Pictures of a face step were looked at"),
    Action.LIVENESS_PICTURE_KEPT: _("A picture for training was kept"),
    Action.REFERENCE_MADE: _("A face was enrolled"),
    Action.REFERENCE_ERASED: _("A face was erased"),
    Action.RESEMBLANCE_ACCEPTED: _("A resemblance was accepted"),
    Action.MATCHING_EVALUATED: _("All enrolled faces were compared"),
    Action.VOTERS_IMPORTED: _("A roll was imported"),
    Action.ROLL_EXPORTED: _("A roll was exported"),
    Action.ELECTION_CREATED: _("An election was made"),
    Action.ELECTION_CHANGED: _("An election was changed"),
    Action.ELECTION_FROZEN: _("An election was frozen"),
    Action.ELECTION_CALLED_OFF: _("An election was called off"),
    Action.ELECTION_OPENED: _("An election was opened"),
    Action.ELECTION_CLOSED: _("An election was closed"),
    Action.COUNT_ORDERED: _("The count was ordered"),
    Action.ELECTION_COUNTED: _("An election was counted"),
    Action.RESULT_RELEASED: _("A result was released"),
    Action.ROLL_CHANGE_PROPOSED: _("A roll change was proposed"),
    Action.ROLL_CHANGE_APPROVED: _("A roll change was approved"),
    Action.ROLL_CHANGE_DECLINED: _("A roll change was declined"),
    Action.JOINT_STEP_PROPOSED: _("A step of two officials was proposed"),
    Action.JOINT_STEP_APPROVED: _("A step of two officials was taken"),
    Action.JOINT_STEP_DECLINED: _("A step of two officials was declined"),
    Action.TRUSTEE_LINK_RENEWED: _("A trustee got a new link"),
    Action.REGISTRAR_FILE: _("A registrar's file was taken in"),
    Action.VOTERS_FORGOTTEN: _("Persons and credentials were parted"),
    Action.TRUSTEE_MESSAGE: _("A trustee sent a message"),
    Action.BALLOT_CAST: _("A ballot was cast"),
    Action.BALLOT_OPENED: _("A ballot was opened to be checked"),
}


def words_of(code: str) -> str:
    """The code itself for an event of an earlier version that is written no more."""
    return str(WORDS[Action(code)]) if code in WORDS else code
