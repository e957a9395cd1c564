"""Letters as PDF files, where the packages `typst` and `segno` are installed.

What is in a letter reaches the page as data: no name can be taken for markup.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import segno
import typst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.registering.letters import Letter

PAGE = """
#set page(paper: "a4", margin: (x: 25mm, top: 45mm, bottom: 20mm))
#set text(size: 11pt, hyphenate: false)
#let letters = json(bytes(sys.inputs.letters))
#let sign(text) = block(inset: (y: 6pt), raw(text))
#for (number, letter) in letters.enumerate() {
  if number > 0 { pagebreak() }
  let words = letter.words
  box(height: 35mm, [#letter.name \\ #letter.postal.map(line => [#line]).join(linebreak())])
  block(above: 18mm, text(size: 15pt, weight: "bold")[#words.greeting: #letter.title])
  grid(
    columns: (1fr, 42mm),
    gutter: 8mm,
    [
      #strong(words.code)
      #block(inset: (y: 6pt), text(size: 12pt, raw(letter.code)))
      #words.secret
    ],
    image(bytes(letter.picture), format: "svg", width: 42mm),
  )
  block(above: 8mm)[#strong(words.address) #sign(letter.site)]
  block(above: 6mm)[#strong(words.fingerprint) #sign(letter.fingerprint) #words.compare]
  block(above: 6mm)[#strong(words.point) #sign(letter.point) #words.look]
}
"""


def as_pdf(letters: Sequence[Letter]) -> bytes:
    """One PDF file with a page for each letter."""
    data = json.dumps([asdict(letter) | {"picture": _picture(letter)} for letter in letters])
    return bytes(typst.compile(PAGE.encode(), sys_inputs={"letters": data}))


def _picture(letter: Letter) -> str:
    """The QR code of the letter's link, as an SVG file."""
    out = io.BytesIO()
    segno.make(letter.link, error="m", micro=False).save(out, kind="svg", xmldecl=False, border=2)
    return out.getvalue().decode()
