// What is typed in a comment stays on this device until it is said: a closed tab or a lost network takes nothing.
import { keep } from "./keep.js";
import { each, say, words } from "./page.js";
import { unsaved } from "./unsaved.js";

/** Whether the page shows a comment of the reader's that came in the form of this number. */
const isSaid = (number) => document.querySelector(`[data-recovered="${CSS.escape(number)}"]`) !== null;

each("form[data-recover]", (form) => {
  const key = `said.${form.dataset.recover}`;
  const { text, form: number } = Object.fromEntries(["text", "form"].map((name) => [name, form.elements.namedItem(name)]));
  const own = number.value;
  const copy = keep.get(key);
  if (copy && isSaid(copy.number)) keep.drop(key);
  else if (copy && !text.value) {
    text.value = copy.text;
    if (copy.sent) number.value = copy.number; // it may have arrived: sent again, it is said once
    form.closest("details")?.setAttribute("open", "");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    say(words("restored"));
  }
  text.addEventListener("input", () => {
    number.value = own;
    if (!text.value) keep.drop(key);
    unsaved(form, text.value !== "" && !keep.set(key, { text: text.value, number: own, sent: false }));
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    unsaved(form, false);
    keep.set(key, { text: text.value, number: number.value, sent: true });
  });
});
