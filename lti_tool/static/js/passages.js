// Passages of a text as it is read: one space wherever it has white space, positions in characters (as places.py counts them).
const BLOCKS = "ADDRESS ARTICLE BLOCKQUOTE BR DIV H1 H2 H3 H4 H5 H6 LI OL P PRE UL".split(" ");

class Folded {
  constructor(root) {
    this.chars = []; // [character, text node, its place there]
    this.walk(root);
    if (this.chars.at(-1)?.[0] === " ") this.chars.pop();
    this.text = this.chars.map(([char]) => char);
  }

  add(char, node, at) {
    if (!/\s/.test(char)) this.chars.push([char, node, at]);
    else if (this.chars.length && this.chars.at(-1)[0] !== " ") this.chars.push([" ", node, at]);
  }

  walk(node) {
    if (node.nodeType === Node.TEXT_NODE) {
      let at = 0;
      for (const char of node.data) {
        this.add(char, node, at);
        at += char.length;
      }
    } else if (!node.classList?.contains("annotation-number")) {
      const block = BLOCKS.includes(node.nodeName);
      if (block) this.add(" ");
      node.childNodes.forEach((child) => this.walk(child));
      if (block) this.add(" ");
    }
  }

  /** What of it a range holds: { start, quote }, or null. */
  within(range) {
    const holds = ([char, node, at]) => node && char !== " " && range.comparePoint(node, at) === 0 && range.comparePoint(node, at + char.length) === 0;
    const start = this.chars.findIndex(holds);
    if (start < 0) return null;
    let end = this.chars.length;
    while (!holds(this.chars[end - 1])) end -= 1;
    return { start, quote: this.text.slice(start, end).join("") };
  }
}

/** The text of an element. */
export const fold = (root) => new Folded(root);

/** The characters of a quote, where it begins nearest to `near`; null where it does not stand. */
export function placed(folded, quote, near) {
  const wanted = [...quote];
  const stands = (at) => wanted.every((char, n) => folded.text[at + n] === char);
  if (stands(near)) return folded.chars.slice(near, near + wanted.length);
  const found = folded.text.map((_, at) => at).filter(stands);
  if (!found.length) return null;
  const at = found.reduce((best, each) => (Math.abs(each - near) < Math.abs(best - near) ? each : best));
  return folded.chars.slice(at, at + wanted.length);
}

/** Marks characters in their texts, with a link behind the last one; `described` is the id of what is said of them. */
export function mark(chars, link, described) {
  const runs = new Map();
  for (const [char, node, at] of chars) {
    if (!node) continue;
    const run = runs.get(node) ?? runs.set(node, [at, at]).get(node);
    run[1] = at + char.length;
  }
  let last;
  for (const [node, [from, to]] of runs) {
    if (!node.data.slice(from, to).trim()) continue;
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    last = document.createElement("mark");
    last.className = "annotated";
    last.setAttribute("aria-describedby", described);
    range.surroundContents(last);
  }
  (last?.closest("a") ?? last)?.after(link);
}

/** Takes all marks away. */
export function unmark(root) {
  root.querySelectorAll(".annotation-number:not(.spot)").forEach((link) => link.remove());
  root.querySelectorAll("mark.annotated").forEach((element) => {
    const parent = element.parentNode;
    element.replaceWith(...element.childNodes);
    parent.normalize();
  });
}
