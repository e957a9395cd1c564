"""People of a trial: accounts with consent and a reference made from their pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.harness.voter import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.engine.pipeline import Engine
    from biometrics.engine.types import FusedReference


def reference_of(engine: Engine, photos: Sequence[bytes]) -> FusedReference | None:
    """None where too few photos are usable."""
    made = [sample.template for photo in photos if (sample := engine.enrol(photo)).template]
    templates = [template for template in made if template is not None]
    return engine.fuse(templates) if templates else None


def enrol(username: str, reference: FusedReference) -> None:
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
    """Each trial is a first try: the waits after failures are measured elsewhere."""
    from biometrics.models import FaceLockout

    FaceLockout.objects.filter(user__username=username).delete()
