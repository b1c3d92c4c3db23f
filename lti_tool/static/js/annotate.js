// Comments at places of the work under review: chosen in the work itself, said in a dialog, kept at once.
import { fold, mark, placed, unmark } from "./passages.js";
import { csrfToken, say, sentence } from "./page.js";

const PAUSE = 250; // ms without a change, after which a selection is made
const TRIES = /\?|\b(?:try|could|should|might|instead|maybe|perhaps|suggest|essay|pourr|plutôt|peut-être|propos|suggér)/i;

const dialog = document.getElementById("annotate");
const here = document.getElementById("annotate-here");
const work = document.getElementById("work");
const list = () => document.getElementById("notes");
const notes = () => [...list().querySelectorAll("[data-annotation]")];
const time = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

if (dialog && work) start();
tips();

function start() {
  const texts = JSON.parse(dialog.dataset.annotateWords);
  const word = (name, holes = {}) => texts[name].replace(/\{(\w+)\}/g, (_, key) => holes[key]);
  const form = dialog.querySelector("form");
  const text = form.elements.namedItem("text");
  const problem = document.getElementById("annotate-problem");
  const [where, remove, cancel, open] = ["place", "remove", "cancel", "open"].map((name) => form.querySelector(`[data-annotate-${name}]`));
  let asked = null; // what the dialog is about: { url, fields }
  let passage = null; // the place that is selected now
  let stored = "";

  // The work, as it is marked.

  function paint() {
    unmark(work);
    work.querySelectorAll(".spot").forEach((spot) => spot.remove());
    notes().forEach((note, at) => {
      const { of, ofFile, x, y } = note.dataset;
      if (of) {
        const part = work.querySelector(`[data-part="${CSS.escape(of)}"]`);
        const found = part && placed(fold(part), note.dataset.quote, Number(note.dataset.start || 0));
        if (found) mark(found, number(note, at), `said-${note.dataset.annotation}`);
      } else if (x) {
        const picture = work.querySelector(`[data-file="${CSS.escape(ofFile)}"] .spots`);
        picture?.append(spot(number(note, at), x, y));
      }
    });
  }

  function number(note, at) {
    const link = document.createElement("a");
    link.href = `#${note.id}`;
    link.className = "annotation-number";
    link.textContent = at + 1;
    link.setAttribute("aria-label", word("number", { n: at + 1 }));
    return link;
  }

  function spot(link, x, y) {
    link.classList.add("spot");
    link.style.left = `${x * 100}%`;
    link.style.top = `${y * 100}%`;
    return link;
  }

  // The dialog.

  function ask(about) {
    if (about.url !== asked?.url || about.key !== asked?.key || about.stored !== undefined) text.value = about.stored ?? "";
    asked = about;
    stored = about.stored ?? "";
    where.textContent = about.where;
    remove.hidden = about.stored === undefined;
    open.hidden = !about.open;
    if (about.open) open.href = about.open;
    problem.hidden = true;
    here.hidden = true;
    dialog.showModal();
    text.focus();
  }

  async function post(fields, said) {
    const body = new URLSearchParams({ ...asked.fields, ...fields });
    let answer;
    try {
      answer = await fetch(asked.url, { method: "POST", body, headers: { "X-Requested-With": "fetch", "X-CSRFToken": csrfToken() } });
    } catch {
      return refuse(word("failed"));
    }
    const received = await answer.text();
    if (!answer.ok) return refuse(sentence(received) || word("failed"));
    list().outerHTML = received;
    text.value = stored = "";
    asked = null;
    dialog.close();
    getSelection().removeAllRanges();
    paint();
    say(said);
  }

  function refuse(message) {
    problem.querySelector("span").textContent = message;
    problem.hidden = false;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    post({ text: text.value }, word("kept"));
  });
  remove.addEventListener("click", () => post({ do: "remove" }, word("gone")));
  cancel.addEventListener("click", () => dialog.close());
  addEventListener("beforeunload", (event) => text.value !== stored && event.preventDefault());

  // A passage: what is selected in one text of the work.

  function selected() {
    const selection = getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    const part = [...work.querySelectorAll("[data-part]")].find((each) => range.intersectsNode(each));
    const found = part && fold(part).within(range);
    return found && { ...found, part: part.dataset.part, box: range.getBoundingClientRect() };
  }

  function offer() {
    passage = dialog.open ? null : selected();
    here.hidden = !passage;
    if (!passage) return;
    const { box } = passage;
    here.style.left = `${Math.max(8, Math.min(box.left, innerWidth - here.offsetWidth - 8))}px`;
    here.style.top = `${Math.max(8, Math.min(box.bottom + 8, innerHeight - here.offsetHeight - 8))}px`;
  }

  let soon;
  document.addEventListener("selectionchange", () => {
    clearTimeout(soon);
    soon = setTimeout(offer, PAUSE);
  });
  document.addEventListener("scroll", () => !here.hidden && offer(), { capture: true, passive: true });
  here.addEventListener("pointerdown", (event) => event.preventDefault()); // the selection stays
  here.addEventListener("click", () => passage && askPassage());

  function askPassage() {
    const { part, start, quote } = passage;
    ask({ url: dialog.dataset.annotate, key: `${part} ${start} ${quote}`, fields: { part, start, quote }, where: `“${quote}”` });
  }

  // A spot of a picture, a moment of a video or sound.

  const file = (element) => element.closest("[data-file]").dataset.file;
  work.querySelectorAll("[data-file] a > img").forEach((picture) => {
    const link = picture.parentElement;
    const frame = document.createElement("span");
    frame.className = "spots";
    link.before(frame);
    frame.append(link);
    link.addEventListener("click", (event) => {
      if (!event.detail || event.ctrlKey || event.metaKey || event.shiftKey) return; // by keyboard it opens, as it did
      event.preventDefault();
      const box = picture.getBoundingClientRect();
      const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map((share) => Math.min(1, Math.max(0, share)).toFixed(4));
      ask({ url: dialog.dataset.annotate, key: `${file(picture)} ${x} ${y}`, fields: { part: `file-${file(picture)}`, x, y }, where: picture.alt, open: link.href });
    });
  });
  work.querySelectorAll("[data-annotate-moment]").forEach((button) => {
    const player = button.closest("[data-file]").querySelector("video, audio");
    const name = () => word("at", { time: time(player.currentTime) });
    player.addEventListener("timeupdate", () => (button.lastElementChild.textContent = name()));
    button.addEventListener("click", () => {
      player.pause();
      const seconds = player.currentTime.toFixed(1);
      ask({ url: dialog.dataset.annotate, key: `${file(player)} ${seconds}`, fields: { part: `file-${file(player)}`, seconds }, where: name() });
    });
  });

  // The list.

  document.addEventListener("click", (event) => {
    const change = event.target.closest("[data-annotate-change]");
    if (!change) return;
    event.preventDefault();
    const note = change.closest("[data-annotation]");
    const said = note.querySelector("[data-annotation-text]").dataset.annotationText;
    const quote = note.dataset.quote ? `“${note.dataset.quote}”` : "";
    ask({ url: change.dataset.annotateChange, fields: {}, stored: said, where: quote || note.querySelector(".annotation-place").textContent });
  });
  paint();
}

// One quiet hint under the message to the author: what would make it more useful, from how it is written alone.
function tips() {
  const tip = document.querySelector("[data-tip]");
  const area = tip && document.getElementById(tip.dataset.tip);
  if (!area) return;
  const least = Number(area.dataset.words || 0);
  const show = () => {
    const said = [area, ...document.querySelectorAll("#my-review textarea")].map((each) => each.value).join(" ");
    const long = area.value.split(/\s+/).length >= Math.max(least, 10);
    const hint = !long ? "" : !notes().length && tip.dataset.tipWhere ? tip.dataset.tipWhere : TRIES.test(said) ? "" : tip.dataset.tipTry;
    if (tip.textContent !== hint) tip.textContent = hint;
  };
  let soon;
  area.addEventListener("input", () => {
    clearTimeout(soon);
    soon = setTimeout(show, 2000);
  });
  show();
}
