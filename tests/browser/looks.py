"""What a page must be to everybody: measured in the page itself."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page, ViewportSize, expect

DESK = ViewportSize(width=1280, height=720)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_COLOURS = ["color-contrast", "link-in-text-block"]  # what may be wrong in the dark only
SMALLEST, SMALLEST_PRIMARY = 24, 44  # px: WCAG 2.2, 2.5.8; and a thumb

OVERFLOW = """(size = "") => {
  const root = document.documentElement;
  root.style.fontSize = size;
  const over = root.scrollWidth - root.clientWidth;
  const sticksOut = (element) => element.getBoundingClientRect().right > root.clientWidth + 1;
  const wide = over > 0 ? [...document.body.querySelectorAll("*")].filter(sticksOut) : [];
  root.style.fontSize = "";
  return over > 0 ? [`${over} px too wide`, ...wide.slice(0, 5).map((e) => e.outerHTML.slice(0, 120))] : [];
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


AXE = """async (options) => {
  const { violations } = await axe.run(document, options);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
    `${id}: ${html.slice(0, 200)} ${(failureSummary ?? "").slice(0, 300)}`));
}"""


def faults(page: Page) -> list[str]:
    """What is wrong with a page: on a phone and a desk, in large text, in the dark and in the light."""
    found = small_targets(page)
    for width, text in ((360, "100%"), (360, "200%"), (320, "100%")):
        found += overflow(page, width, text)
    page.set_viewport_size(DESK)
    found += violations(page)
    others = {"dark": "light", "light": "dark"}[str(page.locator("html").get_attribute("data-bs-theme"))]
    page.emulate_media(color_scheme=others)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", others)
    page.evaluate("Promise.allSettled(document.getAnimations().map((each) => each.finished))")
    return found + [f"{others}: {each}" for each in violations(page, OF_COLOURS)]


def violations(page: Page | Frame, rules: list[str] = WCAG) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, or some of its rules; empty when nothing."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: list[str] = page.evaluate(AXE, {"runOnly": rules, "resultTypes": ["violations"]})
    return found


def overflow(page: Page, width: int, text: str = "100%") -> list[str]:
    """What makes the page scroll sideways in a window of `width`, with text of that size."""
    page.set_viewport_size({"width": width, "height": 640})
    page.wait_for_function("width => innerWidth === width", arg=width)
    return [f"{width} px, text {text}: {each}" for each in page.evaluate(OVERFLOW, text)]


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
