// What is written on a page that many write: kept on this device, with the version it was written over, until it is saved for everybody.
import { keep } from "./keep.js";
import { button, each, notify } from "./page.js";
import { unsaved } from "./unsaved.js";

const PAUSE = 500; // ms after the last key
const OF_THE_TEXT = ["text", "why", "version", "section", "form"];

const values = (form) => Object.fromEntries([...new FormData(form)].filter(([name]) => OF_THE_TEXT.includes(name)));
const said = ({ text, why }) => JSON.stringify([text, why]);

function fill(form, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const control = form.elements.namedItem(name);
    if (!control) continue;
    control.value = value;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

each("form[data-kept]", (form) => {
  const sentences = JSON.parse(form.dataset.keptWords);
  const status = form.querySelector("[data-autosave-status]");
  const fields = values(form);
  const key = form.dataset.kept;
  let timer = null;
  let sent = false;
  const store = () => {
    clearTimeout(timer);
    if (sent) return;
    const now = values(form);
    const changed = said(now) !== said(fields);
    unsaved(form, changed);
    if (!changed) return keep.drop(key);
    if (keep.set(key, now) && status) status.textContent = sentences.kept;
  };
  const refused = form.querySelector("[aria-invalid=true], [data-error-summary]");
  const copy = keep.get(key);
  if (!refused && copy && said(copy) !== said(fields)) {
    fill(form, copy);
    const drop = () => (fill(form, fields), store(), notify("kept-notice", ""));
    notify("kept-notice", sentences.back, [button(sentences.drop, drop)]);
    unsaved(form, true);
  }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(store, PAUSE);
  });
  addEventListener("pagehide", store);
  document.addEventListener("visibilitychange", () => document.hidden && store());
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    store();
    unsaved(form, false);
    sent = true;
  });
  addEventListener("pageshow", () => (sent = false)); // back from the next page
});

// A copy is dropped when the page that was saved from its form comes back, and no other one.
each("[data-kept-clear]", ({ dataset }) => {
  if (keep.get(dataset.keptClear)?.form === dataset.keptForm) keep.drop(dataset.keptClear);
});
