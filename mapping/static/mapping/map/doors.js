// One question to the server. What it refuses, and that it cannot be reached, comes back as a Failed with words for people.
import { config, words } from "./page.js";

export class Failed extends Error {
  constructor(status, why) {
    super(why);
    this.status = status; // 0: no answer; 401: the session is over
  }
}

let servedAt = ""; // by the server's clock: a client's may be wrong
export const served = () => (servedAt ? new Date(servedAt) : new Date());
export const inShanghai = (parts) => new Intl.DateTimeFormat("sv-SE", { ...parts, timeZone: "Asia/Shanghai" });
// Of a page left open over midnight today is another day than when it was made.
export const today = () => (servedAt ? inShanghai({ dateStyle: "short" }).format(served()) : config.today);

const token = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";

export async function ask(path, { signal, body } = {}) {
  const sent = { headers: {}, credentials: "same-origin", signal };
  if (body) Object.assign(sent, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRFToken": token() } });
  let answer;
  try {
    answer = await fetch(path, sent);
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    throw new Failed(0, words.offline);
  }
  servedAt = answer.headers.get("Date") ?? servedAt;
  const isJson = /json/.test(answer.headers.get("Content-Type") ?? "");
  if (answer.status === 401 || (answer.redirected && !isJson)) throw new Failed(401, words.signedOut);
  const said = isJson ? await answer.json() : {};
  if (!answer.ok) throw new Failed(answer.status, said.message ?? said.detail ?? String(answer.status));
  return said;
}

// Of questions asked one after the other the last one counts: those before it are broken off.
export function lastOne() {
  let current = null;
  return async (work) => {
    current?.abort();
    const mine = (current = new AbortController());
    try {
      return await work(mine.signal);
    } catch (problem) {
      if (mine.signal.aborted) return undefined;
      throw problem;
    }
  };
}
