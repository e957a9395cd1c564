"""The addresses that the attacks ask for are those of the site."""

from __future__ import annotations

import pytest
from django.urls import Resolver404, resolve

from benchmarks.attacks.fuzz import TEXTS, Fields, Fuzzer
from benchmarks.attacks.people import STRANGER, SUPERUSER, TOKEN, VOTER, Somebody, Things
from benchmarks.attacks.routes import all_routes

FITTING = {
    "slug": "open",
    "tracker": "a" * 64,
    "pk": "1",
    "token": "t",
    "kind": "registration",
    "user_id": "1",
    "id": "1",
    "photo_id": "0" * 8 + "-0000-0000-0000-" + "0" * 12,
    "frame_id": "0" * 8 + "-0000-0000-0000-" + "0" * 12,
    "object_id": "1",
    "content_type_id": "1",
    "secret": "s",
    "matter": "m",
    "request_id": "0" * 8 + "-0000-0000-0000-" + "0" * 12,
    "enrolment_id": "1",
    "connection_id": "1",
    "client_id": "1",
    "name": "open",
    "app_label": "voting",
    "url": "no-such-page",
}
CROWD = [Somebody(kind) for kind in (STRANGER, VOTER, SUPERUSER, TOKEN)]


@pytest.mark.parametrize("route", all_routes(), ids=lambda route: route.pattern)
def test_the_address_of_every_route_leads_to_a_view(route):
    path = route.path({part: FITTING[part] for part in route.parts})

    try:
        resolve(path)
    except Resolver404:
        pytest.fail(f"{path} leads nowhere")


def test_the_same_seed_draws_the_same_requests():
    def drawn(seed):
        fuzzer = Fuzzer(seed, all_routes(), Things(FITTING))
        return [fuzzer.draw(CROWD)[1].path for _ in range(50)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_what_is_sent_holds_nul_and_lone_surrogates():
    assert {"\x00", "\ud800"} <= set(TEXTS)
    fuzzer = Fuzzer(1, all_routes(), Things(FITTING))
    sent = b"".join(
        request.path.encode() + request.body
        for _somebody, request in (fuzzer.draw(CROWD) for _ in range(3000))
    )

    assert b"%00" in sent
    assert b"%ED%A0%80" in sent
    assert b"\\ud800" in sent
    assert b'{"a":{"a":{"a":' in sent


def test_the_fields_of_a_page_are_found():
    fields = Fields()
    fields.feed('<form><input name="a"><select name="b"></select><p name="c"></p></form>')

    assert fields.names == {"a", "b"}
