"""Addresses of enrolment; biometrics/urls.py includes them."""

from __future__ import annotations

from django.urls import path

from biometrics.collection import views as collection_views
from biometrics.enrolment import views
from biometrics.evaluation import views as evaluation_views
from biometrics.verification import evidence_views

urlpatterns = [
    path("enrolment/queue", views.queue, name="enrolment-queue"),
    path("enrolment/evaluation", evaluation_views.evaluation, name="evaluation"),
    path("enrolment/collect/picture", collection_views.picture, name="collect-picture"),
    path("verify/evidence/<uuid:frame_id>", evidence_views.picture, name="evidence"),
    path("enrolment/<int:user_id>/photos", views.photos, name="photos"),
    path("enrolment/photos/<uuid:photo_id>/picture", views.picture, name="photo-picture"),
    path("enrolment/photos/<uuid:photo_id>/remove", views.remove, name="photo-remove"),
    path("enrolment/photos/<uuid:photo_id>/encode", views.encode, name="photo-encode"),
    path("enrolment/photos/<uuid:photo_id>/accept", views.accept, name="photo-accept"),
]
