"""One election under watch: each look at its site, and what a witness signs of it.

docs/cryptography.md, sections 7 and 11.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from verifier.rules.board import Election
from verifier.rules.file import feed, line_at
from verifier.rules.group import base
from verifier.rules.printing import escaped, escaped_whole
from verifier.rules.statements import check, read_published, witnessed
from verifier.rules.strict import FAULTS, Problem, dump, in_words, load, require
from verifier.witnessing.pages import changed_scripts, strange_code
from verifier.witnessing.reading import UNREACHABLE, download, fetch, post
from verifier.witnessing.record import read_statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verifier.rules.board import Parts
    from verifier.rules.strict import Json
    from verifier.witnessing.record import Record

PAGES = ("", "board/", "results/", "/verify/")
OWN_KINDS = ("head", "witness")  # what a statement alone does not have to be repeated for


class Watch:
    """Looks at one election. `alarm` is called with each thing that is wrong, once."""

    def __init__(
        self,
        site: str,
        record: Record,
        *,
        secret: int | None = None,
        peers: list[str],
        scripts: dict[str, str],
        fingerprint: str = "",
        alarm: Callable[[str], None],
    ) -> None:
        self._site, self._record, self._secret = site, record, secret
        self._peers, self._scripts, self._fingerprint = peers, scripts, fingerprint
        self._alarm = alarm
        self._said: set[str] = set()
        self._seen: set[bytes] = set()  # statements that were checked
        self._unsent: Json = record.last_signed()
        self._news = 0  # the count of the last event that is no head and no witness's statement
        self._offset = 0
        self.election = Election()
        if record.board.stat().st_size:
            self._read_on()

    def look(self) -> None:
        """Look at the site once. What cannot be reached is an alarm, too."""
        heads = list(self._head_of_site())
        statements = [*self._statements_of_peers(), *heads]
        try:
            download(urljoin(self._site, "board.jsonl"), self._record.fresh)
            self._record.check_growth()
            self._record.take()
        except (*UNREACHABLE, *FAULTS) as error:
            self._fail("the board", error)
            self._publish(heads)
            return
        self._read_on()
        self._publish(heads)
        self._check(statements)
        self._look_at_pages()
        self._sign()

    def _read_on(self) -> None:
        """Read what is new on the copy of the board, and check it."""
        with self._record.board.open("rb") as file:
            file.seek(self._offset)
            try:
                feed(self.election, file, self._note_kind)
            except FAULTS as error:
                self._say(f"the board: {in_words(error)}")
            self._offset = file.tell()
            if self.election.count and self.election.count.sums:
                self.election.finish(lambda offset: line_at(file, offset))
            elif self.election.parts:
                self.election.problems += self.election.parts.box.checks.finish()[0]
        manifest = self.election.manifest
        if manifest and self._fingerprint not in ("", manifest.fingerprint):
            self._say("the manifest has another fingerprint than the one that was published")
        self._tell_problems()

    def _note_kind(self, election: Election) -> None:
        if election.kind not in OWN_KINDS:
            self._news = len(election.hashes)

    def _check(self, statements: list[Json]) -> None:
        """Check what the server and the other witnesses have signed against this board."""
        for value in statements:
            line = dump(value)
            if line not in self._seen:
                self._seen.add(line)
                self.election.check_published(value)
        self._tell_problems()

    def _tell_problems(self) -> None:
        for line, kind, words in self.election.problems:
            self._say(f"the board, line {line} ({kind}): {words}")
        parts = self.election.parts
        for pair in parts.statements.forks if parts else []:
            proof = parts.statements.fork_proof(*pair) if parts else []
            self._say("\n    ".join(["PROOF OF A FORK:", *proof]))

    def _statements_of_peers(self) -> Iterator[Json]:
        for peer in self._peers:
            try:
                remote = urlsplit(peer).scheme in ("http", "https")
                yield from read_statements(fetch(peer) if remote else Path(peer).read_bytes())
            except (*UNREACHABLE, *FAULTS) as error:
                self._fail(f"the witness at {peer}", error)

    def _head_of_site(self) -> Iterator[Json]:
        """The signed head that the site publishes. It is fetched before the board."""
        try:
            head = load(fetch(urljoin(self._site, "head.json")))
        except (*UNREACHABLE, *FAULTS) as error:
            self._fail("the site's head", error)
            return
        yield head

    def _publish(self, heads: list[Json]) -> None:
        """Show the other witnesses what the server has signed, and nothing else that it says."""
        manifest = self.election.manifest
        if manifest is None:
            return
        for value in heads:
            with suppress(*FAULTS):
                statement, _kind = read_published(manifest, value)
                check(manifest, statement)
                self._record.publish(value)

    def _look_at_pages(self) -> None:
        if not self._scripts:
            return
        try:
            for words in changed_scripts(self._site, self._scripts):
                self._say(words)
            for page in PAGES:
                for words in strange_code(urljoin(self._site, page), self._scripts):
                    self._say(words)
        except (*UNREACHABLE, *FAULTS) as error:
            self._fail("the pages", error)

    def _sign(self) -> None:
        """Sign the board, if this witness has a key, all holds, and there is something new."""
        if self._secret is None:
            return
        try:
            parts = self._extended()
            if self._news > self._signed_count():
                statement = self._statement(parts, self._secret)
                self._record.sign(statement)
                self._unsent = statement
            if self._unsent:
                post(urljoin(self._site, "witness/"), dump(self._unsent))
                self._unsent = None
        except (*UNREACHABLE, *FAULTS) as error:
            self._fail("nothing was signed or sent", error)

    def _signed_count(self) -> int:
        last = self._record.last_signed()
        return int(last["count"]) if last else 0

    def _extended(self) -> Parts:
        """The parts of a board that extends what was signed last. Raises Problem otherwise."""
        parts, problems = self.election.parts, self.election.problems
        require(not problems and parts, "the board does not hold")
        if parts is None:
            raise Problem("there is no board")
        require(not parts.statements.forks, "there is a fork")
        manifest, last = parts.manifest, self._record.last_signed()
        own = self._fingerprint in ("", manifest.fingerprint)
        require(own, "the manifest has another fingerprint")
        if last:
            same = last["election"] == manifest.fingerprint
            require(same, "this folder belongs to another election")
            hashes = self.election.hashes
            follows = len(hashes) >= last["count"] and hashes[last["count"] - 1] == last["hash"]
            require(follows, "the board does not extend what was signed last")
        return parts

    def _statement(self, parts: Parts, secret: int) -> Json:
        manifest, hashes = parts.manifest, self.election.hashes
        listed = [witness.key for witness in manifest.witnesses]
        require(base(secret) in listed, "the manifest does not name this witness's key")
        now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:00Z")
        end = (len(hashes), hashes[-1])
        number = listed.index(base(secret)) + 1
        return witnessed(manifest, secret, number, end, now).published(manifest)

    def _fail(self, what: str, error: Exception) -> None:
        """Tell of something that went wrong: each time, unless it is a problem that stays."""
        if isinstance(error, Problem):
            self._say(f"{what}: {error}")
        else:
            self._alarm(f"{what}: {escaped(str(error) or repr(error))}")

    def _say(self, words: str) -> None:
        if words not in self._said:
            self._said.add(words)
            self._alarm("\n".join(map(escaped_whole, words.split("\n"))))
