// Files leave as soon as they are chosen, one after the other; the server answers the list's new item. Large ones
// leave in parts: they can be paused, they wait for the network, and after a reload they go on where they were.
import { keep } from "./keep.js";
import { arrived, button, each, notify, say, words } from "./page.js";
import { ours, Row, sending, Transfer } from "./transfers.js";

const TUS = "1.0.0";
const PATIENCE = 10_000; // ms between two looks for the network
const NO_ANSWER = [502, 503, 504]; // what a proxy says while the server is away

/** The place in a page where files are chosen, and where they go. */
class Place {
  constructor(wrapper) {
    const { upload, uploadTarget, uploadMax, uploadParts, uploadResumable } = wrapper.dataset;
    this.wrapper = wrapper;
    this.url = upload;
    this.parts = uploadParts;
    this.resumable = uploadResumable;
    this.target = document.querySelector(uploadTarget);
    this.limit = Number(uploadMax ?? Infinity); // bytes
    this.key = `upload.${wrapper.closest("form")?.dataset.autosaveKey}`;
    this.list = document.createElement("ul");
    this.list.className = "transfers";
    wrapper.after(this.list);
    this.queue = Promise.resolve();
    const inputs = [...wrapper.querySelectorAll("input[type=file]")];
    for (const input of inputs) {
      input.addEventListener("change", () => {
        for (const file of input.files) this.add(file, input);
        input.value = ""; // the form does not send it a second time
      });
    }
    this.input = inputs[inputs.length - 1];
    this.offerCapture();
    this.step = this.input?.dataset.step ?? "";
    for (const [id, kept] of Object.entries(this.kept)) if (kept.step === this.step) this.offerAgain(id, kept);
  }

  /**
   * Recording in the page, where the browser and the LMS's frame allow it. A phone's own camera does it better: there
   * it is for sounds alone; elsewhere it takes the place of the buttons that would only open a folder.
   */
  offerCapture() {
    const may = (what) => document.featurePolicy?.allowsFeature(what) ?? true;
    if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder || !may("microphone")) return;
    const labels = [...this.wrapper.querySelectorAll("label")];
    if (may("camera") && matchMedia("(pointer: fine)").matches) {
      for (const label of labels.filter((each) => each.querySelector("[capture]"))) {
        const kind = label.querySelector("input").accept.startsWith("video") ? "film" : "photo";
        label.after(this.opener(kind, label.textContent.trim(), label.querySelector("svg").cloneNode(true)));
        label.hidden = true;
      }
    }
    const icon = labels[0].querySelector("svg").cloneNode(true);
    const use = icon.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#mic"));
    this.wrapper.append(this.opener("sound", words("captureSound"), icon));
  }

  opener(kind, text, icon) {
    const element = button(text, async () => {
      const { capture } = await import(this.wrapper.dataset.capture);
      capture(kind, this.wrapper, element, { words, say, button, take: (file) => this.add(file) });
    });
    element.classList.remove("btn-sm");
    element.prepend(icon);
    return element;
  }

  add(file, input = this.input) {
    this.queued(new Transfer(this, file, input));
  }

  queued(transfer) {
    this.queue = this.queue.then(() => transfer.run());
  }

  insert(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const items = [...template.content.children].filter((item) => !document.getElementById(item.id));
    this.target.append(...items);
    items.forEach(arrived);
    this.wrapper.dispatchEvent(new CustomEvent("uploaded", { bubbles: true }));
  }

  // What this device keeps of uploads that are not at their end: {id: {name, size, changed, step}}.
  get kept() {
    return keep.get(this.key) ?? {};
  }

  remember(file, step = "", id) {
    const { name, size, lastModified } = file;
    this.drop(this.begun(file, step));
    keep.set(this.key, { ...this.kept, [id]: { name, size, changed: lastModified, step } });
  }

  begun(file, step = "") {
    const same = ([, kept]) => kept.size === file.size && kept.changed === file.lastModified && kept.step === step;
    return Object.entries(this.kept).find(same)?.[0];
  }

  /** The id under which a file that was chosen again goes on; its old line goes. */
  goesOn(file, step) {
    const id = this.begun(file, step);
    document.getElementById(`kept-${id}`)?.remove();
    return id;
  }

  drop(id) {
    const { [id]: _, ...rest } = this.kept;
    keep.set(this.key, rest);
    document.getElementById(`kept-${id}`)?.remove();
  }

  at(id, rest = "") {
    return this.parts.replace(/(?=\?|$)/, `/${id}${rest}`);
  }

  ask(id, method, rest) {
    return fetch(this.at(id, rest), { method, headers: { ...ours(), "Tus-Resumable": TUS } });
  }

  /** All of it is there: the list's new item, as soon as the network lets us ask for it. */
  async finish(id, onWait = () => {}) {
    for (;;) {
      const answer = await this.ask(id, "POST", "/done").catch(() => null);
      if (answer && !NO_ANSWER.includes(answer.status)) {
        const text = await answer.text();
        if (!answer.ok) throw new Error(text);
        return text;
      }
      onWait();
      await new Promise((go) => (addEventListener("online", go, { once: true }), setTimeout(go, PATIENCE)));
    }
  }

  /** After a reload the browser has let go of the file: only the person can choose it again. */
  async offerAgain(id, { name }) {
    const answer = await this.ask(id, "HEAD").catch(() => null);
    if (!answer?.ok) return answer && this.drop(id);
    const part = answer.headers.get("Upload-Offset") / answer.headers.get("Upload-Length");
    if (part === 1) {
      const html = await this.finish(id).catch(() => null);
      if (html) this.insert(html);
      return this.drop(id);
    }
    const row = new Row(this.list, name);
    row.element.id = `kept-${id}`;
    row.bar.value = part;
    row.tell(words("uploadAgain", { n: Math.round(part * 100) }));
    row.offer([words("forget"), () => (this.ask(id, "DELETE"), row.remove(), this.drop(id))]);
  }
}

each("[data-upload]", (wrapper) => new Place(wrapper));
addEventListener("beforeunload", (event) => sending() && event.preventDefault());
document.addEventListener(
  "submit",
  (event) => {
    if (!sending()) return;
    event.preventDefault();
    notify("upload-notice", words("uploadsPending"));
  },
  true,
);
