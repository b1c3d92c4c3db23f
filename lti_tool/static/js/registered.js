// The end of a registration: the platform's window can close (Dynamic Registration 1.0, section 3.7).
import { each } from "./page.js";

each("[data-registered]", () => {
  const platform = window.opener ?? (window.parent === window ? null : window.parent);
  platform?.postMessage({ subject: "org.imsglobal.lti.close" }, "*"); // whose page it is, is not known here
});
