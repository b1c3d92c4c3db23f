// A gesture's steps while they are written: added, moved and removed in the page, as the server does it without scripts.
import { arrived, button, each, notify, say, words } from "./page.js";

const BLANK = "0".repeat(32);
const NOTICE = "step-notice";
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

class Steps {
  constructor(section) {
    this.list = section.querySelector("ol");
    this.template = section.querySelector("template");
    this.most = Number(section.dataset.stepsMost);
    this.form = section.closest("form");
    section.addEventListener("click", (event) => {
      const pressed = event.target.closest("button[name=do]");
      const [, act] = pressed?.value.match(/^step-(add|up|down|remove)\b/) ?? [];
      if (!act) return;
      event.preventDefault();
      this[act](pressed.closest("[data-step]"), pressed);
    });
    this.form.addEventListener("restoring", ({ detail }) => this.follow(detail));
  }

  get all() {
    return [...this.list.children];
  }

  add() {
    if (this.all.length >= this.most) return notify(NOTICE, words("stepsMost", { most: this.most }));
    const step = this.insert(newId());
    this.changed();
    step.querySelector("textarea").focus();
  }

  up(step, pressed) {
    step.previousElementSibling?.before(step);
    this.moved(step, pressed);
  }

  down(step, pressed) {
    step.nextElementSibling?.after(step);
    this.moved(step, pressed);
  }

  moved(step, pressed) {
    this.changed();
    pressed.focus();
    say(words("stepMoved", { n: this.all.indexOf(step) + 1, total: this.all.length }));
  }

  remove(step) {
    const next = step.nextElementSibling;
    const near = next ?? step.previousElementSibling;
    step.remove();
    if (!near) this.insert(newId());
    this.changed();
    const back = button(words("stepBack"), () => {
      this.list.insertBefore(step, next?.isConnected ? next : null);
      this.changed();
      notify(NOTICE, "");
      step.focus();
    });
    notify(NOTICE, words("stepRemoved"), [back]);
    (near ?? this.list.firstElementChild).focus({ preventScroll: true });
  }

  insert(id) {
    const holder = document.createElement("template");
    holder.innerHTML = this.template.innerHTML.replaceAll(BLANK, id);
    const step = holder.content.querySelector("[data-step]");
    this.list.append(step);
    arrived(step);
    return step;
  }

  /** Brings the steps into the order of a kept text, whose own steps may not be here yet. */
  follow(pairs) {
    for (const [name, id] of pairs) {
      if (name === "step-order") this.list.append(this.all.find((step) => step.dataset.step === id) ?? this.insert(id));
    }
    this.number();
  }

  changed() {
    this.number();
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  number() {
    this.all.forEach((step, place) => {
      for (const named of step.querySelectorAll("[data-step-name]")) {
        const text = words(named.dataset.stepName, { n: place + 1 });
        if (named.matches("button")) named.setAttribute("aria-label", text);
        else named.textContent = text;
      }
    });
  }
}

each("[data-steps]", (section) => new Steps(section));
