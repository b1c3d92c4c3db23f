// The LMS's side of what the tool in the frame may ask of the page around it, as Canvas answers it
// (LTI Client Side postMessages 0.1, LTI postMessage Storage 0.1).
const frame = document.getElementById("tool");
const kept = new Map();
let toolDecides = false;

// Until the tool asks for a height, Moodle's rule: the window's height, less what is above the frame, less 15 px.
function fit() {
  if (toolDecides) return;
  const top = frame.getBoundingClientRect().top + window.scrollY;
  frame.style.height = Math.max(window.innerHeight - top - 15, 300) + "px";
}

const answers = {
  "lti.capabilities": () => ({ supported_messages: Object.keys(answers).map((subject) => ({ subject })) }),
  "lti.put_data": ({ key, value }) => {
    if (value === null) kept.delete(key);
    else kept.set(key, value);
    return { key, value };
  },
  "lti.get_data": ({ key }) => ({ key, value: kept.get(key) ?? null }),
  "lti.frameResize": ({ height }) => {
    toolDecides = true;
    frame.style.height = Number(height) + "px";
  },
  "lti.fetchWindowSize": () => ({
    height: window.innerHeight,
    width: window.innerWidth,
    offset: { top: frame.getBoundingClientRect().top + window.scrollY, left: frame.getBoundingClientRect().left },
    footer: 0,
    scrollY: window.scrollY,
  }),
  "lti.scrollToTop": () => window.scrollTo({ top: 0 }),
};

addEventListener("message", ({ source, origin, data }) => {
  if (source !== frame.contentWindow || origin !== frame.dataset.origin) return;
  if (!Object.hasOwn(answers, data?.subject)) return;
  const { subject, message_id } = data;
  source.postMessage({ subject: `${subject}.response`, message_id, ...answers[subject](data) }, origin);
});
addEventListener("resize", fit);
fit();
