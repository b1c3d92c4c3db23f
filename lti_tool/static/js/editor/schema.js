// What a long text may be made of: what its marks can say, and no more. Whatever else is pasted becomes words.
import { Extension, Mark, textblockTypeInputRule } from "@tiptap/core";
import { Blockquote } from "@tiptap/extension-blockquote";
import { Bold } from "@tiptap/extension-bold";
import { Code } from "@tiptap/extension-code";
import { CodeBlock } from "@tiptap/extension-code-block";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Heading } from "@tiptap/extension-heading";
import { Italic } from "@tiptap/extension-italic";
import { BulletList } from "@tiptap/extension-list/bullet-list";
import { ListItem } from "@tiptap/extension-list/item";
import { OrderedList } from "@tiptap/extension-list/ordered-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Text } from "@tiptap/extension-text";
import { UndoRedo } from "@tiptap/extensions/undo-redo";

const web = (element) => /^https?:\/\//i.test(element.getAttribute("href")) && { href: element.getAttribute("href") };

const Link = Mark.create({
  name: "link",
  inclusive: false,
  addAttributes: () => ({ href: {} }),
  parseHTML: () => [{ tag: "a[href]", getAttrs: web }],
  renderHTML: ({ HTMLAttributes }) => ["a", HTMLAttributes, 0],
});

const Title = Heading.extend({
  parseHTML: () => [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level: level > 3 ? 4 : 3 } })),
  addInputRules() {
    const rule = (find, level) => textblockTypeInputRule({ find, type: this.type, getAttributes: { level } });
    return [rule(/^#\s$/, 3), rule(/^##\s$/, 4)];
  },
}).configure({ levels: [3, 4] });

// What is pasted has its styles as data (`unstyled`): word processors say with them what is bold.
const said = (wanted) => ({ tag: `span[data-style*="${wanted}"]` });
const usual = (tag, unless) => ({ tag, getAttrs: ({ dataset }) => (dataset.style?.includes(unless) ? false : null) });
const Strong = Bold.extend({
  parseHTML: () => [{ tag: "strong" }, usual("b", "font-weight:normal"), said("font-weight:700"), said("font-weight:bold")],
});
const Slanted = Italic.extend({ parseHTML: () => [{ tag: "em" }, usual("i", "font-style:normal"), said("font-style:italic")] });

/** Pasted HTML whose styles and handlers, which the page's policy would refuse, are data. */
export const unstyled = (html) => html.replace(/<[^>]*>/g, (tag) => tag.replace(/\s(style|on\w+)\s*=/gi, " data-$1="));

// The Tab key leaves the editor; how deep a list is, is changed with the keys of word processors.
const Item = ListItem.extend({
  addKeyboardShortcuts() {
    return {
      Enter: () => this.editor.commands.splitListItem(this.name),
      "Mod-]": () => this.editor.commands.sinkListItem(this.name),
      "Mod-[": () => this.editor.commands.liftListItem(this.name),
    };
  },
});

/** The extensions, with `keys` of the page: what each does. */
export const extensions = (keys) => [
  ...[Document, Paragraph, Text, Title, Blockquote, CodeBlock, BulletList, OrderedList, Item, HardBreak],
  ...[Strong, Slanted, Code.extend({ excludes: "" }), Link, UndoRedo],
  Extension.create({ name: "keys", addKeyboardShortcuts: () => keys }),
];
