"""How strict the face step is, what two officials do together, and what is kept how long."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from facevote.settings.instance import BASE_DIR, DEMONSTRATION, env

FRAMES_NEEDED = env.whole("FRAMES_NEEDED", default=10)
FACE_STEP_SECONDS = env.whole("FACE_STEP_SECONDS", default=40)
FACE_FRAMES_PER_DAY = env.whole("FACE_FRAMES_PER_DAY", default=3000)
PAD_ENABLED = env.switch("PAD_ENABLED", default=True)
CHALLENGE_LOGIN = env.text("CHALLENGE_LOGIN", default="unsure")
CHALLENGE_CAST = env.text("CHALLENGE_CAST", default="always")
CHALLENGE_BLINKS = env.switch("CHALLENGE_BLINKS", default=False)
CHALLENGE_LIGHT = env.switch("CHALLENGE_LIGHT", default=False)
OFFICIAL_SECOND_FACTOR = env.text(
    "OFFICIAL_SECOND_FACTOR", default="none" if DEMONSTRATION else "totp"
)
# Two officials change credentials, address or face of somebody on a roll that is frozen or open.
SECOND_OFFICIAL = env.switch("SECOND_OFFICIAL", default=not DEMONSTRATION)
# Whether voters may take the photos of their faces themselves; an election may say otherwise.
SELF_ENROLMENT = env.one_of("SELF_ENROLMENT", "officials", ("officials", "approval", "automatic"))
# Every approval of such photos takes two officials, not only for those on a fixed roll.
SELF_ENROLMENT_FOUR_EYES = env.switch("SELF_ENROLMENT_FOUR_EYES", default=False)
# Whether a face step may be handed over to a phone.
PHONE_HANDOFF = env.switch("PHONE_HANDOFF", default=True)
KEEP_PHOTOS = env.switch("KEEP_PHOTOS", default=True)
# At most 30: the row of a verification is deleted after thirty days, and its evidence with it.
# So long after the count the link between persons and credentials is kept, for appeals.
APPEAL_DAYS = env.whole("APPEAL_DAYS", default=30)
if not 0 <= APPEAL_DAYS <= 3650:
    raise ImproperlyConfigured("APPEAL_DAYS must be a whole number from 0 to 3650")
EVIDENCE_DAYS = env.whole("EVIDENCE_DAYS", default=0)
if not 0 <= EVIDENCE_DAYS <= 30:
    raise ImproperlyConfigured("EVIDENCE_DAYS must be a whole number from 0 to 30")
# How long a roll keeps its names after the release of the result: objections need them.
ROLL_DAYS = env.whole("ROLL_DAYS", default=365)
ENCODER = env.text("ENCODER", default="")
WARM_ENGINE = env.switch("WARM_ENGINE", default=True)
ENGINE = env.text("ENGINE", default="biometrics.engine.pipeline.Engine")
ENGINE_THREADS = env.whole("ENGINE_THREADS", default=2)
MAX_SOCKETS = env.whole("MAX_SOCKETS", default=40)
RESEARCH_MODELS_ACCEPTED = env.switch("RESEARCH_MODELS_ACCEPTED", default=False)
MODELS_DIR = Path(env.text("MODELS_DIR", default=str(BASE_DIR / "models")))
