// The institutions of one's townships on the phone, with the catalogue and colleagues: fetched whole once, then only
// what has changed.
import { allFrom, get, put, write } from "./db.js";
import { ask, now, today } from "./net.js";

const API = "/api/v1/field/";
const AT_ONCE = 2000; // institutions that are fetched without being asked for

export const institutionsOf = async (areas) =>
  (await Promise.all(areas.map(({ code }) => allFrom("institutions", "area", code)))).flat();

export const areas = async () => (await get("meta", "areas")) ?? [];
export const areasAreKnown = async () => (await get("meta", "areas")) !== undefined;
export const catalogue = () => get("meta", "catalogue");
export const colleagues = async () => (await get("meta", "colleagues"))?.listed ?? [];

// Who went along last time, as far as they still record visits.
export async function partners() {
  const [last, known] = await Promise.all([get("meta", "partners"), get("meta", "colleagues")]);
  return (last ?? []).filter((name) => !known || known.listed.some(({ username }) => username === name));
}

// Who signs in next on this phone sees nothing of the one before.
export async function belongsTo(username) {
  const owner = await get("meta", "owner");
  if (owner === username) return;
  await write(["meta", "institutions"], async (transaction) => {
    const meta = transaction.objectStore("meta");
    await transaction.objectStore("institutions").clear();
    for (const key of ["areas", "catalogue", "colleagues", "mine", "partners"]) await meta.delete(key);
    await meta.put(username, "owner");
  });
}

// Everything the phone needs, as far as there is news. Raises what stopped it; `said(name)` before each township.
export async function refresh({ everything = false, older_than_ms = 0, said = () => {} } = {}) {
  const before = await areas();
  const oldest = Math.min(...before.map(({ at }) => Date.parse(at ?? 0)));
  if (before.length && Math.abs(now() - oldest) < older_than_ms) return;
  await Promise.all([refreshOne("catalogue", `${API}catalogue/?on=${today()}`, (data) => data), refreshColleagues()]);
  const listed = await askFor(`${API}divisions/`);
  const kept = new Map(before.map((area) => [area.code, area]));
  const held = listed.data.map((each) => ({ ...kept.get(each.code), ...each }));
  await forgetOthers(kept, held);
  await put("meta", held, "areas");
  const few = held.reduce((sum, { institutions }) => sum + institutions, 0) <= AT_ONCE;
  for (const area of held) {
    if (!(everything || few || area.at)) continue;
    said(area.name);
    await refreshArea(area);
  }
}

async function askFor(path, headers) {
  const answer = await ask("GET", path, { headers, timeout_ms: 60_000 });
  if (answer.status !== 200 && answer.status !== 304) throw Object.assign(new Error(String(answer.status)), { status: answer.status });
  return answer;
}

async function refreshOne(name, path, read) {
  const kept = await get("meta", name);
  const { status, data, headers } = await askFor(path, kept?.etag && kept.path === path ? { "If-None-Match": kept.etag } : {});
  if (status === 200) await put("meta", { ...read(data), etag: headers.get("ETag"), path }, name);
}

async function refreshColleagues() {
  if (!(await get("meta", "who"))?.may_record) return;
  await refreshOne("colleagues", `${API}colleagues/`, (data) => ({ listed: data })).catch((error) => { if (error.status !== 403) throw error; });
}

// A township that is no longer one's own goes with its institutions.
async function forgetOthers(kept, held) {
  const codes = new Set(held.map(({ code }) => code));
  const gone = [...kept.keys()].filter((code) => !codes.has(code));
  if (!gone.length) return;
  await write(["institutions"], async (transaction) => {
    const store = transaction.objectStore("institutions");
    for (const code of gone) for (const key of await store.index("area").getAllKeys(code)) await store.delete(key);
  });
}

async function refreshArea(area) {
  const query = new URLSearchParams({ division: area.code });
  if (area.next_since) query.set("updated_since", area.next_since);
  const { data, size } = await askFor(`${API}worklist/?${query}`);
  await write(["institutions", "meta"], async (transaction) => {
    const store = transaction.objectStore("institutions");
    const meta = transaction.objectStore("meta");
    if (!area.next_since) for (const key of await store.index("area").getAllKeys(area.code)) await store.delete(key);
    for (const id of data.gone ?? []) await store.delete(id);
    for (const row of data.institutions) await store.put({ ...row, area: area.code });
    const count = await store.index("area").count(area.code);
    const bytes = area.next_since ? Math.round((area.bytes ?? 0) / Math.max(area.count ?? 1, 1) * count) : size;
    const told = { ...area, next_since: data.next_since, at: now().toISOString(), count, bytes };
    const all = (await meta.get("areas")) ?? [];
    await meta.put(all.map((each) => (each.code === area.code ? told : each)), "areas");
  });
}
