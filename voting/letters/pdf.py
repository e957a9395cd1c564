"""Letters and labels as PDF files (PDF/UA-1: a screen reader can read them).

What is in a letter reaches the page as data: no name can be taken for markup.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal

import segno
import typst

if TYPE_CHECKING:
    from collections.abc import Sequence

# The address field of a window envelope: DIN 5008, form B. 45 mm from the top, 20 mm from the left.
LETTER_PAGE: Final = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title, date: none)
#set page(paper: "a4", margin: (left: 25mm, right: 20mm, top: 27mm, bottom: 18mm))
#set text(font: "Noto Sans", size: 11pt, lang: data.lang, hyphenate: false, fallback: true)
#set par(leading: 0.6em, spacing: 0.9em)
#let fold(y) = place(top + left, dx: -21mm, dy: y - 27mm, line(length: 4mm, stroke: 0.3pt))
#for (number, letter) in data.letters.enumerate() {
  if number > 0 { pagebreak() }
  pdf.artifact(fold(105mm))
  pdf.artifact(fold(210mm))
  place(top + left, dx: -5mm, dy: 18mm, box(width: 85mm, height: 45mm, {
    box(height: 17.7mm, inset: (left: 5mm), align(bottom, text(size: 7pt, data.sender)))
    block(above: 2mm, inset: (left: 5mm), letter.lines.map(line => [#line]).join(linebreak()))
  }))
  place(top + right, dy: 18mm, box(width: 60mm, {
    set text(size: 9pt)
    align(left, [#data.words.number #linebreak() #strong(letter.number)])
  }))
  v(71.46mm)
  block(below: 6mm, heading(level: 1, text(size: 13pt, letter.subject)))
  for paragraph in letter.text.split("\\n\\n") {
    par(paragraph.split("\\n").map(line => [#line]).join(linebreak()))
  }
  v(2mm)
  grid(
    columns: (28mm, 1fr),
    gutter: 6mm,
    image(bytes(data.code), format: "svg", width: 28mm, alt: data.words.code),
    align(horizon, {
      [#data.words.scan #linebreak() #raw(data.address)]
      if data.fingerprint != "" {
        parbreak()
        [#data.words.fingerprint #linebreak() #raw(data.fingerprint)]
      }
    }),
  )
  context if here().page() != number + 1 { panic("LETTER TOO LONG") }
}
"""
LABEL_PAGE: Final = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title, date: none)
#set page(paper: "a4", margin: 0mm)
#set text(font: "Noto Sans", size: 9pt, lang: data.lang, hyphenate: false, fallback: true)
#grid(
  columns: (70mm,) * 3,
  rows: 37mm,
  ..data.letters.map(letter => box(width: 70mm, height: 37mm, inset: 6mm, clip: true, {
    letter.lines.map(line => [#line]).join(linebreak())
    linebreak()
    text(size: 7pt, letter.number)
  })),
)
"""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
TOO_LONG: Final = "LETTER TOO LONG"


class LetterTooLong(Exception):
    """A letter does not fit on one page."""


@dataclass(frozen=True, slots=True)
class PaperLetter:
    """One page. `lines` are those of the address window, the name first."""

    number: str
    lines: list[str]
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same on all pages of a batch. `words` explain number, code and fingerprint."""

    title: str
    lang: str
    sender: str
    address: str
    fingerprint: str
    words: dict[str, str]


def letters_pdf(frame: Frame, letters: Sequence[PaperLetter]) -> bytes:
    """One PDF file with a page for each letter. Raises LetterTooLong."""
    return _compiled(LETTER_PAGE, frame, letters)


def labels_pdf(frame: Frame, letters: Sequence[PaperLetter]) -> bytes:
    """One PDF file with 24 labels of 70 x 37 mm on each page."""
    return _compiled(LABEL_PAGE, frame, letters)


def _compiled(page: str, frame: Frame, letters: Sequence[PaperLetter]) -> bytes:
    shown = {
        **asdict(frame),
        "code": _code(frame.address),
        "letters": [asdict(letter) for letter in letters],
    }
    data = {"data": json.dumps(_visible(shown))}
    try:
        return _pdf(page, data, "ua-1")
    except typst.TypstError as error:
        if TOO_LONG in str(error):
            raise LetterTooLong from error
    # Some name has a sign that no font shows. A box in its place is better than no letters.
    return _pdf(page, data, None)


def _pdf(page: str, data: dict[str, str], standard: Literal["ua-1"] | None) -> bytes:
    return typst.compile(
        page.encode(),
        format="pdf",
        sys_inputs=data,
        pdf_standards=standard,
        font_paths=_fonts(),
    )


def _visible(value: Any) -> Any:
    """The same without signs that cannot be printed."""
    match value:
        case str():
            return _CONTROL.sub("", value)
        case list():
            return [_visible(part) for part in value]
        case dict():
            return {name: _visible(part) for name, part in value.items()}
        case _:
            return value


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Noto's fonts have the letters of every script in which names are written."""
    folders = [str(files("manimgx_fonts")), str(files("manimgx_fonts_cjk"))]
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


def _code(address: str) -> str:
    """The QR code of the address, as an SVG file."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", xmldecl=False, border=2)
    return out.getvalue().decode()
