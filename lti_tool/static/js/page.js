// What the modules share: the translated words, the polite voice, notices, the parts of a page as they come.
const block = document.getElementById("strings");
const strings = block ? JSON.parse(block.textContent) : {};

/** The translated sentence `name`, its {holes} filled. */
export function words(name, holes = {}) {
  return (strings[name] ?? name).replace(/\{(\w+)\}/g, (hole, key) => holes[key] ?? hole);
}

const language = document.documentElement.lang;
const place = language === "en" ? "en-GB" : language; // "Fri 28 Nov, 18:00" is read the same everywhere
const time = { hour: "2-digit", minute: "2-digit" };
export const clock = (date) => new Intl.DateTimeFormat(place, time).format(date);
export const moment = (date) => new Intl.DateTimeFormat(place, { weekday: "short", day: "numeric", month: "short", ...time }).format(date);

export const csrfToken = () => document.querySelector("meta[name=csrf-token]")?.content ?? "";

/** Says a sentence to screen readers, politely. */
export function say(text) {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 50); // the same sentence twice is still said twice
}

/** A button of ours with its act. */
export function button(text, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "btn btn-secondary btn-sm";
  element.textContent = text;
  element.addEventListener("click", act);
  return element;
}

/** Shows a notice above the page's content; one per `id`, the newest wins. An empty text takes it away. */
export function notify(id, text, buttons = []) {
  document.getElementById(id)?.remove();
  const template = document.getElementById("notice-template");
  if (!text || !template) return;
  const notice = template.content.firstElementChild.cloneNode(true);
  notice.id = id;
  notice.querySelector("p").textContent = text;
  const row = notice.querySelector("[data-notice-actions]");
  row.append(...buttons);
  row.hidden = buttons.length === 0;
  document.getElementById("notices").append(notice);
  say(text);
}

/** The server's own sentence in a refusal, if it gave one. */
export function sentence(text) {
  try {
    return JSON.parse(text).message ?? "";
  } catch {
    return "";
  }
}

const wirings = [];

/** Calls act(element) for each element of `selector`, now and in every part inserted later; once per element. */
export function each(selector, act) {
  const seen = new WeakSet();
  const wire = (root) => {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.unshift(root);
    for (const element of found) {
      if (seen.has(element)) continue;
      seen.add(element);
      act(element);
    }
  };
  wirings.push(wire);
  wire(document);
}

/** Tells the modules that `root` was inserted. */
export function arrived(root) {
  wirings.forEach((wire) => wire(root));
}
