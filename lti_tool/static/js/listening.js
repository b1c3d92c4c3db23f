// Where something is new: told by the server as it happens; asked for now and then where no stream can be had.
const ASK = 10_000; // ms between two questions
const TRY_AGAIN = 60_000; // ms until a stream is tried again after it was refused; each time later
const LATEST = 15 * 60_000; // ms

/**
 * Listens at `url` to the topics of `query`, from the cursor `since` on, while the page is looked at.
 * news(topics, within): something is new there; go and see within so many ms. here(count): so many look now.
 */
export function listen({ url, query, since, news, here }) {
  let source = null;
  let asking = null;
  let refused = 0;
  let tryAt = 0;
  let over = false;

  const told = ({ at, within }) => news(at, within);

  function close() {
    source?.close();
    source = null;
    clearTimeout(asking);
    asking = null;
  }

  function open() {
    close();
    if (over || document.hidden) return;
    if (Date.now() < tryAt || !window.EventSource) return askLater();
    source = new EventSource(`${url}?${query}&since=${encodeURIComponent(since)}`);
    source.onopen = () => (refused = 0);
    source.onmessage = ({ data, lastEventId }) => {
      since = lastEventId;
      told(JSON.parse(data));
    };
    source.addEventListener("here", ({ data }) => here(JSON.parse(data).here));
    source.onerror = () => {
      if (source?.readyState !== EventSource.CLOSED) return; // it comes back by itself
      tryAt = Date.now() + Math.min(LATEST, TRY_AGAIN * 2 ** refused++) * (1 + Math.random() / 2);
      close();
      ask();
    };
  }

  function askLater() {
    asking = setTimeout(() => (Date.now() < tryAt ? ask() : open()), ASK * (1 + Math.random() / 5));
  }

  async function ask() {
    try {
      const answer = await fetch(`${url}/news?${query}&since=${encodeURIComponent(since)}`, { headers: { "X-Requested-With": "fetch" } });
      over = answer.status >= 400 && answer.status < 500; // the visit has ended
      if (answer.status === 200) {
        const found = await answer.json();
        since = found.since;
        told(found);
      }
    } catch {
      // no network: the next question may get through
    }
    if (!over && !document.hidden && !source) askLater();
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close); // a page that is kept for the way back holds no stream
  addEventListener("pageshow", ({ persisted }) => persisted && open());
  open();
}
