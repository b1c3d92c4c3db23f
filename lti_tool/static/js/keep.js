// What this device keeps. Storage may be refused inside a frame: then nothing is kept and nothing breaks.
const PREFIX = "entraide.";
const PEOPLE = `${PREFIX}of.`;
const person = document.documentElement.dataset.person ?? "";

function attempt(act) {
  try {
    return act();
  } catch {
    return null;
  }
}

const store = (place) => ({
  get: (key) => attempt(() => JSON.parse(localStorage.getItem(place + key))),
  set: (key, value) => attempt(() => (localStorage.setItem(place + key, JSON.stringify(value)), true)),
  drop: (key) => attempt(() => localStorage.removeItem(place + key)),
});

/** What belongs to the device, whoever uses it. */
export const keep = store(PREFIX);

/** What belongs to the person who is here. It is gone as soon as somebody else arrives on this device. */
export const keepMine = store(`${PEOPLE}${person}.`);

if (person) {
  attempt(() => {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PEOPLE) && !key.startsWith(`${PEOPLE}${person}.`)) localStorage.removeItem(key);
    }
  });
}
