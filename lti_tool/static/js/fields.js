// Text areas that grow, meters in words, forms that are sent once, errors that are found first.
import { each, say, words } from "./page.js";

const NO_WORD = /^[ \t]*\d{1,9}[.)](?=[ \t])|\]\(https?:\/\/[^\s()]*\)/gm;

/** Words as the server counts them (kernel/markup.py): "l'équipe" and "mid-day" are one, punctuation and marks are none. */
export const count = (text) => (text.replace(NO_WORD, "").match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? []).length;

function meter(area) {
  const least = Number(area.dataset.words);
  const line = document.getElementById(area.dataset.wordsMeter);
  let reached = count(area.value) >= least;
  const show = () => {
    const n = count(area.value);
    if (line) line.textContent = words("meter", { n, least });
    if (n >= least && !reached) say(words("meterReached", { least }));
    reached = n >= least;
  };
  area.addEventListener("input", show);
  show();
}

/** The words of a whole form, beside what is a good length. */
function target(line) {
  const form = line.closest("form");
  const good = Number(line.dataset.targetWords);
  const rules = new Intl.PluralRules(document.documentElement.lang);
  const show = () => {
    let n = 0;
    for (const each of form.elements) if (/^(answer|step)-/.test(each.name) && each.type !== "hidden" && each.type !== "file") n += count(each.value);
    line.textContent = words(rules.select(n) === "one" ? "targetOne" : "target", { n, target: good });
  };
  form.addEventListener("input", show);
  show();
}

function grow(area) {
  if (CSS.supports("field-sizing", "content")) return;
  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };
  area.addEventListener("input", fit);
  fit();
}

function once(form) {
  let sent = false;
  const mark = (state) => {
    sent = state;
    for (const each of form.elements) if (each.type === "submit") each.setAttribute("aria-disabled", String(state));
  };
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (sent) event.preventDefault();
    else mark(true);
  });
  addEventListener("pageshow", () => mark(false));
}

// The Tab key brings a browser to a text area's first line; this brings it to the area.
addEventListener("keyup", ({ key, target }) => {
  if (key === "Tab" && target.matches("textarea")) target.scrollIntoView({ block: "nearest" });
});
each("textarea[data-words]", meter);
each("textarea[data-autogrow]", grow);
each("[data-target-words]", target);
each("[data-print]", (button) => button.addEventListener("click", () => print()));
each("form[data-once]", once);
each("[data-starter]", (starter) =>
  starter.addEventListener("click", () => {
    const area = document.getElementById(starter.dataset.starter);
    const before = area.value.trimEnd();
    area.value = `${before}${before ? "\n" : ""}${starter.textContent.trim()} `;
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }),
);
