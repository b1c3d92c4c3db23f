// Files leave as soon as they are chosen, one after the other, with their progress in words; the server answers the list's new item.
import { arrived, button, csrfToken, each, notify, say, sentence, words } from "./page.js";
import { shrink } from "./shrink.js";
import { unsaved } from "./unsaved.js";

let onTheWay = 0;

function send(url, data, onProgress) {
  const request = new XMLHttpRequest(); // fetch cannot tell how far a body has gone
  const answered = new Promise((done, fail) => {
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("load", () =>
      request.status < 300 ? done(request.responseText) : fail(new Error(sentence(request.responseText) || words("uploadFailed"))),
    );
    request.addEventListener("error", () => fail(new Error(words("uploadOffline"))));
    request.addEventListener("abort", () => fail(null));
    request.open("POST", url);
    request.setRequestHeader("X-Requested-With", "fetch");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.send(data);
  });
  return { answered, stop: () => request.abort() };
}

function transferRow(file) {
  const row = document.createElement("li");
  const name = document.createElement("span");
  const state = document.createElement("span");
  const bar = document.createElement("progress");
  name.className = "name";
  name.textContent = file.name;
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", words("uploading", { name: file.name }));
  row.append(name, state, bar);
  return { row, state, bar };
}

class Upload {
  constructor(wrapper) {
    this.wrapper = wrapper;
    this.target = document.querySelector(wrapper.dataset.uploadTarget);
    this.limit = Number(wrapper.dataset.uploadMax ?? Infinity); // bytes
    this.list = document.createElement("ul");
    this.list.className = "transfers";
    wrapper.after(this.list);
    this.queue = Promise.resolve();
    for (const input of wrapper.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => {
        for (const file of input.files) this.add(file, input.dataset.uploadName ?? input.name);
        input.value = ""; // the form does not send it a second time
      });
    }
  }

  add(file, name) {
    const parts = transferRow(file);
    this.list.append(parts.row);
    onTheWay += 1;
    unsaved("files", true);
    parts.state.textContent = words("uploadWaiting");
    this.queue = this.queue.then(() => this.transfer(file, name, parts)).finally(() => unsaved("files", (onTheWay -= 1) > 0));
  }

  async transfer(file, name, { row, state, bar }) {
    const cancel = button(words("cancel"), () => {});
    try {
      const ready = await shrink(file);
      if (ready.size > this.limit) {
        throw new Error(words("tooBig", { name: file.name, limit: Math.floor(this.limit / 1_000_000) }));
      }
      const data = new FormData();
      data.set(name, ready, ready.name);
      let said = 0;
      const going = send(this.wrapper.dataset.upload, data, (part) => {
        bar.value = part;
        state.textContent = words("percent", { n: Math.round(part * 100) });
        if (part - said >= 0.25) {
          said = part;
          say(`${file.name} – ${state.textContent}`);
        }
      });
      cancel.addEventListener("click", going.stop);
      row.append(cancel);
      this.insert(await going.answered);
      row.remove();
      say(words("uploaded", { name: file.name }));
    } catch (problem) {
      cancel.remove();
      if (problem) this.failed(file, name, row, state, problem.message);
      else row.remove();
    }
  }

  insert(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const items = [...template.content.children];
    this.target.append(...items);
    items.forEach(arrived);
    this.wrapper.dispatchEvent(new CustomEvent("uploaded", { bubbles: true }));
  }

  failed(file, name, row, state, message) {
    row.querySelector("progress").remove();
    state.textContent = message;
    const again = button(words("retry"), () => (row.remove(), this.add(file, name)));
    const forget = button(words("forget"), () => row.remove());
    for (const each of [again, forget]) each.setAttribute("aria-label", `${each.textContent} – ${file.name}`);
    row.append(again, forget);
    say(`${file.name} – ${message}`);
  }
}

each("[data-upload]", (wrapper) => new Upload(wrapper));
addEventListener("beforeunload", (event) => onTheWay > 0 && event.preventDefault());
document.addEventListener(
  "submit",
  (event) => {
    if (onTheWay === 0) return;
    event.preventDefault();
    notify("upload-notice", words("uploadsPending"));
  },
  true,
);
