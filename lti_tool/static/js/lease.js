// A review is kept for its reader until a time: said calmly, warned five minutes before, never a surprise.
import { each, say, words } from "./page.js";

const WARNING = 5; // minutes

function left(minutes) {
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60);
  if (days >= 2) return words("leftDays", { n: days });
  if (hours >= 2) return words("leftHours", { n: hours });
  return words("leftMinutes", { n: minutes });
}

each("[data-lease-until]", (line) => {
  const until = Date.parse(line.dataset.leaseUntil);
  const text = line.querySelector("[data-lease-left]");
  let state = "";
  const show = () => {
    const minutes = Math.ceil((until - Date.now()) / 60_000);
    const now = minutes <= 0 ? "over" : minutes <= WARNING ? "soon" : "calm";
    text.textContent = now === "over" ? words("leaseOver") : left(minutes);
    if (now !== state && now !== "calm") say(now === "over" ? words("leaseOver") : words("leaseSoon", { left: left(minutes) }));
    line.classList.toggle("is-warn", now !== "calm");
    state = now;
    if (now !== "over") setTimeout(show, 20_000);
  };
  show();
});
