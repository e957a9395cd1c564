from __future__ import annotations

from django.urls import include, path, re_path

from voting.ballots import views
from voting.counting import trustee_views
from voting.mailing import views as mail_views
from voting.preparing import views as preparing
from voting.public import views as public_views
from voting.witnesses import views as witness_views

app_name = "voting"
urlpatterns = [
    path("elections/", views.elections, name="elections"),
    path("elections/<slug:slug>/", public_views.election_page, name="election"),
    path("elections/<slug:slug>/details/", views.enter_details, name="details"),
    path("elections/<slug:slug>/ballot/", views.ballot, name="ballot"),
    path("elections/<slug:slug>/standing/", views.standing, name="standing"),
    path("elections/<slug:slug>/cast/", views.cast, name="cast"),
    path("elections/<slug:slug>/open-ballot/", views.spoil, name="spoil"),
    re_path(
        r"^elections/(?P<slug>[a-z0-9-]+)/receipt/(?P<tracker>[0-9a-f]{64})/$",
        views.receipt,
        name="receipt",
    ),
    path(
        "elections/<slug:slug>/receipt/<str:tracker>/mail/",
        mail_views.mail_receipt,
        name="mail-receipt",
    ),
    path("no-reminders/<str:token>/", mail_views.no_reminders, name="no-reminders"),
    path("elections/<slug:slug>/roll-check/", preparing.roll_check, name="roll-check"),
    path("elections/<slug:slug>/dates.ics", preparing.dates, name="dates"),
    path("get-ready/dates.ics", preparing.own_dates, name="own-dates"),
    path("elections/<slug:slug>/board/", public_views.board, name="board"),
    path("elections/<slug:slug>/board.jsonl", public_views.board_file, name="board-file"),
    path("elections/<slug:slug>/manifest.json", public_views.manifest, name="manifest"),
    path("elections/<slug:slug>/head.json", public_views.board_head, name="board-head"),
    path("elections/<slug:slug>/heads.jsonl", witness_views.published, name="published-heads"),
    path("elections/<slug:slug>/witness/", witness_views.receive, name="witness"),
    path("elections/<slug:slug>/results/", public_views.results, name="results"),
    path("elections/<slug:slug>/results.csv", public_views.results_csv, name="results-csv"),
    path("elections/<slug:slug>/results.json", public_views.results_json, name="results-json"),
    path("pictures/<int:pk>.webp", public_views.picture, name="picture"),
    path("verify/", public_views.verify, name="verify"),
    path("trustee/<str:token>/", trustee_views.trustee, name="trustee"),
    path("trustee/<str:token>/state/", trustee_views.trustee_state, name="trustee-state"),
    path("trustee/<str:token>/<slug:kind>/", trustee_views.trustee_message, name="trustee-message"),
    path("api/", include("voting.api.urls")),
]
