// What peers post appears in the page that is looked at. Nothing moves under the reader's finger: what is new
// comes below all the rest, or waits behind a button; what is being written stays as it is.
import { listen } from "./listening.js";
import { arrived, button, say } from "./page.js";

const BELL = "[data-live-bell]";
const BATCH = 1500; // ms, so that several news are one sentence
const holders = [...document.querySelectorAll("[data-live-on]")];
const holder = holders.find((each) => each.dataset.liveWords) ?? holders[0];
const sentences = JSON.parse(holder?.dataset.liveWords ?? "{}");
const count = (one, many, n) => (sentences[n === 1 ? one : many] ?? "").replace("{n}", n);

const counted = { comment: 0, reply: 0 };
let speaking = null;

/** Announces how many there are, a moment later, all at once. */
function announce(what) {
  counted[what]++;
  speaking ??= setTimeout(() => {
    const { comment, reply } = counted;
    say([comment && count("comment", "comments", comment), reply && count("reply", "replies", reply)].filter(Boolean).join(". "));
    counted.comment = counted.reply = 0;
    speaking = null;
  }, BATCH);
}

/** A button that lies over `place`, so that nothing moves when it comes. One per `name`; its text may change. */
function offer(place, name, text, act) {
  const before = place.querySelector(`:scope > [data-live-offer-of="${name}"]`);
  if (before?.textContent === text) return;
  before?.remove();
  const chip = button(text, () => {
    chip.remove();
    act();
  });
  chip.dataset.liveOfferOf = name;
  chip.classList.add("live-offer");
  place.append(chip);
  if (name !== "replies") say(text);
}

function focus(element) {
  element.tabIndex = -1;
  element.focus();
}

const isHere = (element) => element.contains(document.activeElement);
const SAYS = ".prose, .badge.is-ok, .said-acts > span"; // its text, what became of it, whom it helped
const said = (article) => [...article.querySelectorAll(SAYS)].map((part) => part.textContent.trim()).join("\n");

/** Shows a comment as it is now; its place stays at least as high as it was. */
function renew(old, now) {
  const height = old.offsetHeight;
  old.replaceWith(now);
  now.style.minHeight = `${height}px`;
  arrived(now);
}

/** A comment that changed waits behind a button; one that may no longer be read goes at once. */
function compare(old, now) {
  if (said(old) === said(now)) return;
  const shown = document.importNode(now, true);
  if (now.querySelector(".prose")) offer(old, "change", sentences.showChange, () => (renew(old, shown), focus(shown)));
  else renew(old, shown);
}

function empty(article) {
  if (article.dataset.liveGone) return;
  article.dataset.liveGone = "yes";
  article.style.minHeight = `${article.offsetHeight}px`;
  const line = document.createElement("p");
  line.className = "text-muted";
  line.textContent = sentences.gone;
  article.replaceChildren(line);
}

/** New replies wait behind a button at the comment they answer. */
function offerReplies(root, item, replies) {
  offer(root, "replies", count("showReply", "showReplies", replies.length), () => {
    let list = item.querySelector(":scope > .replies");
    if (!list) {
      list = document.createElement("ol");
      list.className = "replies";
      root.after(list);
    }
    for (const reply of replies) {
      list.append(reply);
      arrived(reply);
    }
    focus(replies[0]);
  });
}

const announced = new Set();

function thread(page) {
  const arrivals = document.querySelector("[data-live-arrivals]");
  const items = [...page.querySelectorAll("#comments .threads > li")];
  if (!arrivals) return;
  const title = page.getElementById("comments-title");
  if (title) document.getElementById("comments-title").textContent = title.textContent;
  const add = (item) => {
    arrivals.append(document.importNode(item, true));
    arrived(arrivals.lastElementChild);
  };
  for (const item of items) {
    const root = item.querySelector("article");
    const old = document.getElementById(root.id);
    if (!old) {
      add(item);
      announce("comment");
      continue;
    }
    compare(old, root);
    const waiting = [];
    for (const reply of item.querySelectorAll(".replies article")) {
      const known = document.getElementById(reply.id);
      if (known) compare(known, reply);
      else waiting.push(document.importNode(reply.closest("li"), true));
      if (!known && !announced.has(reply.id)) announce("reply");
      if (!known) announced.add(reply.id);
    }
    if (waiting.length && arrivals.dataset.liveArrivals === "replies") waiting.forEach(add);
    else if (waiting.length) offerReplies(document.getElementById(root.id), old.closest("li"), waiting);
  }
  if (!page.querySelector("#comments[data-live-whole]")) return;
  for (const article of document.querySelectorAll(".threads > li > article")) {
    if (!page.getElementById(article.id)) empty(article);
  }
}

/** Parts that would change in height wait behind one button. */
function parts(page) {
  for (const place of document.querySelectorAll("[data-live-parts]")) {
    const pairs = [...place.querySelectorAll("[data-live-part]")].map((old) => [old, page.getElementById(old.id)]);
    const changed = pairs.filter(([old, now]) => now && old.innerHTML.trim() !== now.innerHTML.trim());
    if (!changed.length) continue;
    offer(place, "parts", sentences[place.dataset.liveParts], () => {
      for (const [old, now] of changed) {
        const shown = document.importNode(now, true);
        old.replaceWith(shown);
        arrived(shown);
      }
      focus(document.getElementById(changed[0][1].id));
    });
  }
}

/** A newer version of the text, behind a button. In a form, `data-live-show` is the address where it is read. */
function version(page) {
  const old = document.querySelector("[data-live-version]");
  const now = page.querySelector("[data-live-version]");
  if (!old || !now || Number(now.dataset.liveVersion) <= Number(old.dataset.liveVersion)) return;
  offer(old, "version", sentences.showVersion, () => {
    if (old.dataset.liveShow) return location.assign(old.dataset.liveShow);
    const shown = document.importNode(now, true);
    old.replaceWith(shown);
    arrived(shown);
    focus(shown);
  });
}

const addresses = (root) => [...root.querySelectorAll(".gallery-card h2 a")].map((link) => link.getAttribute("href"));

/** How many cards are new, in a line whose room is kept. */
function cards(page) {
  const line = document.querySelector("[data-live-cards]");
  if (!line) return;
  const known = new Set(addresses(document));
  const n = addresses(page).filter((address) => !known.has(address)).length;
  const text = n ? count("showCard", "showCards", n) : "";
  if (line.textContent === text) return;
  const link = document.createElement("a");
  link.href = where();
  link.textContent = text;
  line.replaceChildren(link);
  say(text);
}

/** Small things, as the bell: shown anew as they are. */
function swap(page) {
  const pairs = [...document.querySelectorAll("[data-live-swap][id]")].map((old) => [old, page.getElementById(old.id)]);
  pairs.push([document.querySelector(BELL), page.querySelector(BELL)]);
  for (const [old, now] of pairs) {
    if (old && now && old.innerHTML !== now.innerHTML && !isHere(old)) {
      old.replaceChildren(...document.importNode(now, true).childNodes);
      arrived(old);
    }
  }
}

function where() {
  const address = new URL(holder.dataset.livePage ?? location.href, location.href);
  address.searchParams.delete("after");
  address.hash = "";
  return address.href;
}

let waiting = null;

async function look() {
  waiting = null;
  try {
    const answer = await fetch(where(), { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const show of [thread, parts, version, cards, swap]) show(page);
  } catch {
    // no network: the stream comes back, and says again what was missed
  }
}

function here(n) {
  const line = document.querySelector("[data-live-here]");
  if (!line) return;
  if (line.closest("[data-live-swap]")) waiting ??= setTimeout(look, Math.random() * 1000);
  line.textContent = count("here", "hereMany", n);
}

if (holder) {
  const topics = new Set(holders.flatMap((each) => each.dataset.liveOn.split(" ")));
  if (document.querySelector(BELL)) topics.add("me");
  const asked = [...topics].map((topic) => ["on", topic]);
  const scope = holders.map((each) => each.dataset.liveScope).find(Boolean);
  listen({
    url: holder.dataset.live,
    query: new URLSearchParams(scope ? [...asked, ["scope", scope]] : asked),
    since: holder.dataset.liveSince ?? "",
    news: (_at, within) => (waiting ??= setTimeout(look, Math.random() * within)),
    here,
  });
}
