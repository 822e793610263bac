// What the server told with the page: texts in the language of the page, choices, addresses of files.
export const told = JSON.parse(document.getElementById("told").textContent);

export function t(key, values = {}) {
  const text = told.texts[key];
  if (text === undefined) throw new Error(`no text ${key}`);
  return text.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);
}

export const labels = (name) => Object.fromEntries(told.choices[name]);

const LANGUAGE = document.documentElement.lang;

// By the bureau's clock, whatever the phone's is set to.
const CLOCK = { timeZone: "Asia/Shanghai", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
export const atTime = (iso) => new Date(iso).toLocaleString(LANGUAGE, CLOCK);

export function sizeOf(bytes) {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} kB`;
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}

export const metres = (m) => (m < 1000 ? `${Math.round(m)} m` : `${(m / 1000).toFixed(m < 10_000 ? 1 : 0)} km`);

// "3 分钟前"
export function ago(iso) {
  const minutes = Math.round((Date.now() - Date.parse(iso)) / 60_000);
  const said = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });
  if (minutes < 60) return said.format(-Math.max(minutes, 0), "minute");
  if (minutes < 48 * 60) return said.format(-Math.round(minutes / 60), "hour");
  return said.format(-Math.round(minutes / 60 / 24), "day");
}
