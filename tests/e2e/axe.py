"""Barriers for people with disabilities, found in a page by axe-core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.places import BASE

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = BASE / "node_modules" / "axe-core" / "axe.min.js"


def problems(page: Page) -> list[str]:
    """Serious and critical findings by rule and element, and pages that scroll sideways."""
    page.wait_for_load_state()  # Text is there before its styles.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    findings: list[str] = page.evaluate(
        """async () => {
          const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
          const { violations } = await axe.run(document, { runOnly: tags });
          return violations
            .filter(({ impact }) => ["serious", "critical"].includes(impact))
            .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
        }"""
    )
    wide = page.evaluate("() => document.documentElement.scrollWidth > innerWidth + 1")
    if wide:
        findings.append("scrolls sideways")
    return [f"{page.url}: {finding}" for finding in findings]
