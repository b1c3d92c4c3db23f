// Large files leave in parts (tus 1.0.0): what arrived before a cut is not sent again. Loaded when such a file is chosen.
import { Upload } from "tus-js-client";

const PART = 5 << 20; // bytes
const RETRIES = [500, 2000, 5000]; // ms: the server needs a moment to keep what came before a cut
const PATIENCE = 10_000; // ms between two looks for the network
const GONE = [404, 410];

const within = (url, id) => url.replace(/(?=\?|$)/, `/${id}`);
const idOf = (url) => url.split("?")[0].split("/").pop();

/**
 * Sends `file` to the endpoint `url`; `id` is that of an upload begun before. Tells its id (onBegin), how far it
 * is (onProgress, 0 to 1) and that it waits for the network (onWait). `finished` fails with the server's words.
 */
export function sendInParts(file, { url, id, step, headers, onBegin, onProgress, onWait }) {
  let retry = null;
  let upload = null;
  const stop = () => {
    clearTimeout(retry);
    removeEventListener("online", start);
  };
  const start = () => (stop(), upload.start());
  const finished = new Promise((done, fail) => {
    upload = new Upload(file, {
      endpoint: id ? null : url, // once it has begun, an error of the server must not begin another one
      uploadUrl: id ? within(url, id) : null,
      chunkSize: PART,
      retryDelays: RETRIES,
      headers,
      metadata: step ? { step } : {},
      storeFingerprintForResuming: false,
      onUploadUrlAvailable() {
        upload.options.endpoint = null;
        onBegin(idOf(upload.url));
      },
      onProgress(sent, total) {
        onProgress(sent / total);
      },
      onSuccess: () => done(idOf(upload.url)),
      onError(error) {
        const answer = error.originalResponse;
        const status = answer?.getStatus() ?? 0;
        if (GONE.includes(status) && upload.options.endpoint === null) {
          upload.url = upload.options.uploadUrl = null;
          upload.options.endpoint = url;
          start();
        } else if (!error.originalRequest || (status >= 400 && status < 500 && status !== 409 && status !== 429)) {
          fail(new Error(answer?.getBody() ?? ""));
        } else {
          onWait();
          addEventListener("online", start);
          retry = setTimeout(start, PATIENCE);
        }
      },
    });
    upload.start();
  });
  return {
    finished,
    pause: () => (stop(), upload.abort()),
    goOn: start,
    remove: () => (stop(), upload.abort(true).catch(() => {})),
  };
}
