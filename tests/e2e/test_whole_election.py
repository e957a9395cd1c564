"""A whole election: letters with codes, trustees of whom one loses the key, an audit, the count."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.e2e.audit_page_file import build
from tests.e2e.conftest import drawn_page
from tests.e2e.drawn_site import cast, encrypt, sign_in_fully, take_election_step
from tests.e2e.trustee_browser import (
    TrusteeBrowser,
    decrypt_after_comparing,
    endorse,
    make_the_key,
    name_trustees,
    official,
    verified,
)
from tests.support.places import BASE

SLUG = "letters"
SET_UP = f"""
import json, secrets
from accounts.models import User
from voting.crypto import group
from voting.crypto.registrars.codes import voter_secret, written
from voting.crypto.registrars.points import sign_points
from voting.models import Choice, Contest, Election, Registrar, VoterRollEntry
election = Election.objects.create(
    slug={SLUG!r}, title='The chair', key_mode='trustees', threshold=2,
    ask_voter_number=False, ask_date_of_birth=False, board_identity='alias')
contest = Contest.objects.create(election=election, title='Chair')
for order, name in enumerate(('Mara', 'Noor', 'Otto')):
    Choice.objects.create(contest=contest, name=name, order=order)
codes, points = {{}}, []
for number, name in enumerate(('ada', 'ben', 'cleo')):
    code = secrets.token_bytes(16)
    point = group.base(voter_secret({SLUG!r}, 1, code))
    points.append(point)
    codes[name] = written(code)
    VoterRollEntry.objects.create(
        election=election, user=User.objects.get(username=name), name=name,
        voter_number=f'L{{number}}', points=[point.hex()])
secret = group.random_scalar()
Registrar.objects.create(
    election=election, name='Registrar', key=group.base(secret).hex(),
    signature=sign_points(secret, {SLUG!r}, 1, points).to_list())
print(json.dumps({{'election': election.pk, 'codes': codes}}))
"""


@pytest.fixture(scope="module")
def letters(drawn_site):
    """The election's number, and the code in each voter's letter."""
    return json.loads(drawn_site.shell(SET_UP).strip().splitlines()[-1])


def fill_in(browser, site, name, code, choice):
    """The letter's QR code leads to the ballot; on the way the voter signs in."""
    page = drawn_page(browser)
    page.goto(f"{site.url}/elections/{SLUG}/#code={code}")
    assert code not in page.url
    sign_in_fully(page, site, name)
    page.goto(f"{site.url}/elections/{SLUG}/ballot/")
    page.locator("label.choice", has_text=choice).click()
    page.get_by_role("button", name="Review my ballot").click()
    return page


def type_the_code(page, code):
    """Wrong codes are told at once; then the right one is typed, in small letters."""
    field = page.get_by_label("Code", exact=True)
    page.locator("[data-encrypt]").click()
    expect(page.locator("#code-faults-1 [data-fault=another]")).to_be_visible()
    field.fill(code[:-1])
    field.blur()
    expect(page.locator("#code-faults-1 [data-fault=length]")).to_be_visible()
    field.fill(code[1] + code[0] + code[2:] if code[0] != code[1] else code[:-1] + "U")
    field.blur()
    expect(page.locator("[data-fault]:visible")).to_have_count(1)
    field.fill(code.lower().replace("-", " "))
    field.blur()
    expect(page.locator("[data-fault]:visible")).to_have_count(0)


def read_by_another_device(browser, audit_page, page, board):
    """The audit page reads the QR code on the voter's screen. Returns the tracker, and the page."""
    code = {
        "name": "code.png",
        "mimeType": "image/png",
        "buffer": page.locator("[data-qr]").screenshot(),
    }
    other = browser.new_context().new_page()
    other.goto(audit_page.as_uri())
    other.locator("#opening-file").set_input_files(code)
    other.locator("#manifest-file").set_input_files(
        {"name": "board.jsonl", "mimeType": "application/json", "buffer": board}
    )
    shown = other.locator("[data-result]")
    expect(shown).to_be_visible(timeout=20_000)
    expect(shown.locator("[data-selections]")).to_contain_text("Noor")
    return shown.locator("[data-full-tracker]").inner_text()


def audited(file):
    program = [sys.executable, BASE / "verifier/audit_ballot.py", file, "--json"]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def audit_then_vote(browser, site, code, folder, audit_page):
    """A voter opens one ballot, another device reads it, and then the voter casts another one."""
    page = fill_in(browser, site, "ada", code, "Noor")
    expect(page.get_by_label("Code", exact=True)).to_have_value(code)
    encrypt(page)
    page.get_by_text("Check the encryption instead").click()
    page.get_by_role("button", name="Open this ballot").click()
    expect(page.get_by_text("The encryption is what you filled in.")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the opened ballot").click()
    saved.value.save_as(folder / "opened.json")
    file = json.loads((folder / "opened.json").read_text())
    board = page.request.get(f"{site.url}/elections/{SLUG}/board.jsonl").body()
    seen = read_by_another_device(browser, audit_page, page, board)
    assert seen == file["opening"]["tracker"]
    assert audited(folder / "opened.json")["tracker"] == file["opening"]["tracker"]
    page.get_by_role("button", name="Fill in a new ballot").click()
    page.get_by_role("button", name="Review my ballot").click()
    encrypt(page)
    tracker = cast(page)
    expect(page.get_by_text("this device has checked the signature")).to_be_visible()
    return tracker


def vote_with_a_typed_code(browser, site, codes):
    """The voter has scanned another voter's letter."""
    page = fill_in(browser, site, "ben", codes["ada"], "Otto")
    type_the_code(page, codes["ben"])
    encrypt(page)
    return cast(page)


def test_letters_trustees_an_audit_and_a_lost_key(drawn_site, letters, browser_with, tmp_path):
    audit_page = build(tmp_path)
    number, codes = letters["election"], letters["codes"]
    with official(browser_with, drawn_site) as office:
        browser = office.context.browser
        links = name_trustees(office, drawn_site, number)
        trustees = [TrusteeBrowser(browser, link, tmp_path) for link in links]
        make_the_key(trustees)
        take_election_step(office, drawn_site, number, "Freeze the election")
        fingerprint = endorse(trustees)
        take_election_step(office, drawn_site, number, "Open the election")

        kept = [
            audit_then_vote(browser, drawn_site, codes["ada"], tmp_path, audit_page),
            vote_with_a_typed_code(browser, drawn_site, codes),
        ]

        take_election_step(office, drawn_site, number, "Close the election")
        take_election_step(office, drawn_site, number, "Count the ballots")
        decrypt_after_comparing(*trustees[1:], counted="2")
        expect(office.get_by_role("link", name="Release the result")).to_be_visible(timeout=20_000)
        take_election_step(office, drawn_site, number, "Release the result")

        answer = verified(drawn_site, office, SLUG, tmp_path)
        assert answer["ok"], answer["problems"]
        assert answer["result"][0]["counts"] == [0, 1, 1]
        assert answer["fingerprint"] == fingerprint
        board = (tmp_path / "board.jsonl").read_text()
        assert all(tracker in board for tracker in kept)
        assert not any(code in board for code in codes.values())
