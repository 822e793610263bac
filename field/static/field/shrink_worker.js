// Beside the page: photos made smaller, and their digests.
import { shrink } from "./shrink.js";

self.postMessage({ here: true }); // the script has come
self.addEventListener("message", async ({ data: { id, file } }) => {
  try {
    const made = await shrink(file);
    self.postMessage({ id, made }, [made.bytes, made.thumb].filter(Boolean));
  } catch (error) {
    self.postMessage({ id, failed: String(error?.message ?? error) });
  }
});
