// Where the phone is. A page over plain http gets no position; what was refused is not asked for again and again.
const FRESH_MS = 60_000;
let last = null;
let watching = null;
const listeners = new Set();

export const canLocate = () => window.isSecureContext && "geolocation" in navigator;
export const lastFix = () => (last && Date.now() - last.at < FRESH_MS ? last : null);
export const whenMoved = (listener) => { listeners.add(listener); return () => listeners.delete(listener); };

function fix({ coords }) {
  last = {
    longitude: Number(coords.longitude.toFixed(6)),
    latitude: Number(coords.latitude.toFixed(6)),
    accuracy_m: Math.round(coords.accuracy),
    at: Date.now(),
  };
  listeners.forEach((each) => each(last));
  return last;
}

// The position now; rejects with the browser's error ({code: 1} where it was not allowed).
export function locate(timeout = 20_000) {
  return new Promise((resolve, reject) => {
    if (!canLocate()) reject(Object.assign(new Error("no position here"), { code: 0 }));
    else navigator.geolocation.getCurrentPosition((found) => resolve(fix(found)), reject, { enableHighAccuracy: true, timeout, maximumAge: 5000 });
  });
}

// Followed while a form is open, so that a photo has a position at its shutter.
export async function follow() {
  if (!canLocate() || watching !== null) return;
  const allowed = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (allowed && allowed.state !== "granted") return;
  watching = navigator.geolocation.watchPosition(fix, () => {}, { enableHighAccuracy: true, maximumAge: 5000 });
}

export function stopFollowing() {
  if (watching !== null) navigator.geolocation.clearWatch(watching);
  watching = null;
}
