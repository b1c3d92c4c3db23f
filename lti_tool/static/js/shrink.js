// A phone's photo is made smaller on the phone: slow networks, small quotas. The server re-encodes it anyway.
const LONG_SIDE = 2048; // px
const QUALITY = 0.85;
const SMALL_ENOUGH = 400_000; // bytes
const KINDS = { "image/jpeg": "image/jpeg", "image/png": "image/webp", "image/webp": "image/webp" };
const ENDINGS = { "image/jpeg": ".jpg", "image/webp": ".webp" };

/** The file, or a smaller picture of it where the browser can make one. */
export async function shrink(file) {
  const kind = KINDS[file.type];
  if (!kind || file.size <= SMALL_ENOUGH || !window.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, kind, QUALITY));
    if (!blob || blob.type !== kind || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ENDINGS[kind], { type: kind, lastModified: file.lastModified });
  } catch {
    return file;
  }
}
