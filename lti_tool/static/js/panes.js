// The work and the review on a phone: one at a time, each where it was left.
import { each } from "./page.js";

const large = matchMedia("(min-width: 992px)");

function wire(group) {
  const links = [...document.querySelectorAll(`[data-panes-switch="${group.id}"] a`)];
  const panes = links.map((link) => document.querySelector(link.hash));
  const places = panes.map(() => 0);
  let shown = 0;

  function show(next) {
    places[shown] = window.scrollY;
    shown = next;
    panes.forEach((pane, at) => pane.classList.toggle("is-shown", at === next));
    links.forEach((link, at) => link.setAttribute("aria-current", String(at === next)));
    if (!large.matches) window.scrollTo(0, places[next]);
  }

  links.forEach((link, at) =>
    link.addEventListener("click", (event) => {
      event.preventDefault();
      show(at);
    }),
  );
  // Whoever follows an error's link or an address into a hidden pane sees it.
  const reveal = (hash) => {
    const goal = document.getElementById(hash.slice(1));
    const at = goal ? panes.findIndex((pane) => pane.contains(goal)) : -1;
    if (at >= 0) show(at);
  };
  const follow = (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && !links.includes(link)) reveal(link.hash);
  };
  document.addEventListener("click", follow, true);
  group.classList.add("is-switched");
  const wrong = panes.findIndex((pane) => pane.querySelector("[aria-invalid=true]"));
  show(wrong >= 0 ? wrong : Number(group.dataset.panes || 0));
  reveal(location.hash);
}

each("[data-panes]", wire);
