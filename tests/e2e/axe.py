"""What keeps people out of a page, found by axe-core in the browser."""

from __future__ import annotations

from tests.support.places import BASE

AXE = BASE / "node_modules" / "axe-core" / "axe.min.js"


def problems(page):
    """Serious and critical findings by rule and place, and pages that scroll sideways."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """async () => {
          const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
          const { violations } = await axe.run(document, { runOnly: tags });
          return violations
            .filter(({ impact }) => ["serious", "critical"].includes(impact))
            .map(({ id, nodes }) => `${id}: ${nodes.map((one) => one.html).join(" | ")}`);
        }"""
    )
    wide = page.evaluate("() => document.documentElement.scrollWidth > innerWidth + 1")
    return [f"{page.url}: {one}" for one in [*found, *(["scrolls sideways"] if wide else [])]]
