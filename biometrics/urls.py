from __future__ import annotations

from django.urls import path

from biometrics.collection import views as collection
from biometrics.consent import views as consent
from biometrics.enrolment import views as enrolment
from biometrics.evaluation import views as evaluation
from biometrics.verification import evidence_views as evidence
from biometrics.verification import views as verification

app_name = "biometrics"
urlpatterns = [
    path("sign-in/face/", verification.face_step, name="face-step"),
    path("sign-in/face/complete/", verification.complete, name="complete"),
    path("prove/<slug:matter>/", verification.prove, name="prove"),
    path("prove/<slug:matter>/complete/", verification.proved, name="proved"),
    path("sign-in/consent/", consent.consent, name="consent"),
    path("account/withdraw-consent/", consent.withdraw, name="withdraw-consent"),
    path("account/notices-read/", enrolment.notices_read, name="notices-read"),
    path("verify/ticket/", verification.ticket, name="ticket"),
    path("verify/evidence/<uuid:frame_id>", evidence.picture, name="evidence"),
    path("enrolment/queue", enrolment.queue, name="enrolment-queue"),
    path("enrolment/evaluation", evaluation.evaluation, name="evaluation"),
    path("enrolment/collect/picture", collection.picture, name="collect-picture"),
    path("enrolment/<int:user_id>/photos", enrolment.photos, name="photos"),
    path("enrolment/photos/<uuid:photo_id>/picture", enrolment.picture, name="photo-picture"),
    path("enrolment/photos/<uuid:photo_id>/remove", enrolment.remove, name="photo-remove"),
    path("enrolment/photos/<uuid:photo_id>/encode", enrolment.encode, name="photo-encode"),
    path("enrolment/photos/<uuid:photo_id>/accept", enrolment.accept, name="photo-accept"),
]
