"""verifier/monitor_board.py: a witness who is shown boards that are honest, and others."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.verifier.found import problems
from tests.verifier.maker import Maker
from tests.verifier.programs import run
from tests.verifier.served_site import PATH, served
from tests.verifier.shapes import Shape
from verifier.monitor_board import new_key, read_key, serve
from verifier.rules.group import base
from verifier.rules.strict import FAULTS, dump
from verifier.witnessing.pages import Page, read_list
from verifier.witnessing.reading import fetch
from verifier.witnessing.record import Record
from verifier.witnessing.watch import Watch


class Witness:
    """A witness with a folder of its own, and what it has called out."""

    def __init__(self, folder, site, **options):
        self.site, self.options = site, options
        self.record = Record(folder)
        self.alarms: list[str] = []
        self.begin()

    def begin(self):
        """Start the program, perhaps again."""
        defaults = {"secret": self.site.made.witnesses[0], "peers": [], "scripts": {}}
        options = defaults | self.options
        self.watch = Watch(self.site.address, self.record, alarm=self.alarms.append, **options)

    def look(self):
        self.watch.look()
        return self.alarms


@pytest.fixture
def site():
    with served(Maker().opened()) as found:
        yield found


@pytest.fixture
def witness(tmp_path, site):
    return Witness(tmp_path / "witness", site)


def test_a_witness_signs_what_it_was_shown_and_sends_it(site, witness):
    assert witness.look() == []

    (statement,) = site.received
    made = site.made
    assert statement["count"] == len(made.lines)
    assert statement["hash"] == made.hash_of(len(made.lines))
    assert statement["witness"] == 1
    assert problems(made.file, statement) == []
    made.add("witness", {n: v for n, v in statement.items() if n not in ("election", "format")})
    assert problems(made.file) == []


def test_a_witness_signs_again_only_when_more_than_statements_is_new(site, witness):
    witness.look()
    made = site.made
    made.head()
    made.witness(2)
    site.show(made)
    witness.look()
    assert len(site.received) == 1

    made.override(1)
    site.show(made)
    assert witness.look() == []
    assert [statement["count"] for statement in site.received] == [5, 8]


def test_a_witness_reads_the_board_under_a_browsers_name(site, witness):
    witness.look()

    assert all("Mozilla" in name for name in site.names)


def rewritten(made):
    """Another board of the same election, in which the last event is another."""
    made.lines.pop()
    made.override(1)
    made.override(2)


def shortened(made):
    made.lines.pop()


@pytest.mark.parametrize("lie", [rewritten, shortened])
@pytest.mark.parametrize("restart", [False, True])
def test_a_board_that_does_not_only_grow_is_never_signed_and_kept_as_evidence(
    site, witness, lie, restart
):
    witness.look()
    lie(site.made)
    site.show(site.made)
    if restart:
        witness.begin()

    alarms = witness.look()

    assert "another one than before, or shorter" in alarms[-1]
    assert (witness.record.folder / "other-board-1.jsonl").read_bytes() == site.made.file
    assert len({statement["hash"] for statement in site.received}) == 1


def test_what_was_signed_is_not_forgotten_with_the_copy_of_the_board(site, witness):
    witness.look()
    rewritten(site.made)
    site.show(site.made)
    witness.record.board.unlink()
    witness.record = Record(witness.record.folder)
    witness.begin()

    alarms = witness.look()

    assert any("does not extend what was signed last" in alarm for alarm in alarms)
    assert len(site.received) == 1


def test_a_board_that_does_not_hold_is_not_signed(site, witness):
    made = site.made
    voter = made.voters[0]
    ballot = made.ballot(voter, made.choice(voter, 0))
    ballot["contests"][0]["sum"][0] = "00" * 32
    made.put(voter, ballot)
    site.show(made)

    alarms = witness.look()

    assert "the proof facevote-2/sum does not hold" in alarms[0]
    assert site.received == []
    witness.look()
    assert len([alarm for alarm in alarms if "facevote-2/sum" in alarm]) == 1


def test_a_head_that_promises_more_than_the_board_has_is_an_alarm(site, witness):
    made = site.made
    made.override(1)
    site.show(made, file=b"".join(line + b"\n" for line in made.lines[:-1]))

    alarms = witness.look()

    assert "the tail is missing" in alarms[0]
    assert site.received == []


def test_another_fingerprint_than_the_published_one_is_an_alarm(tmp_path, site):
    witness = Witness(tmp_path / "witness", site, fingerprint="ab" * 32)

    alarms = witness.look()

    assert "another fingerprint" in alarms[0]
    assert site.received == []


def test_a_witness_that_the_manifest_does_not_name_signs_nothing(tmp_path, site):
    witness = Witness(tmp_path / "witness", site, secret=7)

    assert "does not name this witness's key" in witness.look()[0]
    assert site.received == []


def test_without_a_key_the_board_is_watched_and_not_signed(tmp_path, site):
    witness = Witness(tmp_path / "witness", site, secret=None)

    assert witness.look() == []
    assert site.received == []


def test_a_statement_that_the_site_did_not_take_is_sent_again(site, witness):
    site.refuses = True
    assert "nothing was signed or sent" in witness.look()[0]
    site.refuses = False
    witness.begin()

    witness.look()

    assert len(site.received) == 1


def two_witnesses(tmp_path, site):
    """Two witnesses of one election; the second reads what the first has published."""
    first = Witness(tmp_path / "first", site, secret=site.made.witnesses[0])
    first.look()
    return first


def test_a_fork_between_two_witnesses_is_proved(tmp_path, site):
    first = two_witnesses(tmp_path, site)
    site.made.lines.pop()
    site.made.override(1)
    site.show(site.made)
    second = Witness(
        tmp_path / "second",
        site,
        secret=site.made.witnesses[1],
        peers=[str(first.record.published)],
    )

    alarms = second.look()

    proof = next(alarm for alarm in alarms if alarm.startswith("PROOF OF A FORK"))
    one, other = (json.loads(line) for line in proof.splitlines()[1:])
    assert one["count"] == other["count"]
    assert one["hash"] != other["hash"]
    assert all(statement["witness"] == 1 for statement in site.received)


def test_a_peer_that_was_shown_more_is_an_alarm(tmp_path, site):
    made = site.made
    made.override(1)
    site.show(made)
    first = two_witnesses(tmp_path, site)
    made.lines.pop()
    site.show(made)
    second = Witness(
        tmp_path / "second",
        site,
        secret=made.witnesses[1],
        peers=[str(first.record.published)],
    )

    assert any("the tail is missing" in alarm for alarm in second.look())


def test_witnesses_read_each_other_over_http(tmp_path, site):
    first = two_witnesses(tmp_path, site)
    server = serve("127.0.0.1:0", first.record.published)
    address = f"http://127.0.0.1:{server.server_port}/"
    second = Witness(tmp_path / "second", site, secret=site.made.witnesses[1], peers=[address])

    try:
        assert second.look() == []
        assert fetch(address) == first.record.published.read_bytes()
    finally:
        server.shutdown()
        server.server_close()
    assert [statement["witness"] for statement in site.received] == [1, 2]


def test_a_site_or_peer_that_does_not_answer_is_an_alarm_each_time(tmp_path, site):
    witness = Witness(tmp_path / "witness", site, peers=["http://127.0.0.1:9/", "missing"])
    del site.files[f"{PATH}board.jsonl"]

    first = len(witness.look())
    witness.look()

    assert first == 3
    assert len(witness.alarms) == 6
    assert site.received == []


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.org/"])
def test_only_http_is_fetched(address):
    with pytest.raises(FAULTS, match="not an address of http"):
        fetch(address)


def watching_scripts(tmp_path, site):
    return Witness(tmp_path / "witness", site, secret=None, scripts=read_list(site.scripts()))


def test_reviewed_scripts_and_pages_raise_no_alarm(tmp_path, site):
    assert watching_scripts(tmp_path, site).look() == []


def test_a_script_that_is_not_the_reviewed_one_is_an_alarm(tmp_path, site):
    site.files["/static/vote.js"] = b"steal();\n"

    alarms = watching_scripts(tmp_path, site).look()

    assert "the script /static/vote.js is not the reviewed one" in alarms[0]


STRANGE = {
    "another script": b'<script src="/static/steal.js"></script>',
    "another site": b'<script src="https://example.org/static/vote.js"></script>',
    "code in the page": b"<script>steal()</script>",
    "code in the page of a type": b'<script type="module">steal()</script>',
    "an event": b'<img src="/x" onerror="steal()">',
    "a link": b'<a href="javascript:steal()">x</a>',
    "a frame": b'<iframe src="/x"></iframe>',
    "a base": b'<base href="https://example.org/">',
    "a preloaded module": b'<link rel="modulepreload" href="/static/steal.js">',
    "a worker": b'<main data-worker="/static/steal.js">',
}


@pytest.mark.parametrize("code", STRANGE.values(), ids=STRANGE)
def test_code_of_a_page_that_is_not_reviewed_is_an_alarm(tmp_path, site, code):
    site.files["/verify/"] += code

    alarms = watching_scripts(tmp_path, site).look()

    assert len(alarms) == 1
    assert alarms[0].startswith("the page /verify/ ")


def test_data_in_a_page_is_no_code():
    page = Page("https://vote.example.org/")
    page.feed('<script type="application/json">{"a": 1}</script><p onward="x">')
    page.close()

    assert page.sources == []
    assert len(page.strange) == 1  # whatever begins like an event is one


@pytest.mark.parametrize(
    "text", ["", "ab" * 32, "no line\n" + "ab" * 32, "x\n" + "2d711642b726b04401627ca9fbac32f5" * 2]
)
def test_a_list_of_scripts_that_is_not_whole_is_refused(text):
    with pytest.raises(FAULTS):
        read_list(text)


def test_a_new_key_is_the_owners_alone_and_never_written_over(alone):
    file = alone.parent / "witness.json"

    first = run(alone / "monitor_board.py", "--new-key", file)
    second = run(alone / "monitor_board.py", "--new-key", file)

    assert (first.returncode, second.returncode) == (0, 2)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert base(read_key(file)).hex() in first.stdout
    assert json.loads(file.read_bytes())["secret"] not in first.stdout


@pytest.mark.parametrize(
    ("name", "value"), [("format", "facevote-witness-key-1"), ("key", "ab" * 32), ("extra", 1)]
)
def test_a_key_file_that_was_changed_is_refused(tmp_path, name, value):
    file = tmp_path / "witness.json"
    new_key(file)
    file.write_bytes(dump(json.loads(file.read_bytes()) | {name: value}) + b"\n")

    with pytest.raises(FAULTS):
        read_key(file)


def test_without_an_address_nothing_is_watched(alone):
    done = run(alone / "monitor_board.py", "--once")

    assert done.returncode == 2
    assert "address of the election is missing" in done.stderr


def test_the_program_looks_once_and_says_what_it_found(alone):
    key = alone.parent / "witness.json"
    run(alone / "monitor_board.py", "--new-key", key)

    def name(manifest):
        manifest["witnesses"]["list"][0]["key"] = json.loads(key.read_bytes())["key"]

    with served(Maker(Shape(edit_manifest=name)).opened()) as site:
        scripts = alone.parent / "scripts.txt"
        scripts.write_text(site.scripts(), encoding="utf-8")
        options = ("--once", "--key", key, "--scripts", scripts)
        good = run(alone / "monitor_board.py", site.address, *options)
        site.made.lines.pop()
        site.show(site.made)
        bad = run(alone / "monitor_board.py", site.address.rstrip("/"), *options)

    assert good.returncode == 0, good.stdout + good.stderr
    assert good.stdout == "5 events, 0 alarms\n"
    assert len(site.received) == 1
    assert bad.returncode == 1
    assert "ALARM the board: the board is another one than before" in bad.stdout


def test_a_folder_of_another_election_signs_nothing(tmp_path, site):
    witness = Witness(Path(tmp_path / "witness"), site)
    witness.look()
    signed = witness.record.last_signed()
    witness.record.sign(signed | {"election": "ab" * 32})
    site.made.override(1)
    site.show(site.made)
    witness.begin()

    assert "belongs to another election" in witness.look()[-1]
    assert dump(site.received[-1]) == dump(signed)
