// One file on its way: its line in the list, and what can be done with it.
import { button, csrfToken, say, sentence, words } from "./page.js";
import { shrink } from "./shrink.js";
import { unsaved } from "./unsaved.js";

const LARGE = 1_000_000; // bytes
const SAID = 0.25; // of a file, between two times that its progress is said

let onTheWay = 0;

/** Whether a file is on its way now. */
export const sending = () => onTheWay > 0;

/** The headers of our scripts. */
export const ours = () => ({ "X-Requested-With": "fetch", "X-CSRFToken": csrfToken() });
const percent = (part) => words("percent", { n: Math.round(part * 100) });

function send(url, data, onProgress) {
  const request = new XMLHttpRequest(); // fetch cannot tell how far a body has gone
  const finished = new Promise((done, fail) => {
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("load", () => (request.status < 300 ? done(request.responseText) : fail(new Error(request.responseText))));
    request.addEventListener("error", () => fail(new TypeError()));
    request.open("POST", url);
    for (const [name, value] of Object.entries(ours())) request.setRequestHeader(name, value);
    request.send(data);
  });
  return { finished, remove: () => request.abort() };
}

/** A file's line in the list: its name, how far it is, and what can be done. */
export class Row {
  constructor(list, name) {
    this.element = document.createElement("li");
    this.name = name;
    this.bar = document.createElement("progress");
    this.state = document.createElement("span");
    const title = document.createElement("span");
    title.className = "name";
    title.textContent = name;
    this.bar.max = 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", words("uploading", { name }));
    this.element.append(title, this.state, this.bar);
    list.append(this.element);
  }

  tell(text, aloud = true) {
    if (this.state.textContent === text) return;
    this.state.textContent = text;
    if (aloud) say(`${this.name} – ${text}`);
  }

  progress(part) {
    const quarter = Math.floor(part / SAID) > Math.floor(this.bar.value / SAID);
    this.bar.value = part;
    this.tell(percent(part), quarter);
  }

  /** The buttons, each [text, act]; whoever had the focus on one of them has it on the first one. */
  offer(...acts) {
    const focused = this.element.contains(document.activeElement);
    for (const old of this.element.querySelectorAll("button")) old.remove();
    for (const [text, act] of acts) {
      const element = button(text, act);
      element.setAttribute("aria-label", `${text} – ${this.name}`);
      this.element.append(element);
    }
    if (focused) this.element.querySelector("button")?.focus();
  }

  remove() {
    const focused = this.element.contains(document.activeElement);
    const next = this.element.closest(".field")?.querySelector("input[type=file]");
    this.element.remove();
    if (focused) next?.focus();
  }
}

/** One file on its way. `run` ends when it is there, refused, removed or paused. */
export class Transfer {
  constructor(place, file, input) {
    this.place = place;
    this.file = file;
    this.step = input?.dataset.step;
    this.again = () => place.add(file, input);
    this.row = new Row(place.list, file.name);
    this.row.tell(words("uploadWaiting"), false);
    this.row.offer([words("cancel"), () => this.remove()]);
  }

  async run() {
    if (this.over) return;
    onTheWay += 1;
    unsaved("files", true);
    try {
      if (this.delivery) this.goOn();
      else this.delivery = this.deliver();
      await Promise.race([this.delivery, new Promise((leave) => (this.leave = leave))]);
    } finally {
      unsaved("files", (onTheWay -= 1) > 0);
    }
  }

  async deliver() {
    try {
      this.ready ??= await shrink(this.file);
      if (this.ready.size > this.place.limit) {
        throw new Error(words("tooBig", { name: this.file.name, limit: Math.floor(this.place.limit / 1_000_000) }));
      }
      const html = await (this.ready.size > LARGE ? this.inParts() : this.whole());
      if (this.over) return;
      this.place.insert(html);
      this.end();
      say(words("uploaded", { name: this.file.name }));
    } catch (problem) {
      if (!this.over) this.failed(problem);
    }
  }

  whole() {
    const data = new FormData();
    data.set("file", this.ready, this.ready.name);
    if (this.step) data.set("step", this.step);
    this.sending = send(this.place.url, data, (part) => this.row.progress(part));
    return this.sending.finished;
  }

  async inParts() {
    const { sendInParts } = await import(this.place.resumable);
    if (this.over) return "";
    const waits = () => this.row.tell(words("uploadKept"));
    this.sending = sendInParts(this.ready, {
      url: this.place.parts,
      id: this.place.goesOn(this.ready, this.step),
      step: this.step,
      headers: ours(),
      onBegin: (id) => this.place.remember(this.ready, this.step, id),
      onProgress: (part) => this.row.progress(part),
      onWait: waits,
    });
    this.offerPause();
    const id = await this.sending.finished;
    this.row.offer();
    this.row.tell(words("uploadChecking"));
    try {
      return await this.place.finish(id, waits);
    } finally {
      this.place.drop(id);
    }
  }

  offerPause() {
    this.row.offer([words("uploadPause"), () => this.pause()], [words("forget"), () => this.remove()]);
  }

  goOn() {
    this.sending.goOn();
    this.offerPause();
  }

  pause() {
    this.sending.pause();
    this.row.tell(words("uploadPaused", { n: Math.round(this.row.bar.value * 100) }));
    this.row.offer([words("uploadGoOn"), () => this.place.queued(this)], [words("forget"), () => this.remove()]);
    this.leave();
  }

  remove() {
    this.sending?.remove();
    if (this.ready) this.place.drop(this.place.begun(this.ready, this.step));
    this.end();
    this.leave?.();
  }

  end() {
    this.over = true;
    this.row.remove();
  }

  failed(problem) {
    const offline = problem instanceof TypeError;
    const said = sentence(problem.message) || (problem.message.startsWith("{") ? "" : problem.message);
    this.row.bar.remove();
    this.row.tell(offline ? words("uploadOffline") : said.startsWith("<") || !said ? words("uploadFailed") : said);
    this.row.offer([words("retry"), () => (this.end(), this.again())], [words("forget"), () => this.remove()]);
  }
}
