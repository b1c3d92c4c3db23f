// Every page works without this file; with it, it is kinder.
import "./arrival.js";
import "./fields.js";
import "./steps.js";
import "./rubric.js";
import "./autosave.js";
import "./kept.js";
import "./rich.js";
import "./upload.js";
import "./panes.js";
import "./kinds.js";
import "./lease.js";
import "./frame.js";
import "./registered.js";
import "./recover.js";
import "./mentions.js";
import "./answer.js";
import "./live.js";
