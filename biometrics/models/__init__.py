"""The tables of biometrics. Import them from here, not from the modules of this package."""

from __future__ import annotations

from biometrics.models.consent import Consent
from biometrics.models.evaluation import (
    EvaluationFinding,
    EvaluationState,
    MatchingEvaluation,
)
from biometrics.models.handoff import HandoffState, PhoneHandoff
from biometrics.models.photos import (
    AcceptedResemblance,
    Enrolment,
    EnrolmentNotice,
    PhotoReason,
    PhotoState,
    Reference,
    ReferencePhoto,
)
from biometrics.models.self_enrolment import (
    EnrolmentPolicy,
    SelfEnrolment,
    SelfEnrolmentRefusal,
    SelfEnrolmentState,
)
from biometrics.models.verification import (
    EvidenceFrame,
    FaceAllowance,
    FaceLockout,
    Purpose,
    SessionState,
    VerificationGrant,
    VerificationSession,
)

__all__ = [
    "AcceptedResemblance",
    "Consent",
    "Enrolment",
    "EnrolmentNotice",
    "EnrolmentPolicy",
    "EvaluationFinding",
    "EvaluationState",
    "EvidenceFrame",
    "FaceAllowance",
    "FaceLockout",
    "HandoffState",
    "MatchingEvaluation",
    "PhoneHandoff",
    "PhotoReason",
    "PhotoState",
    "Purpose",
    "Reference",
    "ReferencePhoto",
    "SelfEnrolment",
    "SelfEnrolmentRefusal",
    "SelfEnrolmentState",
    "SessionState",
    "VerificationGrant",
    "VerificationSession",
]
