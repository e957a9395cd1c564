"""A whole election: a registrar's letters, a witness, three trustees of whom one loses the key, a
ballot that is opened and checked by another device, the count, and everything verified.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.e2e.audit_page_file import build
from tests.e2e.conftest import WAIT_MS, drawn_page
from tests.e2e.drawn_site import cast, encrypt, sign_in_fully, take_election_step
from tests.e2e.outsiders import RegistrarsOffice, WatchingWitness
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
from accounts.models import User
from voting.models import Choice, Contest, Election, Registrar, VoterRollEntry
election = Election.objects.create(
    slug={SLUG!r}, title='The chair', key_mode='trustees', threshold=2,
    ask_voter_number=False, ask_date_of_birth=False, board_identity='alias')
contest = Contest.objects.create(election=election, title='Chair')
for order, name in enumerate(('Mara', 'Noor', 'Otto')):
    Choice.objects.create(contest=contest, name=name, order=order)
for number, name in enumerate(('ada', 'ben', 'cleo')):
    VoterRollEntry.objects.create(
        election=election, user=User.objects.get(username=name), name=name,
        voter_number=f'L{{number}}')
registrar = Registrar.objects.create(election=election, index=1, name='Registrar')
print(election.pk, registrar.pk)
"""


@pytest.fixture(scope="module")
def numbers(drawn_site):
    """The numbers of the election and of its registrar."""
    return [int(number) for number in drawn_site.shell(SET_UP).split()[-2:]]


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
    expect(shown).to_be_visible(timeout=WAIT_MS)
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


def board_file(page, site):
    return page.request.get(f"{site.url}/elections/{SLUG}/board.jsonl").body()


def close_and_count(office, site, election, trustees, witness):
    """Nobody decrypts before the witness has signed the closed board."""
    take_election_step(office, site, election, "Close the election")
    take_election_step(office, site, election, "Count the ballots")
    expect(office.locator("[data-progress-words]")).to_contain_text("must sign the closed board")
    assert b'"kind":"decryption"' not in board_file(office, site)
    for trustee in trustees:
        waits = trustee.page.get_by_text(
            "enough witnesses must sign that they saw the board closed"
        )
        expect(waits).to_be_visible(timeout=WAIT_MS)
    witness.look()
    decrypt_after_comparing(*trustees, counted="2")
    expect(office.get_by_role("link", name="Release the result")).to_be_visible(timeout=WAIT_MS)
    take_election_step(office, site, election, "Release the result")


def test_letters_trustees_a_witness_an_audit_and_a_lost_key(
    drawn_site, numbers, browser_with, tmp_path
):
    audit_page = build(tmp_path)
    number, registrar = numbers
    witness = WatchingWitness(f"{drawn_site.url}/elections/{SLUG}/", tmp_path)
    registrars = RegistrarsOffice(SLUG, tmp_path)
    with official(browser_with, drawn_site) as office:
        browser = office.context.browser
        registrars.hand_in_points(office, drawn_site, registrar)
        witness.name(office, drawn_site, number)
        links = name_trustees(office, drawn_site, number)
        trustees = [TrusteeBrowser(browser, link, tmp_path) for link in links]
        make_the_key(trustees)
        take_election_step(office, drawn_site, number, "Freeze the election")
        fingerprint = endorse(trustees)
        take_election_step(office, drawn_site, number, "Open the election")
        codes = registrars.letters(drawn_site, board_file(office, drawn_site))
        witness.look()

        kept = [
            audit_then_vote(browser, drawn_site, codes["ada"], tmp_path, audit_page),
            vote_with_a_typed_code(browser, drawn_site, codes),
        ]

        close_and_count(office, drawn_site, number, trustees[1:], witness)

        answer = verified(drawn_site, office, SLUG, tmp_path, witness.published)
        assert answer["ok"], answer["problems"]
        assert answer["result"][0]["counts"] == [0, 1, 1]
        assert answer["fingerprint"] == fingerprint
        assert (answer["registrars"], answer["witnesses"]) == (["Registrar"], ["Press club"])
        assert (answer["quorum"], answer["witnessed"], answer["opened"]) == (1, 2, 1)
        assert answer["heads"] > 0
        assert answer["published"]["witness's statement"] == 2
        board = (tmp_path / "board.jsonl").read_text()
        assert all(tracker in board for tracker in kept)
        assert not any(code in board for code in codes.values())
