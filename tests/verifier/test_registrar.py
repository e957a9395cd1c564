"""verifier/registrar.py: from the roll's file to letters, and codes that were lost."""

from __future__ import annotations

import json
import stat

import pytest

from tests.verifier.found import problems
from tests.verifier.maker import Maker
from tests.verifier.programs import run
from tests.verifier.shapes import Shape, Voter
from verifier.registering.codes import draw_code, point_of, read_code, write_code
from verifier.registering.codes_file import read_codes
from verifier.registering.letters import make_letter
from verifier.registering.roll_file import read_people
from verifier.rules.group import challenge, read_scalar
from verifier.rules.manifest import read_manifest, short
from verifier.rules.strict import FAULTS, dump
from voting.crypto.proofs import Proof
from voting.crypto.registrars import codes as others_codes
from voting.crypto.registrars.points import RegistrarPoints, holds_change

ROLL = """voter_number;name;district;address_1;address_2
voter-0;Ann Öztürk;North;Main Street 1;1234 Town
voter-1;#set page() "Bob";;Hill \\ Road *2*;
voter-2;Cem;South;;
"""
SITE = "https://vote.example.org/elections/test-election/ballot/"


class Registrar:
    """One registrar with the program, in a folder of its own."""

    def __init__(self, alone, index=1):
        self.program, self.index = alone / "registrar.py", index
        self.folder = alone.parent / f"registrar-{index}"
        self.folder.mkdir()
        self.codes, self.board = self.folder / "codes.json", self.folder / "board.jsonl"
        self.roll = self.folder / "roll.csv"
        self.roll.write_text(ROLL, encoding="utf-8")

    def run(self, act, *arguments, answer=""):
        done = run(self.program, act, *map(str, arguments), answer=answer)
        assert "Traceback" not in done.stderr
        return done

    def draw(self):
        own = ("--election", "test-election", "--index", self.index)
        files = ("--codes", self.codes, "--out", self.folder / "points.json")
        return self.run("draw", self.roll, *own, *files)

    def letters(self, made, *arguments, folder="letters"):
        self.board.write_bytes(made.file)
        files = ("--codes", self.codes, "--board", self.board, "--folder", self.folder / folder)
        return self.run("letters", *files, "--site", SITE, *arguments)

    def change(self, made, *arguments, out="change.json"):
        self.board.write_bytes(made.file)
        files = ("--codes", self.codes, "--board", self.board, "--out", self.folder / out)
        return self.run("change", *files, *arguments)

    def read(self, name):
        return json.loads((self.folder / name).read_bytes())

    def secret_of(self, code):
        common = ("test-election", self.index, bytes.fromhex(code))
        return challenge("facevote-2/credential", *common)

    def newest_secrets(self):
        voters = self.read("codes.json")["voters"]
        return {voter["number"]: self.secret_of(voter["codes"][-1]) for voter in voters}


def election_of(*registrars):
    """An election with these registrars' points, as the site makes it from their files."""
    secrets = [registrar.newest_secrets() for registrar in registrars]
    names = ("voter-0", "voter-1", "voter-2")
    shape = Shape(
        registrars=len(registrars),
        registrar_secrets=tuple(
            read_scalar(registrar.read("codes.json")["secret"]) for registrar in registrars
        ),
        voter_secrets={name: [one[name] for one in secrets] for name in names},
    )
    return Maker(shape)


@pytest.fixture
def registrar(alone):
    found = Registrar(alone)
    assert found.draw().returncode == 0
    return found


def test_the_points_are_what_the_site_takes_and_hold_no_code(registrar):
    data = (registrar.folder / "points.json").read_bytes().rstrip(b"\n")

    points = RegistrarPoints.from_json(data)

    assert [number for number, _point in points.points] == ["voter-0", "voter-1", "voter-2"]
    for voter in registrar.read("codes.json")["voters"]:
        assert voter["codes"][0].encode() not in data


def test_the_manifest_of_the_points_verifies(registrar):
    made = election_of(registrar).open()
    listed = made.manifest["registrars"][0]

    assert listed["key"] == registrar.read("points.json")["key"]
    listed["signature"] = registrar.read("points.json")["signature"]
    made.lines.clear()
    assert problems(made.open().file) == []


def test_secrets_are_the_owners_alone_and_nothing_is_written_over(registrar):
    before = registrar.codes.read_bytes()

    assert stat.S_IMODE(registrar.codes.stat().st_mode) == 0o600
    (registrar.folder / "points.json").unlink()
    assert registrar.draw().returncode == 1
    assert registrar.codes.read_bytes() == before
    assert not (registrar.folder / "points.json").exists()


def test_no_letters_for_an_election_that_names_a_registrar_of_the_servers(registrar):
    """The server has drawn codes of its own, and gives the registrar out as their author."""
    done = registrar.letters(Maker(Shape()).open())

    assert done.returncode == 1
    assert "another key for this registrar" in done.stderr
    assert not (registrar.folder / "letters").exists()


def test_a_letter_has_code_sign_fingerprint_and_address(registrar):
    made = election_of(registrar).open()

    assert registrar.letters(made).returncode == 0

    letters = registrar.folder / "letters"
    assert stat.S_IMODE(letters.stat().st_mode) == 0o700
    pages = (letters / "letters.txt").read_text(encoding="utf-8").split("\f\n")
    assert len(pages) == 3
    voter = registrar.read("codes.json")["voters"][0]
    for words in (
        "Ann Öztürk\nMain Street 1\n1234 Town\n",
        write_code(bytes.fromhex(voter["codes"][0])),
        short(made.voters[0].credential),
        short(made.fingerprint),
        SITE,
        "A test (de)",
    ):
        assert words in pages[0]
    pdf = letters / "letters-001.pdf"
    assert pdf.read_bytes().startswith(b"%PDF")
    for file in letters.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_letters_picture_holds_the_code_after_the_sign_that_no_server_gets(registrar):
    codes = read_codes(registrar.codes)
    manifest = read_manifest(election_of(registrar).manifest)
    voter = codes.voters[0]

    letter = make_letter(codes, voter, voter.codes[0], manifest, SITE, "en")

    assert letter.link == f"{SITE}#code={write_code(bytes.fromhex(voter.codes[0]))}"
    assert letter.title == "A test"


def test_letters_are_written_for_one_voter_and_in_a_language(registrar):
    made = election_of(registrar).open()

    done = registrar.letters(made, "--number", "voter-2", "--language", "en")

    text = (registrar.folder / "letters/letters.txt").read_text(encoding="utf-8")
    assert done.returncode == 0
    assert text.startswith("Cem\n")
    assert "Keep this code to yourself" in text


def test_letters_of_another_election_or_of_a_board_that_does_not_hold_are_refused(registrar):
    made = election_of(registrar).open()
    made.head(lambda body: body.update(signature=["00" * 32] * 2))

    for board in (Maker().open(), Maker(Shape(registrars=0)).open(), made):
        done = registrar.letters(board)
        assert done.returncode == 1
        assert "REFUSED: the board" in done.stderr
        assert not (registrar.folder / "letters").exists()


def apply(made, registrars, file, names):
    """What the site does with the registrars' changes once two officials have confirmed them."""
    changes = [registrar.read(file) for registrar in registrars]
    numbers = [number for number, _point in changes[0]["add"]]
    secrets = [registrar.newest_secrets() for registrar in registrars]
    added = [Voter(number, "", [one[number] for one in secrets]) for number in numbers]
    removed = [voter for voter in made.voters if voter.name in names]
    assert sorted(voter.credential for voter in removed) == changes[0]["remove"]

    def sign(body):
        body["signatures"] = [change["signature"] for change in changes] if added else []

    made.change_roll(added, removed, sign)
    return added


def test_who_lost_the_code_gets_a_new_one_that_the_registrar_has_signed(registrar):
    made = election_of(registrar).opened()

    assert registrar.change(made, "--renew", "voter-1").returncode == 0

    change = registrar.read("change.json")
    assert holds_change(
        others_proof(change["signature"]),
        made.fingerprint,
        1,
        bytes.fromhex(change["key"]),
        add=[bytes.fromhex(point) for _number, point in change["add"]],
        remove=change["remove"],
    )
    (new,) = apply(made, [registrar], "change.json", {"voter-1"})
    made.cast(new, made.choice(new, 0))
    assert problems(made.file) == []
    registrar.letters(made, "--number", "voter-1")
    letter = (registrar.folder / "letters/letters.txt").read_text(encoding="utf-8")
    assert short(new.credential) in letter


def others_proof(values):
    return Proof.from_list(values)


def test_until_the_site_has_taken_the_change_letters_show_the_old_code(registrar):
    made = election_of(registrar).opened()
    registrar.change(made, "--renew", "voter-1")

    registrar.letters(made, "--number", "voter-1")

    letter = (registrar.folder / "letters/letters.txt").read_text(encoding="utf-8")
    assert short(made.voters[1].credential) in letter


def test_late_voters_come_and_others_go(registrar):
    made = election_of(registrar).opened()
    more = registrar.folder / "more.csv"
    more.write_text("voter_number,name\nvoter-9,Dora\n", encoding="utf-8")

    done = registrar.change(made, "--add", more, "--remove", "voter-0")

    assert done.returncode == 0, done.stderr
    apply(made, [registrar], "change.json", {"voter-0"})
    assert problems(made.file) == []


def test_two_registrars_change_the_roll_together(alone, registrar):
    second = Registrar(alone, 2)
    second.draw()
    both = [registrar, second]
    made = election_of(*both).opened()

    for one in both:
        assert one.change(made, "--renew", "voter-2").returncode == 0

    (new,) = apply(made, both, "change.json", {"voter-2"})
    made.cast(new, made.choice(new, 0))
    assert problems(made.file) == []
    assert second.letters(made).returncode == 0
    assert second.letters(made, folder="again").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "a change of nothing"),
        (["--renew", "voter-7"], "no voter has the number voter-7"),
        (["--renew", "voter-1", "--remove", "voter-1"], "a voter is named twice"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_and_draws_nothing(registrar, arguments, words):
    made = election_of(registrar).opened()
    before = registrar.codes.read_bytes()

    done = registrar.change(made, *arguments)

    assert done.returncode == 1
    assert words in done.stderr
    assert registrar.codes.read_bytes() == before


def test_a_voter_who_stayed_away_looks_up_the_own_sign(registrar):
    made = election_of(registrar).opened()
    made.cast(made.voters[1], made.choice(made.voters[1], 0))
    registrar.board.write_bytes(made.file)
    codes = [bytes.fromhex(v["codes"][0]) for v in registrar.read("codes.json")["voters"]]
    own = ("--election", "test-election", "--board", registrar.board)

    stayed, voted = (registrar.run("point", *own, answer=write_code(code)) for code in codes[:2])

    assert "No ballot was cast under this sign" in stayed.stdout
    assert short(made.voters[0].credential) in stayed.stdout
    assert "A ballot was cast under this sign" in voted.stdout
    strange = registrar.run("point", *own, answer=write_code(draw_code()))
    assert strange.returncode == 1


@pytest.mark.parametrize(
    ("roll", "words"),
    [
        ("", "line 1: the column voter_number is missing"),
        ("voter_number\n1\n", "line 1: the column name is missing"),
        ("voter_number,name,age\n1,Ann,7\n", "line 1: there is no column of the name 'age'"),
        ("voter_number,name,name\n1,A,B\n", "line 1: the column name stands twice"),
        ("voter_number,name\n1,Ann,x\n", "line 2: not 2 columns"),
        ("voter_number,name\n1,Ann\n\n1,Bob\n", "line 4: 1 again"),
        ("voter_number,name\n,Ann\n", "line 2: a text that does not have 1 to 64"),
        ("voter_number,name\n1,\n", "line 2: the name is empty"),
        ("voter_number,name\n1,A\u200bB\n", "line 2: a text with a character that shows nothing"),
    ],
)
def test_a_fault_of_the_rolls_file_is_named_with_its_line(tmp_path, roll, words):
    file = tmp_path / "roll.csv"
    file.write_text(roll, encoding="utf-8")

    with pytest.raises(FAULTS, match=words):
        read_people(file)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("format", "facevote-codes-1", "not a registrar's file of codes"),
        ("key", "ab" * 32, "do not fit"),
        ("index", 3, "out of its range"),
        ("election", "other", "does not have this registrar"),
        ("extra", 1, "needs the keys"),
        ("voters", [{}], "needs the keys"),
    ],
)
def test_a_file_of_codes_that_was_changed_is_refused(registrar, name, value, words):
    made = election_of(registrar).open()
    changed = registrar.read("codes.json") | {name: value}
    registrar.codes.write_bytes(dump(changed) + b"\n")

    done = registrar.letters(made)

    assert done.returncode == 1
    assert words in done.stderr


@pytest.mark.parametrize(("election", "index"), [("Two Words", "1"), ("test-election", "3")])
def test_codes_are_drawn_for_an_election_and_registrar_1_or_2_alone(alone, election, index):
    registrar = Registrar(alone)
    files = ("--codes", registrar.codes, "--out", registrar.folder / "points.json")

    done = registrar.run("draw", registrar.roll, "--election", election, "--index", index, *files)

    assert done.returncode == 1
    assert not registrar.codes.exists()


def test_codes_are_read_as_people_type_them():
    code = draw_code()
    typed = write_code(code)

    assert read_code(typed.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == code
    assert others_codes.read(typed) == code
    assert others_codes.written(code) == typed
    slips = {
        typed[:-1]: "28 letters and digits",
        typed + "0": "28 letters and digits",
        "U" + typed[1:]: "28 letters and digits",
        "8" + typed[1:]: "from 0 to 7",
        other_end(typed): "last two signs",
    }
    for slip, words in slips.items():
        with pytest.raises(FAULTS, match=words):
            read_code(slip)


def other_end(typed):
    return typed[:-1] + ("0" if typed[-1] != "0" else "2")


def test_codes_differ_and_so_do_the_points_of_elections_and_registrars():
    code = draw_code()

    assert draw_code() != code
    assert len({point_of(code, name, n) for name in ("a", "b") for n in (1, 2)}) == 4
