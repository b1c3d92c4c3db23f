// The marks of kernel/marks.py: the same parser, the same rules.
import * as helpers from "markdown-it/lib/helpers/index.mjs";
import ParserBlock from "markdown-it/lib/parser_block.mjs";
import ParserInline from "markdown-it/lib/parser_inline.mjs";
import blockquote from "markdown-it/lib/rules_block/blockquote.mjs";
import heading from "markdown-it/lib/rules_block/heading.mjs";
import list from "markdown-it/lib/rules_block/list.mjs";
import link from "markdown-it/lib/rules_inline/link.mjs";

const DEEPEST = 24;
const TITLED = /^#{1,6}[ \t]+[^\s#]/;
const LABELLED = /\[(?:\\[^]|[^[\]\\]){1,500}\]\(https?:\/\//y;
const AFTER_ADDRESS = /[.,;:!?)»*_`\\]+$/;

/** The addresses in a text, each with where it begins. */
export function addresses(text) {
  const found = [...text.matchAll(/https?:\/\/[\p{L}\p{N}_][^\s<>"']{0,2000}/gu)];
  return found.map(({ 0: all, index }) => ({ index, address: all.replace(AFTER_ADDRESS, "") }));
}

const shallow = (rule) => (state, ...where) => state.level < DEEPEST && rule(state, ...where);

function titled(state, start, end, silent) {
  const begins = state.bMarks[start] + state.tShift[start];
  return TITLED.test(state.src.slice(begins, state.eMarks[start])) && heading(state, start, end, silent);
}

function labelled(state, silent) {
  LABELLED.lastIndex = state.pos;
  return LABELLED.test(state.src) && link(state, silent);
}

function addressed(state, silent) {
  if (silent || state.linkLevel || !state.src.startsWith("://", state.pos)) return false;
  const scheme = ["https", "http"].find((each) => state.pending.endsWith(each));
  const [found] = scheme ? addresses(state.src.slice(state.pos - scheme.length, state.posMax)) : [];
  if (!found || found.index || found.address.length <= scheme.length + 3) return false;
  state.pending = state.pending.slice(0, -scheme.length);
  state.push("text", "", 0).content = found.address; // in the editor, letters like others
  state.pos += found.address.length - scheme.length;
  return true;
}

const parser = {
  block: new ParserBlock(),
  inline: new ParserInline(),
  helpers,
  options: { maxNesting: 100 },
  normalizeLink: (address) => address,
  normalizeLinkText: (address) => address,
  validateLink: (address) => /^https?:\/\//.test(address),
};
const { block, inline } = parser;
const interrupts = ["paragraph", "blockquote", "list"];
block.ruler.at("blockquote", shallow(blockquote), { alt: interrupts });
block.ruler.at("list", shallow(list), { alt: interrupts.slice(0, -1) });
block.ruler.at("heading", titled, { alt: interrupts.slice(0, -1) });
inline.ruler.at("link", labelled);
inline.ruler.before("newline", "address", addressed);
block.ruler.enableOnly(["fence", "blockquote", "list", "heading", "paragraph"]);
inline.ruler.enableOnly(["text", "address", "newline", "escape", "backticks", "emphasis", "link"]);
inline.ruler2.enableOnly(["balance_pairs", "emphasis", "fragments_join"]);

/** A text cut by its marks, as markdown-it's tokens. */
export function tokens(text) {
  const found = [];
  block.parse(text.replace(/\r\n?/g, "\n"), parser, {}, found);
  for (const token of found) {
    if (token.type === "inline") inline.parse(token.content, parser, {}, token.children);
  }
  return found;
}
