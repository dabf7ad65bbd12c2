"""What keeps some people out of a page, as axe finds it."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

SERIOUS = {"serious", "critical"}
# A rule of which all that it finds is milder is not looked for, and no path is made up to what is
# found: both were thrown away.
_AXE = """([serious, rules, preload]) => axe.run({
  resultTypes: ["violations"],
  selectors: false,
  preload,
  rules: Object.fromEntries(axe._audit.rules
    .filter((rule) => rule.impact && !serious.includes(rule.impact))
    .map((rule) => [rule.id, { enabled: false }])),
  ...(rules && { runOnly: { type: "rule", values: rules } }),
}).then((found) => found.violations
  .filter((rule) => serious.includes(rule.impact))
  .flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}`)))"""


def call_judge(page: Page) -> None:
    """Bring axe into the page that is shown."""
    page.evaluate(AXE_SCRIPT)


def judged(page: Page, rules: list[str] | None = None, *, preload: bool = True) -> list[str]:
    """What a page does wrong, once axe is there. Shape: rule and element.

    Without `rules` all are looked at; `preload` lets those see the style sheets that ask for them.
    """
    found: list[str] = page.evaluate(_AXE, [sorted(SERIOUS), rules, preload])
    return found
