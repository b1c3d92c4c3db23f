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

/** True the first time it is asked in this tab. */
export function firstInTab(key) {
  return attempt(() => {
    const first = sessionStorage.getItem(PREFIX + key) === null;
    sessionStorage.setItem(PREFIX + key, "1");
    return first;
  });
}
