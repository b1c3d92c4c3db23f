// Nothing typed is lost: a form is saved on the server as it is written, and on this device until the server has it.
import { keepMine } from "./keep.js";
import { button, clock, each, moment, notify, say, sentence, words } from "./page.js";
import { unsaved } from "./unsaved.js";

const PAUSE = 2000; // ms after the last key
const HERE = 200; // ms after which this device keeps it: a tab may be killed before the pause is over
const LONGEST_WAIT = 60_000; // ms between two tries
const REFUSED = [400, 401, 403, 404, 409, 410, 413, 422];
const SKIPPED = ["csrf_token", "version", "read"]; // belong to the page, not to the person

const texts = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !SKIPPED.includes(name));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function fill(form, pairs) {
  const left = [...pairs];
  form.dispatchEvent(new CustomEvent("restoring", { detail: pairs })); // steps.js makes room for what is coming
  for (const control of form.elements) {
    if (!control.name || SKIPPED.includes(control.name) || ["file", "submit", "button", "hidden"].includes(control.type)) continue;
    const choice = control.type === "radio" || control.type === "checkbox";
    const at = left.findIndex(([name, value]) => name === control.name && (!choice || value === control.value));
    if (choice) control.checked = at >= 0;
    else if (at >= 0) control.value = left.splice(at, 1)[0][1];
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.key = `text.${form.dataset.autosaveKey}`;
    this.status = form.querySelector("[data-autosave-status]") ?? document.querySelector("[data-autosave-status]");
    form.addEventListener("input", () => unsaved(this, true));
    this.saved = form.querySelector("[aria-invalid=true]") ? null : texts(form); // a refused form was not stored
    this.sending = null;
    this.wait = PAUSE;
    form.addEventListener("input", () => (this.schedule(PAUSE), this.soonHere()));
    form.addEventListener("change", () => this.schedule(PAUSE));
    form.addEventListener("submit", (event) => event.defaultPrevented || this.leave());
    document.addEventListener("visibilitychange", () => document.hidden && this.save(true));
    addEventListener("pagehide", () => this.save(true));
    addEventListener("online", () => this.save());
    addEventListener("beforeunload", (event) => this.onlyHere && !this.left && event.preventDefault());
    this.restore();
    if (!this.saved) this.schedule(0);
  }

  get version() {
    return Number(this.form.dataset.autosaveVersion ?? 0);
  }

  set version(number) {
    this.form.dataset.autosaveVersion = number;
    const field = this.form.elements.namedItem("version");
    if (field) field.value = number;
  }

  schedule(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  soonHere() {
    this.soon ??= setTimeout(() => {
      this.soon = null;
      if (!this.left && !same(texts(this.form), this.saved)) this.keepHere();
    }, HERE);
  }

  tell(text) {
    if (this.status) this.status.textContent = text;
  }

  keepHere(sent = false) {
    return keepMine.set(this.key, { version: this.version, at: Date.now(), sent, fields: texts(this.form) });
  }

  leave() {
    clearTimeout(this.timer);
    this.left = true;
    unsaved(this, false);
    this.keepHere(true);
    addEventListener("pageshow", () => (this.left = false), { once: true });
  }

  async save(leaving = false) {
    const fields = texts(this.form);
    if (same(fields, this.saved)) unsaved(this, false);
    if (this.left || same(fields, this.saved)) return;
    if (this.sending && (!leaving || same(fields, this.sending))) return;
    clearTimeout(this.timer);
    const kept = this.keepHere();
    if (!this.form.dataset.autosave) return this.tell(words(kept ? "keptHere" : "notSaved")); // until it is sent, nowhere else
    this.sending = fields;
    const body = new FormData(this.form);
    for (const [name, value] of [...body]) if (typeof value !== "string") body.delete(name);
    body.set("version", this.version);
    this.tell(words("saving"));
    try {
      const answer = await fetch(this.form.dataset.autosave, {
        method: "POST",
        body,
        headers: { "X-Requested-With": "fetch", Accept: "application/json" },
        keepalive: leaving,
      });
      const text = await answer.text();
      if (answer.ok) this.accept(fields, JSON.parse(text));
      else if (REFUSED.includes(answer.status)) this.refuse(sentence(text), kept);
      else this.postpone(kept);
    } catch {
      this.postpone(kept);
    } finally {
      this.sending = null;
    }
  }

  accept(fields, { saved_at, version }) {
    this.saved = fields;
    this.version = version;
    this.wait = PAUSE;
    this.tell(words("saved", { time: clock(new Date(saved_at)) }));
    if (this.troubled) say(words("savedAgain"));
    this.troubled = this.onlyHere = false;
    notify("autosave-notice", "");
    if (same(fields, texts(this.form))) {
      keepMine.drop(this.key);
      unsaved(this, false);
    } else this.schedule(PAUSE);
  }

  /** The server said no: nothing is retried until the next key, nothing is lost. */
  refuse(message, kept) {
    this.troubled = true;
    this.onlyHere = !kept;
    this.tell(words(kept ? "keptHere" : "notSaved"));
    notify("autosave-notice", message || words("refused"));
  }

  postpone(kept) {
    this.tell(words(kept ? "keptUntilBack" : "notSaved"));
    if (!this.troubled) say(words(kept ? "keptUntilBack" : "notSaved"));
    this.troubled = true;
    this.onlyHere = !kept;
    this.schedule((this.wait = Math.min(this.wait * 2, LONGEST_WAIT)));
  }

  restore() {
    const copy = keepMine.get(this.key);
    if (!copy) return;
    const newer = this.version > copy.version;
    if (same(copy.fields, texts(this.form)) || (newer && copy.sent)) {
      keepMine.drop(this.key);
    } else if (newer) {
      const close = () => notify("autosave-notice", "");
      notify("autosave-notice", words("otherCopy", { time: moment(copy.at) }), [
        button(words("useCopy"), () => (fill(this.form, copy.fields), close(), this.schedule(0))),
        button(words("dropCopy"), () => (keepMine.drop(this.key), close())),
      ]);
    } else {
      const before = texts(this.form);
      fill(this.form, copy.fields);
      this.tell(words("restored"));
      const undo = () => (fill(this.form, before), keepMine.drop(this.key), notify("autosave-restored", ""), this.schedule(0));
      notify("autosave-restored", words("restored"), [button(words("notMine"), undo)]);
      this.schedule(0);
    }
  }
}

each("form[data-autosave]", (form) => new Autosave(form));
each("[data-autosave-clear]", (element) => keepMine.drop(`text.${element.dataset.autosaveClear}`));
