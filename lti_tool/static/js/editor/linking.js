// Asks for a link's address, between the tools and the text.

/** A row for the address; `open()` shows it. `id` is the field's that the editor stands for. */
export function linking(editor, { id, words, button }) {
  const row = document.createElement("div");
  row.className = "editor-link";
  row.hidden = true;
  const label = document.createElement("label");
  label.htmlFor = `${id}-address`;
  label.textContent = words("editorAddress");
  const field = document.createElement("input");
  Object.assign(field, { id: label.htmlFor, type: "text", inputMode: "url", autocomplete: "off", className: "form-control" });
  const fault = document.createElement("p");
  Object.assign(fault, { id: `${id}-address-error`, className: "field-error", hidden: true, textContent: words("editorInvalid") });

  const close = () => ((row.hidden = true), editor.commands.focus());
  const refuse = (is) => {
    fault.hidden = !is;
    field.setAttribute("aria-invalid", String(is));
    field.setAttribute("aria-describedby", is ? fault.id : "");
    if (is) field.focus();
  };
  const add = () => {
    const href = webAddress(field.value);
    refuse(!href);
    if (!href) return;
    const chain = editor.chain().focus().extendMarkRange("link");
    if (editor.state.selection.empty && !editor.isActive("link")) chain.insertContent(href).run();
    else chain.setMark("link", { href }).run();
    row.hidden = true;
  };
  const remove = button(words("editorRemoveLink"), () => (editor.chain().focus().extendMarkRange("link").unsetMark("link").run(), close()));
  const buttons = document.createElement("div");
  buttons.className = "hstack gap-2";
  buttons.append(button(words("editorAddLink"), add), remove, button(words("cancel"), close));
  row.append(label, field, fault, buttons);
  // The row stands in the page's form: nothing that happens here is the form's.
  row.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target === field) add();
    else return;
    event.preventDefault();
  });
  for (const type of ["input", "change"]) row.addEventListener(type, (event) => event.stopPropagation());

  const open = () => {
    field.value = editor.getAttributes("link").href ?? "";
    remove.hidden = !field.value;
    refuse(false);
    row.hidden = false;
    field.focus();
  };
  return { row, open };
}

function webAddress(typed) {
  const address = /^[a-z][a-z0-9+.-]*:/i.test(typed.trim()) ? typed.trim() : `https://${typed.trim()}`;
  try {
    const { protocol, hostname, href } = new URL(address);
    return ["http:", "https:"].includes(protocol) && hostname.includes(".") ? href : "";
  } catch {
    return "";
  }
}
