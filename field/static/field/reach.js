// 导航 and 拨打: the way there in the phone's own map, and the number that is shown on asking.
import { waysTo } from "./datums.js";
import { el, put } from "./dom.js";
import { ask } from "./net.js";
import { sheet } from "./sheet.js";
import { t } from "./told.js";

const DOUBTFUL_M = 200;

export function going(institution) {
  if (institution.longitude === null) {
    sheet(t("go"), el("p", {}, institution.address), el("p", { className: "soft" }, t("no_position")));
    return;
  }
  const links = Object.entries(waysTo(institution)).map(([app, href]) =>
    el("a", { className: "button wide", href, rel: "noreferrer", target: app === "geo" ? null : "_blank", data: { app } }, t(app)));
  const doubt = institution.accuracy_m >= DOUBTFUL_M ? el("p", { className: "doubt" }, t("approximate", { m: Math.round(institution.accuracy_m) })) : null;
  sheet(t("which_app"), el("p", { className: "soft" }, institution.address), doubt, links);
}

export async function calling(institution) {
  const said = el("div", { role: "status" }, el("p", { className: "soft" }, t("phone_logged")));
  sheet(institution.name, said);
  if (!navigator.onLine) return put(said, el("p", {}, t("phone_offline")));
  const { status, data } = await ask("POST", `/api/v1/institutions/${institution.id}/phone/`);
  if (status === 0) return put(said, el("p", {}, t("phone_offline")));
  if (status !== 200) return put(said, el("p", {}, data?.message ?? t("phone_refused")));
  const numbers = data.numbers ?? [{ text: data.phone, tel: data.phone }];
  return put(said, el("p", { className: "soft" }, t("phone_logged")),
    numbers.map(({ text, tel }) => el("a", { className: "button primary wide", href: `tel:${tel}` }, t("dial", { number: text }))),
    numbers.length ? null : el("p", {}, t("no_phone")));
}
