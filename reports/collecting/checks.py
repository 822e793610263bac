"""Whether a collected report fits together, and with the one before: a sentence for each thing that does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from figures.statistics import FIGURE_NAMES, FIGURES, percent
from reports.figure_keys import PERCENT

Row = Mapping[str, Any]
# Figures that cannot fall, and the contradiction by which the sender explains that one did.
NEVER_LESS = {"surveyed": "base_shrank", "with_problems": "base_shrank", "rectified": "strike_off_disappeared"}


@dataclass(frozen=True)
class Doubt:
    """`blocks`: the report is not added up. Else it is said and no more."""

    says: str
    blocks: bool = True


def doubts(content: Row, last: Row | None, ours: Row | None, *, vouched: bool, demonstration: bool) -> list[Doubt]:
    """Everything that does not fit: within the report, with the `last` one of the division, and with what is counted
    here (`ours`)."""
    found = [Doubt(says) for says in within(content)]
    if content.get("synthetic") and not demonstration:
        found.append(Doubt(_("是演示数据，不是真实的报告")))
    if last is not None:
        found += against(content, last)
    if ours is not None:
        found += [Doubt(says, blocks=False) for says in _beside(content["total"], ours)]
    if not vouched:
        found.append(Doubt(_("没有摘要可以核对（文件名里的摘要被去掉了）"), blocks=False))
    return found


def within(content: Row) -> Iterator[str]:
    """What contradicts within one report: identities, parts and whole, printed rates, the flat list of figures."""
    yield from _row(_("合计"), content["total"])
    for name in ("townships", "licence_status", "finding_types"):
        for row in content[name]:
            yield from _row(row["name"], row)
    for name, words in (("townships", _("各下级辖区")), ("licence_status", _("各类证照情况"))):
        if content[name]:
            yield from _parts(words, content[name], content["total"])
    yield from _below(content)
    yield from _flat(content)
    yield from _text(content)


def _row(name: str, row: Row) -> Iterator[str]:
    said = {"of": name} | {figure: row[figure] for figure in FIGURES}
    if row["surveyed"] < row["with_problems"]:
        yield _("%(of)s：存在问题 %(with_problems)s 多于排摸总数 %(surveyed)s") % said
    if row["with_problems"] != row["rectified"] + row["outstanding"]:
        yield _("%(of)s：存在问题 %(with_problems)s 不等于已整改 %(rectified)s 加未完成 %(outstanding)s") % said
    if row["rectified"] != row["closed"] + row["licensed"] + row["corrected"]:
        yield (
            _("%(of)s：已整改 %(rectified)s 不等于取缔 %(closed)s、办理证照 %(licensed)s、其他 %(corrected)s 之和")
            % said
        )
    if row["overdue"] > row["outstanding"]:
        yield _("%(of)s：逾期 %(overdue)s 多于未完成 %(outstanding)s") % said
    printed = percent(row["rectified"], row["with_problems"])
    if row[PERCENT] != printed:
        yield (
            _("%(of)s：完成率写作 %(said)s，按 %(rectified)s ÷ %(with_problems)s 应为 %(printed)s")
            % {**said, "said": row[PERCENT][:20], "printed": printed}
        )


def _parts(words: str, rows: list[Row], total: Row) -> Iterator[str]:
    for figure in FIGURES:
        added = sum(row[figure] for row in rows)
        if added != total[figure]:
            said = {"parts": words, "figure": FIGURE_NAMES[figure], "added": added, "total": total[figure]}
            yield _("%(parts)s的%(figure)s相加为 %(added)s，合计写作 %(total)s") % said


def _below(content: Row) -> Iterator[str]:
    keys = [row["key"] for row in content["townships"]]
    strange = [key for key in keys if not key.startswith(content["division"])]
    if strange:
        yield _("下级辖区“%(key)s”不属于 %(division)s") % {"key": strange[0][:20], "division": content["division"]}
    if len(set(keys)) < len(keys):
        yield _("同一个下级辖区出现了两次")


def _flat(content: Row) -> Iterator[str]:
    """The list of figures by key, from which forms are filled, says the same as the tables."""
    tables = {"": ("", content["total"])} | {
        f"{prefix}{row['key']}.": (row["name"], row)
        for name, prefix in (("townships", ""), ("licence_status", ""), ("finding_types", "type."))
        for row in content[name]
    }
    flat = content["figures"]
    for prefix, (name, row) in tables.items():
        for figure in (*FIGURES, PERCENT):
            if flat.get(f"{prefix}{figure}") != row[figure]:
                said = [name[:40], str(FIGURE_NAMES.get(figure) or _("完成率"))]
                yield _("指标“%(key)s”与表中的数字不同") % {"key": " · ".join(filter(None, said))}
                return


def _text(content: Row) -> Iterator[str]:
    """A number in the text is its figure; one that was typed over says why."""
    for paragraph in content["paragraphs"]:
        for part in paragraph.get("parts", []):
            if not isinstance(part, dict) or part.get("figure") not in content["figures"]:
                continue
            value = content["figures"][part["figure"]]
            if part.get("value") != value:
                yield _("正文写作“%(said)s”，指标为“%(value)s”") % {"said": str(part.get("value"))[:20], "value": value}
            elif part.get("typed") is not None and not part.get("why"):
                yield _("正文把“%(value)s”改写作“%(typed)s”，没有说明") % {
                    "value": value,
                    "typed": str(part["typed"])[:20],
                }


def against(content: Row, last: Row) -> Iterator[Doubt]:
    """A base that shrank, strike-offs that disappeared since the last report; said only, where the sender explained."""
    explained = {
        each.get("code"): str(each.get("explained"))[:200]
        for each in content["contradictions"]
        if each.get("explained")
    }
    for figure, code in NEVER_LESS.items():
        was, now = last["total"][figure], content["total"][figure]
        if now < was:
            said = {"figure": FIGURE_NAMES[figure], "day": last["as_of"], "was": was, "now": now}
            says = _("%(figure)s从上次（截至%(day)s）的 %(was)s 减为 %(now)s") % said
            if code in explained:
                yield Doubt(_("%(says)s，已说明：%(why)s") % {"says": says, "why": explained[code]}, blocks=False)
            else:
                yield Doubt(says)


def _beside(total: Row, ours: Row) -> Iterator[str]:
    for figure in FIGURES:
        if total[figure] != ours[figure]:
            said = {"figure": FIGURE_NAMES[figure], "theirs": total[figure], "ours": ours[figure]}
            yield _("%(figure)s上报 %(theirs)s，本系统为 %(ours)s") % said
