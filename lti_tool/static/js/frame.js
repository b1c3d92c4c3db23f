// Manners inside somebody else's page. Only some platforms listen; every message may stay without an answer.
import { wentOn } from "./arrival.js";
import { each, words } from "./page.js";
import { whenUnsaved } from "./unsaved.js";

const STEP = 8; // px
const PAUSE = 100; // ms
const SMALLEST = 450; // px, what Canvas gives at least
const PATIENCE = 500; // ms
const root = document.documentElement;
const framed = window.parent !== window;
// Those who may frame us, and of them the one that does, where the browser tells.
const allowed = (root.dataset.frameOrigins ?? "").split(" ").filter(Boolean);
const around = location.ancestorOrigins?.[0];
const platforms = around ? allowed.filter((origin) => origin === around) : allowed;

function tell(subject, content = {}) {
  for (const origin of platforms) window.parent.postMessage({ subject, ...content }, origin);
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

function parsed(data) {
  try {
    return typeof data === "string" ? JSON.parse(data) : data; // Canvas has answered in both ways
  } catch {
    return null;
  }
}

/** A page as high as the window: the page's own panes scroll. Without an answer it stays as high as it is. */
function windowHigh() {
  const listen = ({ source, origin, data }) => {
    if (source !== window.parent || !platforms.includes(origin)) return;
    const answer = parsed(data);
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
  whenUnsaved((is) => (is ? tell("lti.setUnloadMessage", { message: words("unsaved") }) : tell("lti.removeUnloadMessage")));
}
each("[data-own-window]", (element) => (element.hidden = !framed));
