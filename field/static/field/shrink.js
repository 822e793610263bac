// A photo as the phone took it -> one of at most 2560 px on its longer side, turned the right way, and a thumbnail.
import { sha256 } from "./digest.js";

const LONGEST = 2560;
const THUMB = 320;
const QUALITY = 0.85;
const SMALL_ENOUGH = 900 * 1024; // a JPEG of so few bytes and pixels is sent as it is

export async function shrink(file) {
  const picture = await decoded(file);
  if (!picture) { // this browser cannot show it (HEIC, say): the server can
    const bytes = await file.arrayBuffer();
    if (!looksLikeAPicture(new Uint8Array(bytes, 0, Math.min(32, bytes.byteLength)))) throw new Error("no picture");
    return { bytes, thumb: null, type: file.type || "application/octet-stream", sha256: await sha256(bytes), width: null, height: null };
  }
  const { width, height } = picture;
  const most = Math.max(width, height);
  const asItIs = file.type === "image/jpeg" && file.size <= SMALL_ENOUGH && most <= LONGEST;
  const bytes = asItIs ? await file.arrayBuffer() : await drawn(picture, Math.min(1, LONGEST / most), QUALITY);
  const thumb = await drawn(picture, Math.min(1, THUMB / most), 0.7);
  picture.close?.();
  return { bytes, thumb, type: "image/jpeg", sha256: await sha256(bytes), width, height };
}

async function decoded(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
}

async function drawn(picture, scale, quality) {
  const [width, height] = [picture.width, picture.height].map((each) => Math.max(1, Math.round(each * scale)));
  const canvas = typeof OffscreenCanvas === "undefined" ? Object.assign(document.createElement("canvas"), { width, height }) : new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  const blob = canvas.convertToBlob
    ? await canvas.convertToBlob({ type: "image/jpeg", quality })
    : await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", quality); });
  return blob.arrayBuffer();
}

// ISO media (HEIC, AVIF) have "ftyp" at 4; others a browser would have shown.
const looksLikeAPicture = (head) => String.fromCharCode(...head.slice(4, 8)) === "ftyp";
