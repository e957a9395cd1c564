"""What a voter can check alone: the encryption, and the receipt against the downloaded board."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE
from tests.e2e.drawn_site import SLUG, cast, encrypt, fill_in, sign_in_fully, to_the_ballot
from tests.support.places import BASE


def download(page, site, name, target):
    target.write_bytes(page.request.get(f"{site.url}/elections/{SLUG}/{name}").body())
    return target


def check(page, board, head=None):
    page.locator("#file").set_input_files(board)
    if head:
        page.locator("details summary").click()
        page.locator("#head").set_input_files(head)
    page.get_by_role("button", name="Check").click()


def test_a_receipt_is_checked_offline_against_the_board_and_a_published_head(
    drawn_site, page, tmp_path
):
    sign_in_fully(page, drawn_site, "cleo")
    to_the_ballot(page, drawn_site, "cleo")
    fill_in(page)
    encrypt(page)
    tracker = cast(page)
    fingerprint = page.locator("[data-fingerprint]").inner_text()
    board = download(page, drawn_site, "board.jsonl", tmp_path / "board.jsonl")
    head = download(page, drawn_site, "head.json", tmp_path / "head.json")

    page.get_by_role("link", name="Check it in the board's file").click()
    expect(page.locator("#tracker")).to_have_value(tracker)
    page.locator("[data-verify][data-started=yes]").wait_for()
    page.context.set_offline(True)
    check(page, board, head)

    # It is on the board, and the election goes on.
    expect(page.locator("[data-state=waiting]")).to_be_visible(timeout=15_000)
    expect(page.locator("[data-print]")).to_have_text(fingerprint)
    lines = board.read_bytes().splitlines(keepends=True)
    board.write_bytes(b"".join(lines[:-1]))
    check(page, board)
    expect(page.locator("[data-state=forked]")).to_be_visible()
    board.write_bytes(b"".join(lines[:-2] + lines[-1:]))
    check(page, board)
    expect(page.locator("[data-state=forked], [data-state=broken]")).not_to_have_count(0)
    page.locator("#tracker").fill("2WK7")
    check(page, board)
    expect(page.locator("[data-state=mistyped]")).to_be_visible()


def test_an_opened_ballot_is_checked_by_a_second_program_and_can_not_be_cast(
    drawn_site, page, tmp_path
):
    sign_in_fully(page, drawn_site, "ben")
    to_the_ballot(page, drawn_site, "ben")
    fill_in(page)
    encrypt(page)
    page.get_by_text("Check the encryption instead").click()
    page.get_by_role("button", name="Open this ballot").click()

    expect(page.locator("[data-opened-right]")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the opened ballot").click()
    file = tmp_path / "opened.json"
    saved.value.save_as(file)

    program = [sys.executable, BASE / "verifier/audit_ballot.py", file]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    tracker = json.loads(file.read_text())["opening"]["tracker"]
    assert tracker in page.request.get(f"{drawn_site.url}/elections/{SLUG}/board.jsonl").text()
    page.get_by_role("button", name="Fill in a new ballot").click()
    expect(page.locator("section[data-state=filling]")).to_be_visible()


def test_without_javascript_the_ballot_says_so_and_offers_no_button(drawn_site, page, browser_with):
    sign_in_fully(page, drawn_site, "ada")
    to_the_ballot(page, drawn_site, "ada")
    cookies = page.context.cookies()
    plain = page.context.browser.new_context(java_script_enabled=False, viewport=PHONE)
    plain.add_cookies(cookies)
    shown = plain.new_page()

    shown.goto(f"{drawn_site.url}/elections/{SLUG}/ballot/")

    expect(shown.get_by_text("Voting needs JavaScript")).to_be_visible(timeout=15_000)
    expect(shown.locator("main").get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("**/voting/page*.js", "Voting needs JavaScript"),
        ("**/crypto/worker*.js", "This browser can not encrypt a ballot"),
    ],
    ids=["the page's program", "the encryption"],
)
def test_a_browser_that_is_too_old_is_told_and_casts_nothing(drawn_site, page, broken, says):
    # A word that no browser knows stands for one that an old browser does not.
    sign_in_fully(page, drawn_site, "ada")
    page.context.route(
        broken, lambda route: route.fulfill(body="unheard of;", content_type="text/javascript")
    )
    to_the_ballot(page, drawn_site, "ada")

    expect(page.get_by_text(says)).to_be_visible(timeout=15_000)
