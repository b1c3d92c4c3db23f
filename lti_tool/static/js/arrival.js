// Where a reader begins, after a page has come or a part of it was replaced.
import { arrived } from "./page.js";

const framed = window.parent !== window;

/** True when one of our own pages led here, not the platform's. (Storage may be refused in a frame; the referrer is not.) */
export const wentOn = document.referrer.startsWith(`${location.origin}/`);

function focus(element, preventScroll = false) {
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus({ preventScroll });
}

// An error first, then news, then the title.
const news = document.querySelector("[data-error-summary]") ?? document.querySelector("#notices:has(> *)");
const title = document.querySelector("h1");
if (news) focus(news);
else if (title && framed && wentOn && !location.hash) focus(title, true);

// htmx keeps the focus where it can; where it was lost, it goes to the new part's error, heading or beginning.
document.addEventListener("htmx:after:swap", ({ detail }) => {
  arrived(document);
  if (document.activeElement && document.activeElement !== document.body) return;
  const target = detail.ctx.target;
  const part = target?.isConnected ? target : document.getElementById(target?.id);
  if (part) focus(part.querySelector("[data-error-summary]") ?? part.querySelector("h1, h2, h3") ?? part);
});
