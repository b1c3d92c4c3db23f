// Manners inside somebody else's page. Only some platforms listen; every message may stay without an answer.
import { wentOn } from "./arrival.js";
import { each } from "./page.js";

const STEP = 8; // px
const PAUSE = 100; // ms
const SMALLEST = 450; // px, what Canvas gives at least
const PATIENCE = 500; // ms
const root = document.documentElement;
const framed = window.parent !== window;

function tell(subject, content = {}) {
  const token = root.dataset.frameToken;
  window.parent.postMessage({ subject, ...content, ...(token && { token }) }, root.dataset.frameOrigin || "*");
}

/** A page as high as its content: the platform's page scrolls. */
function contentHigh() {
  let sent = 0;
  let timer = null;
  const measure = () => {
    timer = null;
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height < sent + STEP) return; // only grows: no dance
    sent = height;
    tell("lti.frameResize", { height: Math.max(height, SMALLEST) });
  };
  new ResizeObserver(() => (timer ??= setTimeout(measure, PAUSE))).observe(document.body);
}

/** A page as high as the window: the page's own panes scroll. Without an answer it stays as high as it is. */
function windowHigh() {
  const listen = ({ source, data }) => {
    if (source !== window.parent) return;
    const answer = typeof data === "string" && data.startsWith("{") ? JSON.parse(data) : data;
    if (!String(answer?.subject).startsWith("lti.fetchWindowSize") || !answer.height) return;
    removeEventListener("message", listen);
    const height = answer.height - (answer.offset?.top ?? 0) - (answer.footer ?? 0);
    tell("lti.frameResize", { height: Math.max(Math.floor(height), SMALLEST) });
  };
  addEventListener("message", listen);
  setTimeout(() => removeEventListener("message", listen), PATIENCE);
  tell("lti.fetchWindowSize");
}

if (framed) {
  if (root.dataset.frame === "window") windowHigh();
  else contentHigh();
  if (wentOn) tell("lti.scrollToTop");
}
each("[data-own-window]", (element) => (element.hidden = !framed));
