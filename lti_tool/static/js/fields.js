// Text areas that grow, meters in words, forms that are sent once, errors that are found first.
import { each, say, words } from "./page.js";

/** Words as the server counts them (kernel/markup.py): "l'équipe" and "mid-day" are one, punctuation is none. */
export const count = (text) => (text.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? []).length;

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

each("textarea[data-words]", meter);
each("textarea[data-autogrow]", grow);
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
