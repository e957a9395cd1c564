"""The letter to one voter: what it says, and the letter as plain text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verifier.registering.codes import write_code
from verifier.rules.manifest import short

if TYPE_CHECKING:
    from verifier.registering.codes_file import CodesFile, Holder
    from verifier.rules.manifest import Manifest

PAGE_END = "\f\n"

# Each language has the same words: before the code, under it, and what the other lines mean.
WORDS = {
    "en": {
        "greeting": "Your code for the vote",
        "code": "Your code",
        "secret": (
            "Keep this code to yourself. Without it nobody can cast a ballot for you, not even the"
            " server. To vote you need it, your password and your face."
        ),
        "address": "Vote here, or scan the picture with your telephone",
        "fingerprint": "Fingerprint of the election",
        "compare": "Compare it with the fingerprint that the voting page shows before you vote.",
        "point": "Your public sign",
        "look": (
            "If you do not vote, look on the public board whether a ballot with this sign was cast."
            " There must be none."
        ),
    },
    "de": {
        "greeting": "Ihr Code für die Wahl",
        "code": "Ihr Code",
        "secret": (
            "Behalten Sie diesen Code für sich. Ohne ihn kann niemand für Sie abstimmen, auch der"
            " Server nicht. Zum Abstimmen brauchen Sie ihn, Ihr Passwort und Ihr Gesicht."
        ),
        "address": "Hier stimmen Sie ab; oder lesen Sie das Bild mit dem Telefon ein",
        "fingerprint": "Fingerabdruck der Wahl",
        "compare": (
            "Vergleichen Sie ihn mit dem Fingerabdruck, den die Wahlseite vor dem Abstimmen zeigt."
        ),
        "point": "Ihr öffentliches Zeichen",
        "look": (
            "Wenn Sie nicht abstimmen, sehen Sie auf der öffentlichen Tafel nach, ob ein"
            " Stimmzettel mit diesem Zeichen abgegeben wurde. Es darf keiner da sein."
        ),
    },
}


@dataclass(frozen=True, slots=True)
class Letter:
    """What one letter shows. `link` is what its QR code holds."""

    name: str
    postal: list[str]
    title: str
    code: str
    point: str
    fingerprint: str
    site: str
    link: str
    words: dict[str, str] = field(repr=False)


def language_of(manifest: Manifest, wanted: str | None) -> str:
    """The wanted language, or the first of the election that there are words in, or English."""
    return wanted or next((name for name in manifest.title if name in WORDS), "en")


def make_letter(
    codes: CodesFile, voter: Holder, code: str, manifest: Manifest, site: str, language: str
) -> Letter:
    """The letter with one of the voter's codes."""
    written = write_code(bytes.fromhex(code))
    parameter = "code" if codes.index == 1 else "code2"
    titles = manifest.title
    return Letter(
        name=voter.name,
        postal=voter.address,
        title=titles.get(language) or next(iter(titles.values())),
        code=written,
        point=short(codes.point(code)),
        fingerprint=short(manifest.fingerprint),
        site=site,
        link=f"{site}#{parameter}={written}",
        words=WORDS[language],
    )


def as_text(letter: Letter) -> str:
    """The letter as one page of plain text."""
    words = letter.words
    lines = [
        letter.name,
        *letter.postal,
        "",
        f"{words['greeting']}: {letter.title}",
        "",
        f"{words['code']}:",
        f"    {letter.code}",
        words["secret"],
        "",
        f"{words['address']}:",
        f"    {letter.site}",
        "",
        f"{words['fingerprint']}:",
        f"    {letter.fingerprint}",
        words["compare"],
        "",
        f"{words['point']}:",
        f"    {letter.point}",
        words["look"],
    ]
    return "".join(f"{line}\n" for line in lines)
