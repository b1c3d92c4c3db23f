// On the way in: what can bind this launch to this browser? A cookie, where it is kept; else the platform's storage
// (LTI postMessage Storage 0.1); else a window of its own is offered. A plain script: it runs where modules are blocked.
const PATIENCE = 1000; // ms; Canvas's apps offer a storage and never answer
const AGAIN = 250; // ms: a storage frame may still be loading

const door = document.querySelector("[data-door]");
const { key, frame, origin, secret } = door.dataset;
const platform = window.parent === window ? window.opener : window.parent;
const ids = [...crypto.getRandomValues(new Uint32Array(2))];
let asked = 0;

/** The answer of one of the platform's windows, from `from` and nowhere else; rejects when it refuses or keeps silent. */
function ask(target, from, message) {
  const message_id = [...ids, (asked += 1)].join("-");
  const post = () => target.postMessage({ ...message, message_id }, from);
  return new Promise((done, fail) => {
    const end = (act, what) => {
      clearInterval(repeat);
      removeEventListener("message", listen);
      act(what);
    };
    const listen = ({ source, origin, data }) => {
      if (source !== target || origin !== from || data?.message_id !== message_id) return;
      if (data.subject !== `${message.subject}.response`) return;
      if (data.error) end(fail, data.error);
      else end(done, data);
    };
    const repeat = setInterval(post, AGAIN);
    setTimeout(() => end(fail, "silence"), PATIENCE);
    addEventListener("message", listen);
    post();
  });
}

const frameCalled = (name) => (name === "_parent" ? platform : platform.frames[name]);

/** The origin of the page around us: that of the storage's is not always the same. */
function around() {
  if (location.ancestorOrigins?.length) return location.ancestorOrigins[0];
  return document.referrer ? new URL(document.referrer).origin : origin;
}

/** The frame that takes `subject`, if the platform tells; it may have another name than the login said. */
async function frameFor(subject) {
  const { supported_messages: known } = await ask(platform, around(), { subject: "lti.capabilities" });
  const found = known.find((each) => each.subject === subject);
  if (!found) throw new Error("unsupported");
  return frameCalled(found.frame ?? "_parent");
}

/** Puts into the storage, or gets from it: of the frame that the login named and, failing that, of the one the platform names. */
async function stored(subject, content) {
  if (!frame || !platform) throw new Error("no storage");
  const message = { subject, key, ...content };
  const told = frameFor(subject);
  told.catch(() => {});
  try {
    return await ask(frameCalled(frame), origin, message);
  } catch {
    return await ask(await told, origin, message);
  }
}

function close() {
  const closed = document.querySelector("[data-door-closed]");
  document.querySelector("[data-door-waits]").hidden = true;
  closed.hidden = false;
  closed.focus();
}

async function login() {
  if (!document.cookie.includes(key)) await stored("lti.put_data", { value: secret });
  location.replace(door.href);
}

async function proof() {
  const { value } = await stored("lti.get_data");
  if (typeof value !== "string") throw new Error("nothing kept");
  door.elements.namedItem("proof").value = value;
  door.submit();
}

({ login, proof })[door.dataset.door]().catch(close);
