// The tools over a long text: one stop of the Tab key, the arrow keys between them (ARIA's toolbar pattern).
const tools = (words) => [
  { name: words("editorBold"), act: (chain) => chain.toggleBold(), pressed: ["bold"], keys: "Control+B" },
  { name: words("editorItalic"), act: (chain) => chain.toggleItalic(), pressed: ["italic"], keys: "Control+I" },
  { name: words("editorHeading"), act: (chain) => chain.toggleHeading({ level: 3 }), pressed: ["heading", { level: 3 }] },
  { name: words("editorBullets"), act: (chain) => chain.toggleBulletList(), pressed: ["bulletList"] },
  { name: words("editorNumbers"), act: (chain) => chain.toggleOrderedList(), pressed: ["orderedList"] },
  { name: words("editorQuote"), act: (chain) => chain.toggleBlockquote(), pressed: ["blockquote"] },
  { name: words("editorLink"), page: "link", pressed: ["link"], keys: "Control+K" },
  { name: words("editorUndo"), act: (chain) => chain.undo(), keys: "Control+Z" },
  { name: words("editorPlain"), page: "plain" },
];
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** The toolbar of an editor. `page`: what its tools do that no command does. */
export function toolbar(editor, { words, button, page }) {
  const bar = document.createElement("div");
  bar.className = "editor-tools";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", words("editorTools"));
  bar.setAttribute("aria-controls", editor.view.dom.id);
  const all = tools(words).map(({ name, act, page: own, pressed, keys }) => {
    const tool = button(name, page[own] ?? (() => act(editor.chain().focus()).run()));
    if (keys) tool.setAttribute("aria-keyshortcuts", keys);
    tool.addEventListener("mousedown", (event) => event.preventDefault()); // what is selected stays so
    return { tool, pressed };
  });
  const buttons = all.map(({ tool }) => tool);
  bar.append(...buttons);

  const reach = (tool) => buttons.forEach((each) => (each.tabIndex = each === tool ? 0 : -1));
  reach(buttons[0]);
  bar.addEventListener("focusin", ({ target }) => reach(target));
  bar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(event.target);
    const ends = { Home: 0, End: buttons.length - 1 };
    if (event.key === "Escape") editor.commands.focus();
    else if (event.key in STEPS) buttons.at((at + STEPS[event.key]) % buttons.length).focus();
    else if (event.key in ends) buttons[ends[event.key]].focus();
    else return;
    event.preventDefault();
  });

  const show = () => {
    for (const { tool, pressed } of all) if (pressed) tool.setAttribute("aria-pressed", String(editor.isActive(...pressed)));
  };
  editor.on("transaction", show);
  show();
  return bar;
}
