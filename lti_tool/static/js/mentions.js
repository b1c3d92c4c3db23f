// "@" and the beginning of a name offers the people of the course. The focus stays in the text (ARIA: listbox by
// aria-activedescendant); without this module, one writes the name in full.
import { each, say, words } from "./page.js";

const CALL = /(?:^|[^\p{L}\p{N}_@])@(\p{L}[^\n@]{0,39})$/u;
const PAUSE = 150; // ms after the last key
let lists = 0;

class Mentions {
  constructor(form) {
    this.form = form;
    this.area = form.querySelector("textarea");
    this.list = document.createElement("ul");
    this.list.id = `mentions-${++lists}`;
    this.list.className = "mention-list";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", words("people"));
    this.list.hidden = true;
    this.area.after(this.list);
    this.area.setAttribute("aria-autocomplete", "list");
    this.area.setAttribute("aria-controls", this.list.id);
    this.area.autocomplete = "off";
    this.area.addEventListener("input", () => this.wait());
    this.area.addEventListener("keydown", (event) => this.key(event));
    this.area.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the text
    this.list.addEventListener("click", ({ target }) => this.choose(target.closest("[role=option]")));
  }

  get call() {
    const { selectionStart: end, value } = this.area;
    return value.slice(0, end).match(CALL)?.[1];
  }

  wait() {
    clearTimeout(this.timer);
    if (this.call === undefined) this.close();
    else this.timer = setTimeout(() => this.look(this.call), PAUSE);
  }

  async look(call) {
    if (call === undefined) return;
    const url = new URL(this.form.dataset.mentions, location.href);
    url.searchParams.set("q", call);
    try {
      const answer = await fetch(url, { headers: { "X-Requested-With": "fetch", Accept: "application/json" } });
      if (call === this.call && document.activeElement === this.area) this.show(answer.ok ? (await answer.json()).people : []);
    } catch {
      this.close(); // the name can still be written in full
    }
  }

  show(people) {
    if (people.length === 0) return this.close();
    this.list.replaceChildren(
      ...people.map(({ id, name }, n) => {
        const option = document.createElement("li");
        option.id = `${this.list.id}-${n}`;
        option.setAttribute("role", "option");
        option.dataset.person = id;
        option.textContent = name;
        return option;
      }),
    );
    this.list.hidden = false;
    this.activate(0);
    say(words("peopleFound", { n: people.length }));
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.area.removeAttribute("aria-activedescendant");
  }

  activate(n) {
    const options = [...this.list.children];
    this.at = (n + options.length) % options.length;
    options.forEach((option, m) => option.setAttribute("aria-selected", String(m === this.at)));
    this.area.setAttribute("aria-activedescendant", options[this.at].id);
    options[this.at].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (this.list.hidden || event.isComposing) return;
    const act = {
      ArrowDown: () => this.activate(this.at + 1),
      ArrowUp: () => this.activate(this.at - 1),
      Enter: () => this.choose(this.list.children[this.at]),
      Escape: () => this.close(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  choose(option) {
    const call = this.call;
    if (!option || call === undefined) return this.close();
    const { selectionStart: end } = this.area;
    this.area.setRangeText(`${option.textContent} `, end - call.length, end, "end");
    const chosen = document.createElement("input");
    Object.assign(chosen, { type: "hidden", name: "mentions", value: option.dataset.person });
    this.form.append(chosen);
    this.close();
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

each("form[data-mentions]", (form) => new Mentions(form));
