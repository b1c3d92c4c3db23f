// Takes a photo, films or records in the page, where no camera application does it better. Loaded when it is asked for.
const LONGEST = 180; // seconds
const SAID = 30; // seconds between two times that the time is said
const WANTED = {
  photo: { video: { facingMode: "environment", width: { ideal: 2048 } } },
  film: { video: { facingMode: "environment" }, audio: true },
  sound: { audio: true },
};

const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** A panel after `place` that hands the file to `take`; `opener` is the button that has the focus back. */
export function capture(kind, place, opener, tools) {
  new Panel(kind, opener, tools).open(place);
}

class Panel {
  constructor(kind, opener, { words, say, button, take }) {
    Object.assign(this, { kind, opener, words, say, button, take });
    this.element = document.createElement("section");
    this.element.className = "sheet mt-2";
    this.element.setAttribute("aria-label", opener.textContent.trim());
    this.shown = document.createElement("div");
    this.line = document.createElement("p");
    this.row = document.createElement("div");
    this.row.className = "hstack flex-wrap gap-2";
    this.element.append(this.shown, this.line, this.row);
    this.hide = () => document.hidden && this.recorder?.state === "recording" && this.recorder.stop();
  }

  async open(place) {
    place.after(this.element);
    this.opener.disabled = true;
    document.addEventListener("visibilitychange", this.hide);
    await this.begin();
  }

  async begin() {
    this.forget();
    this.offer();
    try {
      this.stream = await navigator.mediaDevices.getUserMedia(WANTED[this.kind]);
    } catch {
      this.tell(this.words("captureNone"), true);
      return this.offer();
    }
    if (!this.element.isConnected) return this.release(); // closed while the browser asked
    this.tell("");
    if (this.kind !== "sound") this.show("video", { srcObject: this.stream, muted: true, autoplay: true, playsInline: true });
    if (this.kind === "photo") this.offer([this.words("captureTake"), () => this.photograph()]);
    else this.offer([this.words("captureStart"), () => this.record()]);
  }

  async photograph() {
    const video = this.shown.firstElementChild;
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    this.preview(await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9)), "jpg");
  }

  record() {
    const pieces = [];
    this.recorder = new MediaRecorder(this.stream);
    this.recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
    this.recorder.addEventListener("stop", () => {
      clearInterval(this.clock);
      const [type] = this.recorder.mimeType.split(";");
      this.preview(new Blob(pieces, { type }), type.split("/")[1]);
    });
    this.recorder.start(1000);
    this.say(this.words("captureStarted"));
    this.offer([this.words("captureStop"), () => this.recorder.stop()]);
    const began = Date.now();
    const tick = () => {
      const seconds = Math.round((Date.now() - began) / 1000);
      this.tell(this.words("captureTime", { time: minutes(seconds), most: minutes(LONGEST) }), seconds > 0 && seconds % SAID === 0);
      if (seconds >= LONGEST) this.recorder.stop();
    };
    tick();
    this.clock = setInterval(tick, 1000);
  }

  preview(blob, ending) {
    this.release();
    if (!this.element.isConnected) return;
    this.url = URL.createObjectURL(blob);
    const element = { photo: "img", film: "video", sound: "audio" }[this.kind];
    this.show(element, { src: this.url, controls: true, playsInline: true, alt: "" });
    this.tell(this.words("captureStopped"), true);
    const file = new File([blob], `${this.kind}.${ending}`, { type: blob.type });
    this.offer(
      [this.words("captureKeep"), () => (this.close(), this.take(file))],
      [this.words("captureAgain"), () => this.begin()],
    );
  }

  show(name, properties) {
    this.shown.replaceChildren(Object.assign(document.createElement(name), { className: "figure-img img-fluid" }, properties));
  }

  tell(text, aloud = false) {
    this.line.textContent = text;
    if (aloud) this.say(text);
  }

  /** The buttons, with one that closes; the first one has the focus. */
  offer(...acts) {
    this.row.replaceChildren(...[...acts, [this.words("close"), () => this.close()]].map(([text, act]) => this.button(text, act)));
    this.row.firstElementChild.focus();
  }

  close() {
    this.element.remove();
    if (this.recorder?.state === "recording") this.recorder.stop();
    this.release();
    this.forget();
    document.removeEventListener("visibilitychange", this.hide);
    this.opener.disabled = false;
    this.opener.focus();
  }

  /** Lets the camera and the microphone go: their light goes out. */
  release() {
    clearInterval(this.clock);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }

  forget() {
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = null;
    this.shown.replaceChildren();
  }
}
