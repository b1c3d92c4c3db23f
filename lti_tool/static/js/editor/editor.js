// The editor of a long text, over its text area, which stays the form's field. ../rich.js loads it when a text is begun.
import { Editor } from "@tiptap/core";
import { Slice } from "@tiptap/pm/model";
import { linking } from "./linking.js";
import { read, write } from "./markdown.js";
import { extensions, unstyled } from "./schema.js";
import { toolbar } from "./toolbar.js";

const LETTER = /[\p{L}\p{N}]/u;

/** Puts an editor in the place of `area`, with the words and buttons of the page; `leave()` is told when plain text is wanted. */
export function edit(area, { words, say, button, leave }) {
  const place = document.createElement("div");
  place.className = "editor";
  let written = area.value;
  const editor = new Editor({
    element: place,
    injectCSS: false, // it is in our style sheet
    content: read(written),
    extensions: extensions({
      "Alt-F10": () => (bar.querySelector("[tabindex='0']").focus(), true),
      "Mod-k": () => (link.open(), true),
    }),
    editorProps: {
      attributes: attributes(area),
      transformPastedHTML: unstyled,
      clipboardTextParser: (text) => Slice.maxOpen(editor.schema.nodeFromJSON(read(text)).content),
      clipboardTextSerializer: (slice) => write({ content: slice.content.toJSON() ?? [] }),
    },
    onUpdate() {
      area.value = written = write(editor.getJSON());
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  const link = linking(editor, { id: area.id, words, button });
  const bar = toolbar(editor, { words, button, page: { link: link.open, plain: back } });
  const length = limit(area, { words, say });
  place.prepend(bar, link.row);
  place.append(length.line);

  // Whoever else writes into the field, or goes to it, is with the editor.
  const follow = () => {
    length.check();
    if (area.value === written) return;
    written = area.value;
    editor.commands.setContent(read(written), { emitUpdate: false });
    if (editor.isFocused) editor.commands.focus("end");
  };
  const forward = () => editor.commands.focus();

  function back() {
    area.removeEventListener("input", follow);
    area.removeEventListener("focus", forward);
    editor.destroy();
    place.remove();
    area.classList.remove("visually-hidden");
    for (const name of ["aria-hidden", "tabindex"]) area.removeAttribute(name);
    leave(area);
  }

  const at = caret(editor.state.doc, area.value, area.selectionEnd);
  area.before(place);
  area.classList.add("visually-hidden");
  area.setAttribute("aria-hidden", "true");
  area.tabIndex = -1;
  area.addEventListener("input", follow);
  area.addEventListener("focus", forward);
  editor.commands.focus(at);
}

/** What says and describes the field says and describes the editor. */
function attributes(area) {
  const [label] = area.labels;
  label.id ||= `${area.id}-label`;
  const given = ["aria-describedby", "aria-invalid", "aria-required", "lang"].filter((name) => area.hasAttribute(name));
  return {
    ...Object.fromEntries(given.map((name) => [name, area.getAttribute(name)])),
    id: `${area.id}-editor`,
    class: "form-control editor-text",
    role: "textbox",
    "aria-multiline": "true",
    "aria-labelledby": label.id,
  };
}

/** Tells that a text is longer than its field takes; nothing is cut. */
function limit(area, { words, say }) {
  const line = Object.assign(document.createElement("p"), { className: "field-error", hidden: true });
  const check = () => {
    const over = area.maxLength > 0 && area.value.length > area.maxLength;
    if (over) line.textContent = words("tooLong", { length: area.value.length, most: area.maxLength });
    if (over && line.hidden) say(line.textContent);
    line.hidden = !over;
  };
  check();
  return { line, check };
}

/** Where the document has what stands before the caret in the text, counted in letters: marks are none. */
function caret(whole, text, end) {
  if (!text.slice(end).trim()) return "end";
  let left = [...text.slice(0, end)].filter((sign) => LETTER.test(sign)).length;
  let found = left ? null : "start";
  const after = /[^\p{L}\p{N}]*$/u.exec(text.slice(0, end))[0];
  whole.descendants((node, at) => {
    if (!node.isText || found !== null) return;
    let length = 0;
    for (const sign of node.text) {
      length += sign.length;
      if (!LETTER.test(sign) || --left !== 0) continue;
      for (const next of after) if (node.text[length] === next) length++;
      found = at + length;
      return;
    }
  });
  return found ?? "end";
}
