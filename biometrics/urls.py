from __future__ import annotations

from django.urls import path

from biometrics.collection import views as collection
from biometrics.consent import views as consent
from biometrics.enrolment import views as enrolment
from biometrics.evaluation import views as evaluation
from biometrics.handoff import views as handoff
from biometrics.self_enrolment import review_views as review
from biometrics.self_enrolment import views as self_enrolment
from biometrics.verification import evidence_views as evidence
from biometrics.verification import views as verification

app_name = "biometrics"
urlpatterns = [
    path("sign-in/face/", verification.face_step, name="face-step"),
    path("sign-in/face/complete/", verification.complete, name="complete"),
    path("sign-in/photos/", self_enrolment.own_photos, name="own-photos"),
    path("sign-in/photos/hand-in/", self_enrolment.hand_in, name="hand-in-photos"),
    path("sign-in/photos/again/", self_enrolment.take_again, name="take-photos-again"),
    path("verify/phone/", handoff.show, name="handoff-show"),
    path("verify/phone/ask/", handoff.ask, name="handoff-ask"),
    path("verify/phone/end/", handoff.give_up, name="handoff-end"),
    path("phone/", handoff.phone, name="phone"),
    path("phone/scan/", handoff.scan, name="phone-scan"),
    path("phone/confirm/", handoff.confirm, name="phone-confirm"),
    path("phone/deny/", handoff.deny, name="phone-deny"),
    path("phone/ticket/", handoff.ticket, name="phone-ticket"),
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
    path("enrolment/<int:user_id>/card", review.place_card, name="card-photo"),
    path("enrolment/own-photos/<int:enrolment_id>/", review.decide, name="decide-own-photos"),
    path("enrolment/photos/<uuid:photo_id>/picture", enrolment.picture, name="photo-picture"),
    path("enrolment/photos/<uuid:photo_id>/remove", enrolment.remove, name="photo-remove"),
    path("enrolment/photos/<uuid:photo_id>/encode", enrolment.encode, name="photo-encode"),
    path("enrolment/photos/<uuid:photo_id>/accept", enrolment.accept, name="photo-accept"),
]
