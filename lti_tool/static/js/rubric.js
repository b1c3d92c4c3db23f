// The builder of a rubric: its buttons act without leaving the page, cards can be dragged, the preview follows.
import { arrived, each, notify, sentence, words } from "./page.js";

const HERE = ["save", "keep-both", "ask-again", "reweigh"]; // these leave the page, as without scripts
const PAUSE = 600; // milliseconds after the last key

class Builder {
  constructor(form) {
    this.form = form;
    this.turn = 0;
    form.addEventListener("click", (event) => {
      const pressed = event.target.closest("button[name=do]");
      if (!pressed || HERE.includes(pressed.value)) return;
      event.preventDefault();
      this.act(pressed.value);
    });
    form.addEventListener("input", () => {
      clearTimeout(this.pause);
      this.pause = setTimeout(() => this.ask("look", (page) => this.show(page)), PAUSE);
    });
    form.addEventListener("pointerdown", (event) => this.grab(event));
  }

  /** The page that a button leads to, given to `then` unless another one was asked for meanwhile. */
  async ask(act, then) {
    clearTimeout(this.pause);
    const turn = ++this.turn;
    const body = new FormData(this.form);
    body.set("do", act);
    try {
      const answer = await fetch(this.form.action, { method: "POST", body });
      const text = await answer.text();
      if (!answer.ok) throw new Error(sentence(text));
      if (turn === this.turn) then(new DOMParser().parseFromString(text, "text/html"));
    } catch (error) {
      if (act !== "look") notify("rubric-notice", error.message || words("refused"));
    }
  }

  act(act) {
    return this.ask(act, (page) => {
      const next = page.getElementById(this.form.id);
      for (const details of this.form.querySelectorAll("details[open]")) {
        const card = details.closest("[data-criterion]");
        next.querySelector(`#${card?.id} details`)?.setAttribute("open", "");
      }
      this.form.replaceChildren(...next.childNodes);
      this.show(page);
      arrived(this.form);
      const focus = this.form.querySelector("[autofocus]");
      focus?.focus();
      focus?.closest("[data-criterion]")?.scrollIntoView({ block: "nearest" });
    });
  }

  show(page) {
    for (const part of ["[data-rubric-preview] > div", "[data-rubric-status]"]) document.querySelector(part).replaceWith(page.querySelector(part));
  }

  grab(event) {
    const card = event.target.closest("[data-grip]")?.closest("[data-criterion]");
    if (!card || event.button) return;
    event.preventDefault();
    const end = new AbortController();
    const { signal } = end;
    card.classList.add("is-dragged");
    card.parentElement.classList.add("is-arranging");
    card.scrollIntoView({ block: "center" });
    const drag = ({ clientX, clientY }) => {
      const over = document.elementFromPoint(clientX, clientY)?.closest("[data-criterion]");
      if (!over || over === card) return;
      const { top, height } = over.getBoundingClientRect();
      over[clientY > top + height / 2 ? "after" : "before"](card);
    };
    const drop = () => {
      end.abort();
      card.classList.remove("is-dragged");
      card.parentElement.classList.remove("is-arranging");
      this.act("arrange");
    };
    addEventListener("pointermove", drag, { signal });
    addEventListener("pointerup", drop, { signal });
    addEventListener("pointercancel", drop, { signal });
  }
}

each("form[data-rubric]", (form) => new Builder(form));
