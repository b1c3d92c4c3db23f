// What would be lost if the page were left now, and who wants to know when that changes.
const parts = new Set();
const listeners = [];

/** Says whether `part` of the page holds something that the server does not have. */
export function unsaved(part, is) {
  const before = parts.size > 0;
  if (is) parts.add(part);
  else parts.delete(part);
  if (before !== parts.size > 0) listeners.forEach((listen) => listen(parts.size > 0));
}

/** Calls listen(true) when there is something to lose, listen(false) when it is saved. */
export function whenUnsaved(listen) {
  listeners.push(listen);
  if (parts.size > 0) listen(true);
}
