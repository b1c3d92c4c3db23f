// Long texts: a plain text area everywhere; where there is room and a keyboard, an editor in its place once it is begun.
import { keep } from "./keep.js";
import { button, each, say, words } from "./page.js";

const roomy = matchMedia("(min-width: 768px) and (any-pointer: fine)");
const PLAIN = "plain-text"; // kept for who wants no editor
const offers = new Map(); // text areas, each with the button that opens its editor
const composing = new WeakSet();
let pressed = false;

const wanted = (target) => target.matches?.("textarea[data-rich]") && target.tabIndex >= 0 && roomy.matches && !keep.get(PLAIN);

async function open(area) {
  const before = area.value;
  const { edit } = await import(area.dataset.rich).catch(() => ({})); // without it, the text area is there and stays
  if (edit) change(area, before, edit);
}

/** Not in the middle of a word that is being composed, and not after a blank: in an editor no text ends with one. */
function change(area, before, edit) {
  if (document.activeElement !== area || !wanted(area)) return;
  const blank = area.value !== before && /\s$/.test(area.value.slice(0, area.selectionEnd));
  if (!blank && !composing.has(area)) edit(area, { words, say, button, leave });
  else area.addEventListener("input", () => setTimeout(() => change(area, before, edit)), { once: true });
}

function leave(area) {
  keep.set(PLAIN, true);
  offers.forEach((offer) => (offer.hidden = !roomy.matches));
  area.focus();
}

function offer(area) {
  const tool = button(words("editorOpen"), () => {
    keep.drop(PLAIN);
    offers.forEach((each) => (each.hidden = true));
    area.focus();
  });
  tool.classList.add("mt-2");
  tool.hidden = !keep.get(PLAIN) || !roomy.matches;
  area.after(tool);
  offers.set(area, tool);
}

each("textarea[data-rich]", (area) => {
  offer(area);
  area.addEventListener("compositionstart", () => composing.add(area));
  area.addEventListener("compositionend", () => composing.delete(area));
});

// Whoever presses into a text first gets the caret there.
for (const [type, is] of Object.entries({ pointerdown: true, pointerup: false, pointercancel: false }))
  addEventListener(type, () => (pressed = is), true);
document.addEventListener("focusin", ({ target }) => {
  if (!wanted(target)) return;
  if (pressed) addEventListener("pointerup", () => setTimeout(() => open(target)), { once: true });
  else open(target);
});
