"""One voter's enrolment page in the administration."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Page

    from tests.support.real_site import Site


def enrolment_of(page: Page, site: Site, name: str) -> None:
    page.goto(f"{site.url}/admin/biometrics/enrolment/?q={name}")
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_url("**/change/**")


def drop(page: Page, files: Iterable[tuple[str, bytes]]) -> None:
    """Drag files, given by name and content, over the upload field and let them go."""
    page.evaluate(
        """(files) => {
          const transfer = new DataTransfer();
          for (const [name, bytes] of files) {
            const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
            transfer.items.add(new File([content], name, { type: "image/jpeg" }));
          }
          const zone = document.querySelector("[data-drop]");
          for (const kind of ["dragover", "drop"]) {
            zone.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true }));
          }
        }""",
        [[name, base64.b64encode(data).decode()] for name, data in files],
    )
