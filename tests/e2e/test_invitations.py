"""A club is invited by mail: from its list to passwords, with what goes wrong on the way."""

from __future__ import annotations

import mailbox
import re
import time

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import problems
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.drawn_site import sign_in_official
from tests.e2e.mail_site import club_site, invite
from tests.support.mail import link_in

pytestmark = pytest.mark.slow
VOTERS = 294
NEW = "three green garden chairs"
DSN = """From: MAILER-DAEMON@example.org
To: office@example.org
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; member3@example.org
Action: failed
Diagnostic-Code: smtp; 552 mailbox full

--b
Content-Type: text/rfc822-headers

Message-ID: {number}

--b--
"""


@pytest.fixture(scope="module")
def club(tmp_path_factory):
    with club_site(tmp_path_factory.mktemp("club")) as found:
        yield found


@pytest.fixture
def browser(browser_with):
    with browser_with() as browser:
        yield browser


def letter_to(server, address, number=1):
    """The letter of this number to the address. A worker sends it, so it may take a while."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        letters = server.letters(address)
        if len(letters) >= number:
            return letters[number - 1]
        time.sleep(0.2)
    raise AssertionError(f"no letter to {address}")


def text_of(letter):
    return letter.get_body(("plain",)).get_content()


def set_password(page, path, site, password=NEW):
    page.goto(site.url + path)
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_label("New password confirmation").fill(password)
    page.get_by_role("button", name="Set my password").click()


def a_voter_sets_a_password(phone, site, path):
    """A common password is refused, and what is typed can be shown."""
    set_password(phone, path, site, "1234567890")
    expect(phone.get_by_role("alert")).to_contain_text("There is a problem")
    expect(phone.locator("main")).to_contain_text("too common")
    expect(phone.locator("main")).to_contain_text("member1")
    field = phone.get_by_label("New password", exact=True)
    field.fill(NEW)
    phone.get_by_role("button", name="Show what I type").first.click()
    expect(field).to_have_attribute("type", "text")
    assert problems(phone) == []
    phone.get_by_label("New password confirmation").fill(NEW)
    phone.get_by_role("button", name="Set my password").click()
    expect(phone.get_by_role("status")).to_contain_text("Your password is set")


def a_used_link_says_so(phone, site, path):
    phone.goto(site.url + path)
    expect(phone.locator("h1")).to_have_text("This link was used already")
    assert problems(phone) == []


def a_forgotten_password_is_set_anew(phone, site, server):
    phone.goto(f"{site.url}/sign-in/")
    phone.get_by_text("I can not sign in").click()
    phone.get_by_role("link", name="Have a link sent to you").click()
    phone.get_by_label("User name or e-mail address").fill("member4@example.org")
    phone.get_by_role("button", name="Send me a link").click()
    expect(phone.locator("h1")).to_have_text("Look into your mailbox")
    assert problems(phone) == []
    set_password(phone, link_in(text_of(letter_to(server, "member4@example.org", 2))), site)
    phone.wait_for_url("**/sign-in/")
    phone.get_by_label("User name").fill("member4")
    phone.get_by_label("Password").fill(NEW)
    phone.locator("main form button[type=submit]").click()
    phone.wait_for_url(re.compile("consent|face"))


def a_letter_comes_back(desk, site, server, path):
    box = mailbox.mbox(path)
    box.add(DSN.format(number=letter_to(server, "member3@example.org")["Message-ID"]))
    box.flush()
    assert "1 letters came back" in site.manage("read_bounces", str(path))
    desk.goto(desk.url.partition("?")[0] + "?state=bounced")
    expect(desk.locator(".mail-frame tbody tr")).to_contain_text("552 mailbox full")


def it_is_sent_again_to_another_address(desk, server):
    desk.get_by_label("Address of Member 3").fill("third@example.org")
    desk.get_by_role("button", name="Send", exact=True).click()
    assert "Member 3" in text_of(letter_to(server, "third@example.org"))


def test_a_club_is_invited_and_gets_in(club, browser, tmp_path):
    site, server = club
    desk = browser.new_context(viewport=DESK).new_page()
    phone = browser.new_context(viewport=PHONE).new_page()
    sign_in_official(desk, site)

    assert invite(desk, site, VOTERS) <= 6, "clicks from the list to all invited"

    assert len(server.arrivals()) == len(set(server.arrivals())) == VOTERS - 1
    assert problems(desk) == []
    desk.get_by_role("link", name=re.compile("Refused by the server")).click()
    expect(desk.locator(".mail-frame tbody tr")).to_have_count(1)
    expect(desk.locator(".mail-frame tbody tr")).to_contain_text("550 5.1.1 no such mailbox")
    path = link_in(text_of(letter_to(server, "member1@example.org")))
    a_voter_sets_a_password(phone, site, path)
    a_used_link_says_so(phone, site, path)
    a_forgotten_password_is_set_anew(phone, site, server)
    a_letter_comes_back(desk, site, server, tmp_path / "box")
    it_is_sent_again_to_another_address(desk, server)


@pytest.mark.parametrize(
    "path",
    [
        *("voting/election/1/mail/", "voting/election/1/letters/", "voting/mailing/"),
        *("voting/mailtemplate/", "voting/mailtemplate/add/?kind=invitation"),
    ],
)
def test_no_page_of_mail_keeps_anybody_out(club, browser, path):
    site, _server = club
    for size in (DESK, PHONE):
        page = browser.new_context(viewport=size).new_page()
        sign_in_official(page, site)
        page.goto(f"{site.url}/admin/{path}")
        assert problems(page) == []


def test_letters_on_paper_are_made_and_fetched(club, browser):
    site, _server = club
    desk = browser.new_context(viewport=DESK).new_page()
    sign_in_official(desk, site)
    desk.goto(f"{site.url}/admin/voting/election/1/letters/")
    desk.get_by_role("button", name="Make the letters").click()

    link = desk.get_by_role("link", name="Letters, part 1")
    link.wait_for(timeout=120_000)
    with desk.expect_download() as download:
        link.click()

    assert download.value.path().read_bytes().startswith(b"%PDF")
