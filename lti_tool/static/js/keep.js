// What this device keeps. Storage may be refused inside a frame: then nothing is kept and nothing breaks.
const PREFIX = "entraide.";

function attempt(act) {
  try {
    return act();
  } catch {
    return null;
  }
}

export const keep = {
  get: (key) => attempt(() => JSON.parse(localStorage.getItem(PREFIX + key))),
  set: (key, value) => attempt(() => (localStorage.setItem(PREFIX + key, JSON.stringify(value)), true)),
  drop: (key) => attempt(() => localStorage.removeItem(PREFIX + key)),
};
