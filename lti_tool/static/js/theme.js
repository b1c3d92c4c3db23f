// Runs before the first paint: light inside somebody else's page, the system's choice in a window of our own, unless chosen here.
import { keep } from "./keep.js";

const CHOICES = ["auto", "light", "dark"];
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const framed = window.self !== window.top;
let choice = keep.get("theme") ?? root.dataset.themeChoice;
if (!CHOICES.includes(choice)) choice = "auto";

function show() {
  const resolved = choice === "auto" ? (dark.matches && !framed ? "dark" : "light") : choice;
  root.dataset.bsTheme = resolved;
  for (const button of document.querySelectorAll("[data-theme-button]")) {
    for (const option of button.querySelectorAll("[data-theme-option]")) {
      option.hidden = option.dataset.themeOption !== choice;
    }
  }
}

root.classList.add("js");
dark.addEventListener("change", show);
show();
document.addEventListener("DOMContentLoaded", show);
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-button]")) return;
  choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
  keep.set("theme", choice);
  show();
});
