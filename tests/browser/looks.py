"""What a page must be to everybody: measured in the page itself."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SMALLEST, SMALLEST_PRIMARY = 24, 44  # px: WCAG 2.2, 2.5.8; and a thumb

OVERFLOW = """() => {
  const root = document.documentElement;
  const over = root.scrollWidth - root.clientWidth;
  if (over <= 0) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1);
  return [`${over} px too wide`, ...wide.slice(0, 5).map((e) => e.outerHTML.slice(0, 120))];
}"""

SMALL_TARGETS = """([smallest, smallestPrimary]) => {
  const found = [];
  const selector = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const element of document.querySelectorAll(selector)) {
    if (element.closest(".visually-hidden, .skip-link") || !element.checkVisibility()) continue;
    const boxes = [element, element.closest("label"), ...(element.labels ?? [])].filter(Boolean).map((e) => e.getClientRects()[0]);
    const width = Math.max(...boxes.map((box) => box?.width ?? 0)), height = Math.max(...boxes.map((box) => box?.height ?? 0));
    const least = element.matches(".btn-primary") ? smallestPrimary : smallest;
    if (width < least || height < least) found.push(`${width.toFixed(1)} x ${height.toFixed(1)}: ${element.outerHTML.slice(0, 120)}`);
  }
  return found;
}"""

COVERED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const target = element.closest("label") ?? element;
  const box = target.getBoundingClientRect();
  const bar = [...document.querySelectorAll(".actions")].find((e) => !e.contains(element) && getComputedStyle(e).position === "sticky");
  const floor = Math.min(innerHeight, bar ? bar.getBoundingClientRect().top : innerHeight);
  const head = [...document.querySelectorAll(".panes-switch")].find((e) => !e.contains(element) && e.checkVisibility());
  const ceiling = Math.max(0, head ? head.getBoundingClientRect().bottom : 0);
  const room = Math.min(box.height, floor - ceiling);
  const shown = Math.max(0, Math.min(box.bottom, floor) - Math.max(box.top, ceiling));
  return { name: element.outerHTML.slice(0, 140), shown: room > 0 ? shown / room : 1 };
}"""


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA; empty when nothing."""
    options: dict[str, Any] = {"runOnly": WCAG, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{each['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
            for each in found for node in each["nodes"]]  # fmt: skip


def overflow(page: Page, width: int, text: str = "100%") -> list[str]:
    """What makes the page scroll sideways in a window of `width`, with text of that size."""
    page.set_viewport_size({"width": width, "height": 640})
    page.evaluate("size => document.documentElement.style.fontSize = size", text)
    found = page.evaluate(OVERFLOW)
    page.evaluate("document.documentElement.style.fontSize = ''")
    return [f"{width} px, text {text}: {each}" for each in found]


def small_targets(page: Page) -> list[str]:
    """What is too small to be hit by a thumb."""
    return page.evaluate(SMALL_TARGETS, [SMALLEST, SMALLEST_PRIMARY])


def walk(page: Page, most: int = 120) -> list[str]:
    """What the Tab key comes by, from the top of the page on; each half visible at least, else this fails."""
    stops: list[str] = []
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    while len(stops) < most:
        page.keyboard.press("Tab")
        page.evaluate("new Promise(requestAnimationFrame)")
        here = page.evaluate(COVERED)
        if here is None or (stops and here["name"] == stops[0]):
            return stops
        assert here["shown"] >= 0.5, f"{here['shown']:.0%} of it is seen: {here['name']}"
        stops.append(here["name"])
    raise AssertionError(f"more than {most} Tab stops: {stops}")
