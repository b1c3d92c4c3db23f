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
  const sticksOut = (element) => element.getBoundingClientRect().right > root.clientWidth + 1;
  const wide = [...document.body.querySelectorAll("*")].filter(sticksOut);
  return [`${over} px too wide`, ...wide.slice(0, 5).map((e) => e.outerHTML.slice(0, 120))];
}"""

SMALL_TARGETS = """([smallest, smallestPrimary]) => {
  const found = [];
  const selector = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const element of document.querySelectorAll(selector)) {
    if (element.closest(".visually-hidden, .skip-link") || !element.checkVisibility()) continue;
    const targets = [element, element.closest("label"), ...(element.labels ?? [])].filter(Boolean);
    const boxes = targets.map((target) => target.getClientRects()[0]);
    const width = Math.max(...boxes.map((box) => box?.width ?? 0));
    const height = Math.max(...boxes.map((box) => box?.height ?? 0));
    const least = element.matches(".btn-primary") ? smallestPrimary : smallest;
    if (width >= least && height >= least) continue;
    found.push(`${width.toFixed(1)} x ${height.toFixed(1)}: ${element.outerHTML.slice(0, 120)}`);
  }
  return found;
}"""

SEEN = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const target = element.closest("label") ?? element;
  const box = target.getBoundingClientRect();
  const parts = [1, 3, 5, 7, 9, 11, 13, 15].map((n) => n / 16);
  const points = parts.flatMap((x) => parts.map((y) => [box.left + box.width * x, box.top + box.height * y]));
  const hits = points.filter(([x, y]) => {
    const there = document.elementFromPoint(x, y);
    const betweenLines = getComputedStyle(target).display === "inline" && there?.contains(target);
    return target.contains(there) || betweenLines;
  });
  const most = Math.min(1, (innerHeight * 0.6) / box.height); // nothing is seen higher than the window
  return { name: element.outerHTML.slice(0, 140), seen: hits.length / points.length / most };
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
    page.wait_for_function("width => innerWidth === width", arg=width)
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
        here = page.evaluate(SEEN)
        if here is None or (stops and here["name"] == stops[0]):
            return stops
        assert here["seen"] >= 0.5, f"{here['seen']:.0%} of it is seen: {here['name']}"
        stops.append(here["name"])
    raise AssertionError(f"more than {most} Tab stops: {stops}")
