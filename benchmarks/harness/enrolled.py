"""The people of a measurement: accounts with consent and a reference from their pictures.

Call these functions in a process that has entered a site (benchmarks.harness.throwaway).
"""

from __future__ import annotations

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
    """Lift the wait after failed face steps, so that every trial counts as a first try."""
    from biometrics.models import FaceLockout

    FaceLockout.objects.filter(user__username=username).delete()
