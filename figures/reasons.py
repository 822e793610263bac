"""Why an institution is in a figure at one moment and not at the other: the reasons, and which of them it is.

What changed comes first (counted at all; with problems; rectified; outcome; overdue), then whether it had changed
already as of the earlier day, as known at the later moment: if so, something became known late or was taken back; if
not, it happened in between. Within each change every figure goes one way, so a number is the length of its list.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from figures.on_file import File, Round, by, on_file
from figures.places import Divisions
from figures.standing import Standing
from inspections.models import RectificationEvent
from institutions.models import Merge
from institutions.moments import Moment

NOT_COUNTED = ""  # where an institution stands that is in no figure of the division
OPEN = frozenset({Standing.OPEN.value, Standing.OVERDUE.value})
RECTIFIED = frozenset({Standing.CLOSED.value, Standing.LICENSED.value, Standing.CORRECTED.value})
PROBLEMS = OPEN | RECTIFIED

REASONS = {
    "newly_surveyed": _("新排摸"),
    "surveyed_late": _("迟报的排摸"),
    "survey_by_merge": _("合并后沿用被并入登记的排摸"),
    "taken_apart": _("合并拆分后重新计入"),
    "moved_in": _("迁入"),
    "moved_in_late": _("迟报或更正的迁入"),
    "newly_found": _("新发现问题"),
    "found_late": _("迟报的责令整改"),
    "found_by_merge": _("合并带入的整改"),
    "rectified_closed": _("新整改（取缔）"),
    "rectified_licensed": _("新整改（办理证照）"),
    "rectified_corrected": _("新整改（其他）"),
    "rectified_late": _("迟报的销号"),
    "rectified_by_void": _("未完成的一轮作废，恢复为已整改"),
    "rectified_by_parting": _("合并拆分后恢复为已整改"),
    "rebound": _("反弹"),
    "rebound_late": _("迟报的再次责令"),
    "rebound_by_merge": _("合并带入未完成的整改"),
    "again_closed": _("再次整改（取缔）"),
    "again_licensed": _("再次整改（办理证照）"),
    "again_corrected": _("再次整改（其他）"),
    "outcome_closed": _("补登、合并或拆分后改计取缔"),
    "outcome_licensed": _("补登、合并或拆分后改计办理证照"),
    "outcome_corrected": _("补登、合并或拆分后改计整改完成（其他）"),
    "became_overdue": _("转为逾期"),
    "overdue_late": _("补登、合并或更正后计为逾期"),
    "extended": _("延期，不再逾期"),
    "notice_settled": _("补充通知整改到位或撤回，不再逾期"),
    "other_round": _("逾期的一轮已结束，另有一轮未到期"),
    "voided": _("作废的整改"),
    "problems_parted": _("合并拆分后不再有问题"),
    "merged": _("合并"),
    "registration_withdrawn": _("撤销登记"),
    "import_undone": _("撤销导入"),
    "survey_withdrawn": _("撤回排摸"),
    "visit_withdrawn": _("撤回走访，排摸不再计入"),
    "survey_parted": _("合并拆分后不再有排摸"),
    "moved_out": _("迁出"),
    "moved_out_late": _("迟报或更正的迁出"),
    "moved_within": _("辖区内迁址"),
    "status_changed": _("排摸时证照情况更正"),
}


class Reason(NamedTuple):
    """`happened_on` and `known_at` of what made the change; None where nothing but the calendar did, or it has no
    day."""

    code: str
    happened_on: date | None = None
    known_at: datetime | None = None


class Stood(NamedTuple):
    """Where an institution stands at a moment in a division: in which part of it, surveyed as what."""

    standing: str  # NOT_COUNTED where it is in no figure there
    part: str
    licence_status: str


class Reasons:
    """Which reason it was, for some hundred institutions at a time."""

    def __init__(self, divisions: Divisions, earlier: Moment, later: Moment):
        self.divisions, self.earlier, self.later = divisions, earlier, later
        self.between = Moment(earlier.on, later.known_at)

    def of(self, changes: Mapping[UUID, tuple[Stood, Stood]]) -> dict[UUID, Reason]:
        """The reason of each institution, by where it stood at both moments. So many queries for many as for few."""
        files = on_file(list(changes), self.divisions, self.earlier, self.later)
        return {pk: self._reason(files[pk], *stood) for pk, stood in changes.items()}

    # --- Which reason

    def _reason(self, file: File, was: Stood, now: Stood) -> Reason:
        if was.standing == NOT_COUNTED:
            return self._entered(file)
        if now.standing == NOT_COUNTED:
            return self._left(file)
        if was.standing == now.standing:
            return self._moved(file, "moved_within") if was.part != now.part else self._surveyed_as(file)
        if was.standing not in PROBLEMS:
            return self._found(file)
        if now.standing not in PROBLEMS:
            return self._cleared(file)
        if was.standing in OPEN and now.standing in RECTIFIED:
            return self._rectified(file, now.standing)
        if was.standing in RECTIFIED and now.standing in OPEN:
            return self._rebounded(file)
        if now.standing in RECTIFIED:
            return self._ended_otherwise(file, now.standing)
        return self._overdue(file) if now.standing == Standing.OVERDUE else self._no_more_overdue(file)

    def _entered(self, file: File) -> Reason:
        if not file.seen:
            return self._survey(file, "newly_surveyed")
        if not file.there:
            return self._moved(file, "moved_in")
        if not file.kept_earlier:
            return Reason("taken_apart", None, self._last(merge.ended_at for merge in file.merged))
        if file.seen_earlier:
            return self._moved(file, "moved_in_late")
        recorded_at, merged_at = file.own_survey_recorded_at, [each.recorded_at for each in file.merges]
        if by(recorded_at, self.later.known_at):  # it came with the merge that was recorded when it was, or with none
            merged_at = [each for each in merged_at if each == recorded_at]
        if known_at := self._last(merged_at):
            return Reason("survey_by_merge", file.surveyed_on, known_at)
        return self._survey(file, "surveyed_late")

    def _left(self, file: File) -> Reason:
        if known := self._last(merge.recorded_at for merge in file.merged if self._merged(merge, self.later)):
            return Reason("merged", None, known)
        if by(file.withdrawn_at, self.later.known_at):
            undone = file.withdrawn_at in file.undone
            return Reason("import_undone" if undone else "registration_withdrawn", None, file.withdrawn_at)
        if not file.seen:
            return self._survey_gone(file)
        return self._moved(file, "moved_out" if file.there else "moved_out_late")

    def _survey_gone(self, file: File) -> Reason:
        gone = [each for each in file.surveys if self._new(each.withdrawn_at)]
        parted = self._last(merge.ended_at for merge in file.merges)
        if not gone:  # it was that of a registration which has been taken apart from it
            return Reason("survey_parted", None, parted)
        last = max(gone, key=lambda each: each.withdrawn_at)
        known = last.withdrawn_at
        if parted == known:
            return Reason("survey_parted", None, parted)
        code = "import_undone" if known in file.undone else "survey_withdrawn"
        return Reason("visit_withdrawn" if known in file.visits_withdrawn - file.undone else code, None, known)

    def _found(self, file: File) -> Reason:
        before = self._counted(file, self.between)
        if not before:
            first = min(self._counted(file, self.later), key=lambda each: (each.ordered_on, each.ordered_recorded_at))
            return Reason("newly_found", first.ordered_on, first.ordered_recorded_at)
        return self._known_since(file, before, "found_late", "found_by_merge")

    def _rebounded(self, file: File) -> Reason:
        still_open = [each for each in self._counted(file, self.between) if not each.ended(self.between)]
        if not still_open:
            open_now = [each for each in self._counted(file, self.later) if not each.ended(self.later)]
            first = min(open_now, key=lambda each: (each.ordered_on, each.ordered_recorded_at))
            return Reason("rebound", first.ordered_on, first.ordered_recorded_at)
        return self._known_since(file, still_open, "rebound_late", "rebound_by_merge")

    def _known_since(self, file: File, rounds: list[Round], late: str, by_merge: str) -> Reason:
        """Rounds of before that were not known then, or were another registration's."""
        if recorded := [each for each in rounds if each.ordered_recorded_at > self.earlier.known_at]:
            first = min(recorded, key=lambda each: (each.ordered_on, each.ordered_recorded_at))
            return Reason(late, first.ordered_on, first.ordered_recorded_at)
        first = min(rounds, key=lambda each: each.ordered_on)
        brought = (merge.recorded_at for merge in file.merges if merge.merged_id == first.institution_id)
        return Reason(by_merge, first.ordered_on, self._last(brought))

    def _rectified(self, file: File, outcome: str) -> Reason:
        if file.by_rounds not in RECTIFIED:
            last = max(self._counted(file, self.later), key=lambda each: (each.verified_on, each.verified_recorded_at))
            return Reason(f"rectified_{outcome}", last.verified_on, last.verified_recorded_at)
        were_open = [each for each in self._counted(file, self.earlier) if not each.ended(self.earlier)]
        if late := next((each for each in were_open if each.ended(self.between)), None):
            return Reason("rectified_late", late.verified_on, late.verified_recorded_at)
        if voided := self._last(each.voided_at for each in were_open):
            return Reason("rectified_by_void", None, voided)
        return Reason("rectified_by_parting", None, self._last(merge.ended_at for merge in file.merges))

    def _ended_otherwise(self, file: File, outcome: str) -> Reason:
        last = max(self._counted(file, self.later), key=lambda each: (each.verified_on, each.verified_recorded_at))
        code = f"outcome_{outcome}" if file.by_rounds == outcome else f"again_{outcome}"
        return Reason(code, last.verified_on, last.verified_recorded_at)

    def _overdue(self, file: File) -> Reason:
        return Reason("overdue_late" if file.by_rounds == Standing.OVERDUE else "became_overdue")

    def _no_more_overdue(self, file: File) -> Reason:
        open_now = {each.pk for each in self._counted(file, self.later) if not each.ended(self.later)}
        before = {each.pk for each in self._counted(file, self.earlier)}
        stayed = [each for each in file.events if each.rectification_id in open_now & before]
        since = [each for each in stayed if self._happened(each)]
        kinds = RectificationEvent.Kind
        for code, told in (
            ("extended", [kinds.EXTENDED]),
            ("notice_settled", [kinds.FULFILLED, kinds.WITHDRAWN]),
        ):
            if some := [each for each in since if each.kind in told]:
                last = max(some, key=lambda each: each.recorded_at)
                return Reason(code, last.happened_on, last.recorded_at)
        return Reason("other_round")

    def _cleared(self, file: File) -> Reason:
        were = self._counted(file, self.earlier)
        if voided := self._last(each.voided_at for each in were):
            return Reason("import_undone" if voided in file.undone else "voided", None, voided)
        return Reason("problems_parted", None, self._last(merge.ended_at for merge in file.merges))

    def _surveyed_as(self, file: File) -> Reason:
        known: list[datetime | None] = [each.withdrawn_at for each in file.surveys]
        known += [when for merge in file.merges for when in (merge.recorded_at, merge.ended_at)]
        return Reason("status_changed", file.surveyed_on, self._last(known))

    def _survey(self, file: File, code: str) -> Reason:
        _on, recorded_at = next(
            (each for each in self._surveys(file) if each[0] == file.surveyed_on), (None, None)
        )  # of a survey that came with a merge nothing is on file here but its day
        return Reason(code, file.surveyed_on, recorded_at)

    def _surveys(self, file: File) -> list[tuple[date | None, datetime | None]]:
        later = self.later.known_at
        own = [(file.own_surveyed_on, file.own_survey_recorded_at)] if by(file.own_survey_recorded_at, later) else []
        gone = [each for each in file.surveys if each.surveyed_recorded_at <= later < each.withdrawn_at]
        return own + [(each.surveyed_on, each.surveyed_recorded_at) for each in gone]

    def _moved(self, file: File, code: str) -> Reason:
        """By the place where it is then, if that is a new one; else by one that was taken back."""
        known = [each for each in file.places if each.recorded_at <= self.later.known_at]
        known = [each for each in known if not by(each.withdrawn_at, self.later.known_at)]
        begun = [each for each in known if each.from_on <= self.later.on]
        last = max(begun, key=lambda each: (each.from_on, each.recorded_at, each.pk))  # the first is of every day
        if last.from_on > self.earlier.on or self._new(last.recorded_at):
            return Reason(code, last.from_on, last.recorded_at)
        return Reason(code, None, self._last(each.withdrawn_at for each in file.places))

    def _counted(self, file: File, moment: Moment) -> list[Round]:
        """Its rounds at the moment, with those of what was merged into it as known then."""
        apart = {merge.merged_id for merge in file.merges}
        apart -= {merge.merged_id for merge in file.merges if self._merged(merge, moment)}
        return [each for each in file.rounds if each.institution_id not in apart and each.counts(moment)]

    def _merged(self, merge: Merge, moment: Moment) -> bool:
        return merge.recorded_at <= moment.known_at and not by(merge.ended_at, moment.known_at)

    def _new(self, when: datetime) -> bool:
        return self.earlier.known_at < when <= self.later.known_at

    def _happened(self, event: RectificationEvent) -> bool:
        """In between, or before and known only since."""
        known = event.happened_on <= self.later.on and event.recorded_at <= self.later.known_at
        return known and (event.happened_on > self.earlier.on or event.recorded_at > self.earlier.known_at)

    def _last(self, when: Iterable[datetime | None]) -> datetime | None:
        """The last of those that became known in between."""
        return max((each for each in when if each is not None and self._new(each)), default=None)
