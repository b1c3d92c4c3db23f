// What was chosen goes back to the platform by itself; without this module, by the form's button.
import { each } from "./page.js";

each("form[data-send]", (form) => form.requestSubmit());
