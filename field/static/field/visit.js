// A visit while it is filled in, and what is sent of it. No page in here.
import { uuid } from "./digest.js";
import { dayOf, now } from "./net.js";

// Outcomes that a round may end with, by the licence status at survey (inspections/actions/evidence.py).
const OUTCOMES = {
  full: ["corrected", "closed"],
  registration_only: ["licensed", "closed", "corrected"],
  permit_only: ["licensed", "closed"],
  none: ["licensed", "closed"],
};
const LONGEST_TERM_DAYS = 3 * 365;
const LONG_AGO_MS = 3600_000;
const LOOKED_INSIDE = "inspected";

export function newDraft({ user, institution, found = null, partners = [] }) {
  const answers = {};
  for (const [code, answer] of Object.entries(institution.answers ?? {})) {
    answers[code] = answer === "problem" ? { was_problem: true } : { answer, from_last: true };
  }
  return {
    id: uuid(), user, institution, found, answers,
    purpose: institution.round ? "recheck" : institution.surveyed_on ? "routine" : "survey",
    happened_at: now().toISOString(),
    result: "", licence_status: "", put_right: {}, submit: false, outcome: "", registered_scope: "",
    position: null, order: false, due_on: "", inspectors: [user, ...partners], note: "", next_slot: 1,
  };
}

// Begun and not filled in yet: nothing in it but what the phone put there by itself.
export function isUntouched(draft) {
  const said = ({ id, happened_at, saved_at, position, ...rest }) => JSON.stringify(rest);
  return draft.position?.source !== "pin" && said(draft) === said(newDraft({ ...draft, partners: partnersOf(draft) }));
}

const partnersOf = ({ user, inspectors }) => inspectors.filter((each) => each !== user);

// It happens now and here, at an institution as it is known now.
export function beginAgain(draft, institution) {
  const { id, ...begun } = newDraft({ ...draft, institution, partners: partnersOf(draft) });
  Object.assign(draft, begun);
}

export function happensNow(draft) {
  draft.happened_at = now().toISOString();
  if (draft.position?.source !== "pin") draft.position = null;
}

export const happenedLongAgo = ({ happened_at }) => now() - Date.parse(happened_at) > LONG_AGO_MS;

export const roundOf = (draft) => draft.institution.round ?? null;
export const inRound = (draft, code) => Boolean(roundOf(draft)?.findings.some(({ type, put_right }) => type === code && !put_right));
export const outcomesOf = (draft) => OUTCOMES[draft.institution.licence_status] ?? OUTCOMES.full;
export const lookedInside = (draft) => draft.result === LOOKED_INSIDE;
export const somebodyThere = (draft) => draft.result !== "" && draft.result !== "no_access";
export const needsScope = (draft) => draft.submit && draft.outcome === "corrected" && draft.institution.licence_status === "registration_only";

export const itemsOf = (catalogue) => (catalogue?.groups ?? []).flatMap(({ items }) => items);

const answered = (draft, catalogue) =>
  (lookedInside(draft) ? itemsOf(catalogue) : [])
    .map((item) => ({ item, ...draft.answers[item.code] }))
    .filter(({ item, answer }) => answer && !inRound(draft, item.code));

export const problemsOf = (draft, catalogue) => answered(draft, catalogue).filter(({ answer }) => answer === "problem");

// Problems of the round that this visit has not found again: a photo may show how they look now.
export function beforeOf(draft, catalogue) {
  const again = new Set(problemsOf(draft, catalogue).map(({ item }) => item.code));
  const held = (roundOf(draft)?.findings ?? []).map(({ type }) => type).filter((code) => !again.has(code));
  return somebodyThere(draft) ? [...new Set(held)] : [];
}

// The usual term of the worst problem, from the day of the visit.
export function usualDue(draft, catalogue) {
  const [worst] = problemsOf(draft, catalogue).map(({ item }) => item).sort((one, other) => one.severity.localeCompare(other.severity));
  if (!worst) return null;
  return { severity: worst.severity, days: worst.days_to_put_right, on: dayAfter(dayOf(draft.happened_at), worst.days_to_put_right) };
}

export function dayAfter(day, days) {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date + days)).toISOString().slice(0, 10);
}

const markedPutRight = (draft) => (roundOf(draft)?.findings ?? []).filter(({ id }) => draft.put_right[id] === true).map(({ id }) => id);

// What is still missing, by the section of the form that it is in.
export function missing(draft, catalogue) {
  const lacks = [];
  if (!draft.result) lacks.push({ section: "result", text: "choose_result" });
  if (somebodyThere(draft) && draft.submit && !draft.outcome) lacks.push({ section: "earlier", text: "choose_outcome" });
  if (needsScope(draft) && !draft.registered_scope.trim()) lacks.push({ section: "earlier", text: "registered_scope_needed" });
  if (draft.order && draft.due_on && problemsOf(draft, catalogue).length) {
    const on = dayOf(draft.happened_at);
    if (draft.due_on < on) lacks.push({ section: "order", text: "due_wrong" });
    if (draft.due_on > dayAfter(on, LONGEST_TERM_DAYS)) lacks.push({ section: "order", text: "due_far" });
  }
  return lacks;
}

export function bodyOf(draft, photos, catalogue) {
  const problems = problemsOf(draft, catalogue);
  const codes = new Set([...problems.map(({ item }) => item.code), ...beforeOf(draft, catalogue)]);
  const there = somebodyThere(draft);
  const right = there ? markedPutRight(draft) : [];
  const submits = there && draft.submit && roundOf(draft)
    ? { rectification: roundOf(draft).id, outcome: draft.outcome, put_right: right, registered_scope: needsScope(draft) ? draft.registered_scope.trim() : "" }
    : null;
  const body = {
    institution: draft.institution.id,
    purpose: draft.purpose,
    result: draft.result,
    happened_at: draft.happened_at,
    inspectors: draft.inspectors,
    position: draft.position && { longitude: draft.position.longitude, latitude: draft.position.latitude, accuracy_m: draft.position.accuracy_m, datum: "wgs84" },
    findings: problems.map(({ item, note }) => ({ type: item.code, note: note ?? "" })),
    items: answered(draft, catalogue).map(({ item, answer }) => ({ type: item.code, answer })),
    order: draft.order && problems.length ? { due_on: draft.due_on || usualDue(draft, catalogue).on } : null,
    submits,
    put_right: submits ? [] : right,
    photos: photos.map(({ sha256, slot, taken_at, longitude, latitude, accuracy_m, finding }) => (
      { sha256, slot, taken_at, longitude, latitude, accuracy_m, finding: codes.has(finding) ? finding : null })),
    note: draft.note.trim(),
    licence_status: draft.licence_status,
  };
  if (draft.found) body.found = { ...draft.found, longitude: draft.position?.longitude ?? null, latitude: draft.position?.latitude ?? null, datum: "wgs84" };
  return body;
}
