// The platform's side of LTI Client Side postMessages and postMessage Storage. It runs in the page that has the
// tool in a frame, and in the storage frame where the platform has one. `window.messages` of the page has every
// message that came, to either of them.
const settings = JSON.parse(document.currentScript.dataset.settings);
const page = settings.role === "storage" ? window.parent : window;
if (page === window) window.messages = [];

const storesHere = settings.storage === (settings.role === "storage" ? window.name : "_parent");
const toolFrame = () => document.querySelector("iframe[name=tool]");
const LONGEST = 4096; // characters of a value

class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const close = (data) => {
  window.closedBy = data.subject;
  toolFrame()?.remove();
  document.querySelector("h1").textContent = "The tool is closed";
};

const acts = {
  "lti.capabilities": () => ({
    supported_messages: [
      ...settings.subjects.map((subject) => ({ subject })),
      ...(settings.storage
        ? ["lti.put_data", "lti.get_data"].map((subject) =>
            settings.storage === "_parent" ? { subject } : { subject, frame: settings.storage },
          )
        : []),
    ],
  }),
  "lti.frameResize": ({ height }) => {
    if (!Number.isFinite(height)) throw new Refusal("bad_request", "height is missing");
    toolFrame().style.height = `${height}px`;
  },
  "lti.fetchWindowSize": () => ({
    height: window.innerHeight,
    width: window.innerWidth,
    footer: 0,
    offset: toolFrame().getBoundingClientRect().toJSON(),
    scrollY: window.scrollY,
  }),
  "lti.scrollToTop": () => window.scrollTo(0, 0),
  "lti.setUnloadMessage": ({ message }) => void (window.unloadMessage = message),
  "lti.removeUnloadMessage": () => void (window.unloadMessage = null),
  "lti.showAlert": ({ body }) => void (window.alerted = body),
  "lti.screenReaderAlert": ({ body }) => void (window.alerted = body),
  requestFullWindowLaunch: ({ data }) => void (window.fullWindow = data),
  "lti.close": close,
  "org.imsglobal.lti.close": close,
};

const stores = {
  "lti.put_data": ({ key, value }, origin) => {
    const place = `${origin} ${key}`;
    if (value !== null && typeof value !== "string") throw new Refusal("bad_request", "value must be a string");
    if (value !== null && value.length > LONGEST) throw new Refusal("storage_exhaustion", "value is too long");
    if (value === null) sessionStorage.removeItem(place);
    else sessionStorage.setItem(place, value);
    return { key, value };
  },
  "lti.get_data": ({ key }, origin) => ({ key, value: sessionStorage.getItem(`${origin} ${key}`) }),
};

function answer(data, origin) {
  if (origin !== settings.tool) throw new Refusal("wrong_origin", `${origin} is not the tool's`);
  if (storesHere && Object.hasOwn(stores, data.subject)) {
    if (!data.message_id || typeof data.key !== "string" || !data.key)
      throw new Refusal("bad_request", "message_id and key are required");
    return stores[data.subject](data, origin);
  }
  if (settings.role !== "page" || !settings.subjects.includes(data.subject))
    throw new Refusal("unsupported_subject", data.subject);
  return acts[data.subject](data);
}

window.addEventListener("message", (event) => {
  const { data, origin, source } = event;
  const told = typeof data === "object" && data !== null ? data : {};
  page.messages.push({ role: settings.role, subject: told.subject, data, origin });
  if (!settings.answers || typeof told.subject !== "string") return;
  const reply = { subject: `${told.subject}.response`, message_id: told.message_id };
  try {
    Object.assign(reply, answer(told, origin));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    reply.error = { code: error.code, message: error.message };
  }
  source?.postMessage(reply, origin);
});
