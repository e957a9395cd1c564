from __future__ import annotations

from django.urls import path

from biometrics import enrolment_urls
from biometrics.verification import views

app_name = "biometrics"
urlpatterns = [
    path("sign-in/face/", views.face_step, name="face-step"),
    path("sign-in/face/complete/", views.complete, name="complete"),
    path("sign-in/consent/", views.consent, name="consent"),
    path("account/withdraw-consent/", views.withdraw, name="withdraw-consent"),
    path("account/notices-read/", views.notices_read, name="notices-read"),
    path("verify/ticket/", views.ticket, name="ticket"),
    *enrolment_urls.urlpatterns,
]
