// A photo as the phone took it -> one of at most 2560 px on its longer side, turned the right way, and a thumbnail. What
// this phone cannot decode is sent as it is: the server can.
import { sha256 } from "./digest.js";

const LONGEST = 2560;
const THUMB = 320;
const QUALITY = 0.85;
const SMALL_ENOUGH = 900 * 1024; // a JPEG of so few bytes and pixels is sent as it is
const MOST_DECODED = 64_000_000; // pixels, of four bytes each: a page that asks for more is ended by the phone
const HEAD = 256 * 1024; // bytes in which a JPEG has said its size
const BRANDS = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "avif", "avis", "mif1", "msf1"]);

export async function shrink(file) {
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  const pixels = pixelsOfJpeg(head);
  const picture = pixels > MOST_DECODED ? null : await decoded(file);
  if (!picture) { // a JPEG, too: a phone that is short of memory decodes none
    if (!pixels && !isOfIsoMedia(head)) throw new Error("no picture");
    const bytes = await file.arrayBuffer();
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

// By its frame header, past what phones put before it; 0 for what is none, or says it later.
function pixelsOfJpeg(head) {
  if (head[0] !== 0xff || head[1] !== 0xd8) return 0;
  const view = new DataView(head.buffer);
  for (let at = 2; at + 9 < head.length && head[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = head[at + 1];
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return view.getUint16(at + 5) * view.getUint16(at + 7);
  }
  return 0;
}

// HEIC or AVIF, told from a video by its brands.
function isOfIsoMedia(head) {
  const word = (at) => String.fromCharCode(...head.slice(at, at + 4));
  if (word(4) !== "ftyp") return false;
  const end = Math.min(new DataView(head.buffer).getUint32(0), 256);
  for (let at = 8; at < end; at += 4) if (BRANDS.has(word(at))) return true;
  return false;
}
