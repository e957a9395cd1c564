"""The people of a measurement: accounts with consent and a reference from their pictures.

Call these functions in a process that has entered a site (benchmarks.harness.throwaway).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks.harness.voter import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.engine.pipeline import Engine
    from biometrics.engine.types import FusedReference


def reference_of(engine: Engine, photos: Sequence[bytes]) -> FusedReference | None:
    """The fused reference of JPEGs or PNGs; None if no photo can be used."""
    samples = [engine.enrol(photo) for photo in photos]
    templates = [sample.template for sample in samples if sample.template is not None]
    return engine.fuse(templates) if templates else None


def enrol(username: str, reference: FusedReference) -> None:
    """Make an account with the harness's password, consent and this reference."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from accounts.models import User
    from biometrics.consent.agreement import CONSENT_VERSION, give_consent
    from biometrics.models import Reference
    from biometrics.storage.templates import reference_binding, seal_template

    user = User.objects.create(username=username, password=make_password(PASSWORD))
    give_consent(user, CONSENT_VERSION, timezone.now())
    template = reference.template
    binding = reference_binding(user.pk, template.encoder_sha256)
    Reference.objects.create(
        user=user,
        encoder=template.encoder,
        encoder_sha256=template.encoder_sha256,
        template=seal_template(template, bound_to=binding),
        photos_used=len(reference.kept),
        made_at=timezone.now(),
    )


def forgive(username: str) -> None:
    """Lift what face steps before have used up, so that every trial counts as a first try."""
    from django.utils import timezone

    from biometrics.models import FaceAllowance, FaceLockout, VerificationSession

    FaceLockout.objects.filter(user__username=username).delete()
    FaceAllowance.objects.filter(user__username=username).update(frames=0, left=0)
    # Their tickets count for a minute.
    long_ago = timezone.now() - timedelta(hours=1)
    ended = VerificationSession.objects.filter(user__username=username, ended_at__isnull=False)
    ended.update(created_at=long_ago)
