// A text with its marks, and the same text as the editor's document.
import { addresses, tokens } from "./parser.js";

const NODES = { bullet_list: "bulletList", ordered_list: "orderedList", list_item: "listItem" };
const MARKS = { strong: "bold", em: "italic", link: "link" };
const WORD = /[\p{L}\p{N}]/u;

/** The editor's document (Tiptap's JSON) for a text. */
export function read(text) {
  const open = [{ type: "doc", content: [] }];
  for (const token of tokens(text)) {
    const name = token.type.replace(/_(open|close)$/, "");
    if (token.nesting > 0) open.push({ type: NODES[name] ?? name, attrs: attributes(name, token), content: [] });
    else if (token.nesting < 0) close(open);
    else if (token.type === "inline") open.at(-1).content.push(...pieces(token.children));
    else open.at(-1).content.push({ type: "codeBlock", content: letters(`${token.info.trim()}\n${token.content}`.replace(/^\n|\n$/g, "")) });
  }
  const [whole] = open;
  if (!whole.content.length) whole.content.push({ type: "paragraph" });
  return whole;
}

function attributes(name, token) {
  if (name === "heading") return { level: token.tag === "h1" ? 3 : 4 };
  return name === "ordered_list" ? { start: Number(token.attrGet("start") ?? 1) } : {};
}

function close(open) {
  const done = open.pop();
  if (done.type === "listItem" && done.content[0]?.type !== "paragraph") done.content.unshift({ type: "paragraph" });
  open.at(-1).content.push(done);
}

const letters = (text, marks = []) => (text ? [{ type: "text", text, marks }] : []);

function pieces(children) {
  const marks = [];
  return children.flatMap((token) => {
    const name = token.type.replace(/_(open|close)$/, "");
    if (token.nesting > 0) marks.push({ type: MARKS[name], attrs: name === "link" ? { href: token.attrGet("href") } : {} });
    else if (token.nesting < 0) marks.pop();
    else if (token.tag === "br") return [{ type: "hardBreak" }];
    else return letters(token.content, token.type === "code_inline" ? [...marks, { type: "code" }] : [...marks]);
    return [];
  });
}

/** The text for an editor's document; nothing is marked that need not be. */
export const write = (whole) => blocks(whole.content ?? []).trim();

function blocks(nodes, inItem = false) {
  let text = "";
  let last = { type: "", other: false };
  for (const { type, content = [], attrs = {} } of nodes) {
    const other = type === last.type && !last.other; // of two lists in a row the second has other marks, else they were one
    const written = WRITTEN[type](content, attrs, other);
    if (!written) continue;
    const close = inItem && type.endsWith("List") && /^([-*]|1[.)]) \S/.test(written);
    text += (text && (close ? "\n" : "\n\n")) + written;
    last = { type, other };
  }
  return text;
}

const WRITTEN = {
  paragraph: (content) => lines(content).map((nodes) => begun(marked(nodes).trim())).join("\n").trim(),
  heading(content, { level }) {
    const title = lines(content).map((nodes) => marked(nodes)).join(" ").trim();
    return title && `${level > 3 ? "##" : "#"} ${title.replace(/^(?=#)|(?=#+$)/g, "\\")}`;
  },
  codeBlock(content) {
    const text = content.map((node) => node.text).join("");
    const fence = "`".repeat(Math.max(3, longest(text) + 1));
    return text.trim() && `${fence}\n${text}\n${fence}`;
  },
  blockquote: (content) => blocks(content).replace(/^(?=.)/gm, "> ").replace(/^$/gm, ">").replace(/^>$/, ""),
  bulletList: (items, _, other) => items.map((item) => entry(other ? "*" : "-", item)).join("\n"),
  orderedList: (items, { start = 1 }, other) => items.map((item, at) => entry(`${start + at}${other ? ")" : "."}`, item)).join("\n"),
};

function entry(sign, { content = [] }) {
  const inside = blocks(content, true).replace(/\n(?=[^\n])/g, `\n${" ".repeat(sign.length + 1)}`);
  return `${sign} ${inside}`.trim();
}

function lines(nodes) {
  const all = [[]];
  for (const node of nodes) {
    if (node.type === "hardBreak") all.push([]);
    else all.at(-1).push(node);
  }
  return all.map(settled);
}

/** A line that does not look as if a block began. */
const begun = (line) =>
  line.replace(/^(?=(#{1,6}|[-+*])(\s|$)|>|~~~)/, "\\").replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2");

const longest = (text) => Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));

const SIGNS = {
  link: (inside, { href }, { before, after }) => {
    const bare = inside === escaped(href, true) && addresses(href)[0]?.address === href && /^$|\s/.test(after);
    return bare && /^$|\s/.test(before) ? href : `[${inside}](${href.replace(/[\s()\\<>]/g, encodeURIComponent).replace(/[()]/g, hex)})`;
  },
  bold: (inside) => emphasised(inside, "**"),
  italic: (inside) => emphasised(inside, "*"),
};
const hex = (sign) => `%${sign.charCodeAt(0).toString(16)}`;

function marked(nodes, kinds = Object.keys(SIGNS), labels = false) {
  const [kind, ...rest] = kinds;
  if (!kind) return nodes.map((node) => signed(node, labels)).join("");
  const mark = (node) => node?.marks?.find(({ type }) => type === kind);
  const same = (one, other) => Boolean(one) === Boolean(other) && one?.attrs?.href === other?.attrs?.href;
  let text = "";
  for (let at = 0, end; at < nodes.length; at = end) {
    for (end = at + 1; end < nodes.length && same(mark(nodes[at]), mark(nodes[end])); ) end++;
    const found = mark(nodes[at]);
    const inside = marked(nodes.slice(at, end), rest, labels || (found && kind === "link"));
    const before = text.at(-1) ?? "";
    const after = nodes[end]?.text[0] ?? "";
    text += found ? SIGNS[kind](inside, found.attrs, { before, after }) : inside;
  }
  return text;
}

/** Signs hold on to words: blanks stay outside. */
function emphasised(inside, sign) {
  const [, lead, body, tail] = /^(\s*)([^]*?)(\s*)$/.exec(inside);
  return body ? lead + sign + body + sign + tail : inside;
}

/** Punctuation at the edge of an emphasis would not let it end before a word: it is left out of it. */
function settled(nodes) {
  const strong = (node) => (node?.marks ?? []).filter(({ type }) => type === "bold" || type === "italic");
  const kinds = (node) => strong(node).map(({ type }) => type);
  return nodes.flatMap((node, at) => {
    const ends = (next, letter) =>
      letter && (WORD.test(letter) || strong(next).length) && kinds(node).some((kind) => !kinds(next).includes(kind));
    const lead = ends(nodes[at - 1], nodes[at - 1]?.text.at(-1)) ? /^[^\p{L}\p{N}]*/u.exec(node.text)[0].length : 0;
    const tail = ends(nodes[at + 1], nodes[at + 1]?.text[0]) ? /[^\p{L}\p{N}]*$/u.exec(node.text)[0].length : 0;
    if (!lead && !tail) return [node];
    const light = (node.marks ?? []).filter((mark) => !strong(node).includes(mark));
    const end = Math.max(lead, node.text.length - tail);
    const parts = [node.text.slice(0, lead), node.text.slice(lead, end), node.text.slice(end)];
    return parts.flatMap((text, part) => letters(text, part === 1 ? node.marks : light));
  });
}

function signed({ text, marks = [] }, labels) {
  if (!marks.some(({ type }) => type === "code")) return escaped(text, labels);
  const ticks = "`".repeat(longest(text) + 1);
  const space = /^[ `]|[ `]$/.test(text) ? " " : "";
  return ticks + space + text + space + ticks;
}

function escaped(text, labels) {
  let done = 0;
  let all = "";
  for (const { index, address } of labels ? [] : addresses(text)) {
    all += signs(text.slice(done, index)) + address;
    done = index + address.length;
  }
  return all + signs(text.slice(done), labels);
}

const signs = (text, labels) =>
  text.replace(/[\\`*_[\]]/g, (sign, at) => (means(sign, text[at - 1] ?? ".", text[at + 1] ?? ".", labels) ? `\\${sign}` : sign));

function means(sign, before, after, labels) {
  const blanks = /\s/.test(before) && /\s/.test(after);
  if (sign === "*") return !blanks;
  if (sign === "_") return !blanks && !(WORD.test(before) && WORD.test(after));
  if (sign === "\\") return /[!-/:-@[-`{-~]/.test(after);
  return sign === "`" || labels || (sign === "]" && after === "(");
}
