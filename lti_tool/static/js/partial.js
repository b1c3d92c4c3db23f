// Partial updates, for the pages that ask for them: htmx with our CSRF token. Focus and wiring are arrival.js's.
import "htmx.org";
import { csrfToken } from "./page.js";

document.addEventListener("htmx:config:request", ({ detail }) => {
  detail.ctx.request.headers["X-CSRFToken"] = csrfToken();
});
