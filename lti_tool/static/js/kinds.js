// A new activity: the kind that is chosen suggests its instructions, until somebody writes their own.
import { each } from "./page.js";

each("form[data-kinds]", (form) => {
  const suggestions = JSON.parse(document.getElementById(form.dataset.kinds).textContent);
  const area = form.elements.instructions;
  const untouched = () => !area.value.trim() || Object.values(suggestions).includes(area.value);
  form.addEventListener("change", ({ target }) => {
    if (target.name !== "kind" || !untouched()) return;
    area.value = suggestions[target.value];
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
});
