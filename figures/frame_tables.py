"""The tables that analysts read as DataFrames, and what each of their columns says: the one place to add a column.

Their types are in `frames.py`. Every column says whether it is as of the day D, as known at the moment K ("then"), of
what is never rewritten ("kept"), or of today ("today"): only the last may change for the same D and K.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, UUIDField, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from figures.held import DEMANDING, served_at
from figures.ledger import state_at
from figures.standing import Standing, with_standing
from figures.statistics import FIGURE_NAMES, FIGURES
from inspections.models import Finding, FindingType, Outcome, Rectification, Severity, State, Visit
from institutions.models import (
    Category,
    InstitutionQuerySet,
    Licence,
    LicenceStatus,
    division_then,
    licence_now,
    licence_status_then,
    name_then,
    not_withdrawn,
    operating_address_then,
    scope_code_then,
    surveyed_on_then,
    whose,
)
from institutions.moments import Moment
from institutions.past import division_names
from institutions.positions import Datum, LocationSource

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "word", "whole", "number", "day", "moment", "yes"]
Of = Literal["then", "kept", "today"]
Words = Sequence[str] | Callable[[], Sequence[str]]
Source = str | Callable[[Moment], Any]


@dataclass(frozen=True)
class FrameColumn:
    """A column of a table: its name, its type, what it says with its unit.

    `source` is a field of the row, or makes an expression of the moment; None for what `Table.finish` works out of
    other columns. `words` are those that a "word" can be. `personal` is of a person: empty where it may not be seen.
    """

    name: str
    kind: Kind
    says: str | Promise
    source: Source | None = None
    of: Of = "then"
    words: Words = ()
    unit: str | Promise = ""
    personal: bool = False

    @property
    def known_words(self) -> list[str]:
        return list(self.words() if callable(self.words) else self.words)


@dataclass(frozen=True)
class Table:
    """`rows` are those of the registrations given, at the moment: of what was merged into another, too, by where itself
    lay, as the ledger has them. `finish` fills the columns without a source."""

    name: str
    says: str | Promise
    columns: Sequence[FrameColumn]
    rows: Callable[[InstitutionQuerySet, Moment], "QuerySet[Any]"]
    finish: Callable[["pd.DataFrame", Moment], None] = lambda frame, moment: None


# --- Institutions


def _institutions(here: InstitutionQuerySet, moment: Moment) -> "QuerySet[Any]":
    return with_standing(here.registered_at(moment), moment)


def _finish_institutions(frame: "pd.DataFrame", moment: Moment) -> None:
    """The figures, each a union of standings as in statistics.py; divisions by their names of the day."""
    for figure, standings in FIGURES.items():
        frame[figure] = frame["standing"].isin(standings)
    names = division_names(frame["division"].dropna().unique().tolist(), moment)
    frame["division_name"] = frame["division"].map(names).astype("string")


_FIGURE_COLUMNS = [
    FrameColumn(figure, "yes", format_lazy(_("计入“{figure}”；合计即该指标"), figure=name))
    for figure, name in FIGURE_NAMES.items()
]

INSTITUTIONS = Table(
    "institutions",
    _("一行一家：截至 D 日、以 K 时所知在册的培训机构，未排摸的也在内"),
    [
        FrameColumn("institution_id", "text", _("机构编号"), "pk", "kept"),
        FrameColumn("name", "text", _("当日名称"), name_then),
        FrameColumn("signboard_name", "text", _("招牌名称"), "signboard_name", "today"),
        FrameColumn("credit_code", "text", _("统一社会信用代码"), "credit_code", "today"),
        FrameColumn("division", "text", _("当日所在区划的代码"), division_then),
        FrameColumn("division_name", "text", _("该区划当日的名称")),
        FrameColumn("scope_code", "text", _("当日所在地的十二位代码；前六位是县，前九位是乡镇"), scope_code_then),
        FrameColumn("operating_address", "text", _("当日办学地址"), operating_address_then),
        FrameColumn("registered_address", "text", _("注册地址"), "registered_address", "today"),
        FrameColumn("longitude", "number", _("经度，WGS-84"), "longitude", "today", unit=_("度")),
        FrameColumn("latitude", "number", _("纬度，WGS-84"), "latitude", "today", unit=_("度")),
        FrameColumn("datum", "word", _("原坐标系"), "datum", "today", Datum.values),
        FrameColumn("location_source", "word", _("位置来源"), "location_source", "today", LocationSource.values),
        FrameColumn("location_accuracy_m", "number", _("位置精度"), "location_accuracy_m", "today", unit=_("米")),
        FrameColumn("category", "word", _("类别"), "category", "today", Category.values),
        FrameColumn("principal", "text", _("负责人；无权查看处为空"), "principal", "today", personal=True),
        FrameColumn("phone", "text", _("联系电话；无权查看处为空"), "phone", "today", personal=True),
        FrameColumn("learners", "whole", _("学生人数"), "learners", "today", unit=_("人")),
        FrameColumn("teachers", "whole", _("教师人数"), "teachers", "today", unit=_("人")),
        FrameColumn("area_m2", "number", _("面积"), "area_m2", "today", unit=_("平方米")),
        FrameColumn("recorded_at", "moment", _("登记时间"), "recorded_at", "kept"),
        FrameColumn("surveyed_on", "day", _("排摸日期；尚未排摸的为空"), surveyed_on_then),
        FrameColumn("licence_status", "word", _("排摸时证照情况"), licence_status_then, words=LicenceStatus.values),
        FrameColumn("licence_now", "word", _("当日有效证照的情况"), licence_now, words=LicenceStatus.values),
        FrameColumn("standing", "word", _("当日处于哪一步"), "standing", words=Standing.values),
        *_FIGURE_COLUMNS,
    ],
    _institutions,
    _finish_institutions,
)


# --- Rounds


def _counted(key: str) -> Callable[[Moment], Subquery]:
    """The id of a round that counted at the moment: one that was voided, or ordered later, was none then."""
    return lambda moment: Subquery(
        Rectification.objects.counted_at(moment).filter(pk=OuterRef(key)).order_by().values("pk")[:1]
    )


def _held_in(moment: Moment) -> Coalesce:
    """The id of the round that held a finding at the moment."""
    counted = Rectification.objects.counted_at(moment).values("pk")
    of_visit = served_at(moment).filter(visit=OuterRef("visit"), rectification__in=counted)
    sheets = DEMANDING.filter(rectification=OuterRef("rectification"), visit=OuterRef("visit"))
    joined = Case(When(~Exists(sheets), then=_counted("rectification")(moment)))
    return Coalesce(Subquery(of_visit.values("rectification")[:1]), joined, output_field=UUIDField())


def _when_verified(field: str) -> Callable[[Moment], Case]:
    """What the strike-off says, where there was one at the moment."""
    return lambda moment: Case(
        When(Q(verified_on__lte=moment.on, verified_recorded_at__lte=moment.known_at), then=F(field))
    )


def _finish_rounds(frame: "pd.DataFrame", moment: Moment) -> None:
    import pandas as pd

    frame["is_open"] = frame["verified_on"].isna()
    frame["is_overdue"] = frame["is_open"] & (frame["due_on"] < pd.Timestamp(moment.on))


def _institution(moment: Moment) -> Any:
    """Of what was merged, as known then, the one that stays: the row of the table of institutions."""
    return whose("institution_id", moment)


ROUNDS = Table(
    "rounds",
    _("一行一轮整改：截至 D 日已责令、以 K 时所知未作废"),
    [
        FrameColumn("round_id", "text", _("整改编号"), "pk", "kept"),
        FrameColumn("institution_id", "text", _("机构编号"), _institution),
        FrameColumn("number", "text", _("通知书编号"), "number", "kept"),
        FrameColumn("round_no", "whole", _("该机构的第几轮"), "round_no", "kept"),
        FrameColumn("ordered_on", "day", _("责令日期"), "ordered_on", "kept"),
        FrameColumn("ordered_recorded_at", "moment", _("责令登记时间"), "ordered_recorded_at", "kept"),
        FrameColumn("first_due_on", "day", _("责令时所定期限"), "first_due_on", "kept"),
        FrameColumn("due_on", "day", _("当日的期限：责令与未完成的补充通知中最早的"), "due_at_moment"),
        FrameColumn(
            "state", "word", _("当日状态"), state_at, words=[each for each in State.values if each != "voided"]
        ),
        FrameColumn("verified_on", "day", _("销号日期；当日未销号的为空"), _when_verified("verified_on")),
        FrameColumn("verified_recorded_at", "moment", _("销号登记时间"), _when_verified("verified_recorded_at")),
        FrameColumn(
            "outcome", "word", _("整改结果；当日未销号的为空"), _when_verified("outcome"), words=Outcome.values
        ),
        FrameColumn("is_open", "yes", _("当日未销号；已提交、已退回的也算")),
        FrameColumn("is_overdue", "yes", _("当日未销号且期限已过；期限当日不算")),
    ],
    lambda here, moment: (
        Rectification.objects.counted_at(moment).filter(institution__in=here.values("pk")).with_due_at(moment)
    ),
    _finish_rounds,
)


# --- Visits and what they found


def _codes() -> list[str]:
    return list(FindingType.objects.order_by("code").values_list("code", flat=True))


def _known_visits(here: InstitutionQuerySet, moment: Moment) -> "QuerySet[Visit]":
    return Visit.objects.known_at(moment).filter(institution__in=here.values("pk"))


VISITS = Table(
    "visits",
    _("一行一次走访：截至 D 日发生、以 K 时所知未撤回"),
    [
        FrameColumn("visit_id", "text", _("走访编号"), "pk", "kept"),
        FrameColumn("institution_id", "text", _("机构编号"), _institution),
        FrameColumn("round_id", "text", _("所查整改的编号；其已作废或当时未知的为空"), _counted("rectification")),
        FrameColumn("purpose", "word", _("检查类型"), "purpose", "kept", Visit.Purpose.values),
        FrameColumn("result", "word", _("现场情况"), "result", "kept", Visit.Result.values),
        FrameColumn("happened_on", "day", _("检查日期"), "happened_on", "kept"),
        FrameColumn("happened_at", "moment", _("检查时间"), "happened_at", "kept"),
        FrameColumn("recorded_at", "moment", _("登记时间"), "recorded_at", "kept"),
        FrameColumn("longitude", "number", _("检查时定位的经度，WGS-84"), "longitude", "kept", unit=_("度")),
        FrameColumn("latitude", "number", _("检查时定位的纬度，WGS-84"), "latitude", "kept", unit=_("度")),
        FrameColumn("accuracy_m", "number", _("定位精度"), "accuracy_m", "kept", unit=_("米")),
        FrameColumn("distance_m", "number", _("距当时登记的地点"), "distance_m", "kept", unit=_("米")),
    ],
    _known_visits,
)

FINDINGS = Table(
    "findings",
    _("一行一项问题：走访表中的走访所发现"),
    [
        FrameColumn("finding_id", "whole", _("问题编号"), "pk", "kept"),
        FrameColumn("visit_id", "text", _("走访编号"), "visit_id", "kept"),
        FrameColumn("institution_id", "text", _("机构编号"), lambda moment: whose("visit__institution_id", moment)),
        FrameColumn("round_id", "text", _("须在哪一轮整改；其已作废或当时未知的为空"), _held_in),
        FrameColumn("happened_on", "day", _("检查日期"), "visit__happened_on", "kept"),
        FrameColumn("type", "word", _("问题代码"), "type_id", "kept", _codes),
        FrameColumn("type_name", "text", _("问题目录中的名称"), "type__name_zh", "today"),
        FrameColumn("severity", "word", _("问题目录中的程度，A 最重"), "type__severity", "today", Severity.values),
    ],
    lambda here, moment: Finding.objects.filter(visit__in=_known_visits(here, moment).order_by().values("pk")),
)


# --- Licences


def _valid(moment: Moment) -> Exists:
    return Exists(Licence.objects.valid_at(moment).filter(pk=OuterRef("pk")))


def _when_revoked(moment: Moment) -> Case:
    return Case(When(revoked_on__lte=moment.on, revoked_recorded_at__lte=moment.known_at, then=F("revoked_on")))


LICENCES = Table(
    "licences",
    _("一行一件证照：截至 D 日已起效、以 K 时所知在档未撤回，失效的也在内"),
    [
        FrameColumn("licence_id", "whole", _("证照编号"), "pk", "kept"),
        FrameColumn("institution_id", "text", _("机构编号"), _institution),
        FrameColumn("kind", "word", _("种类：办学许可证，或执照、登记证"), "kind", "kept", Licence.Kind.values),
        FrameColumn("number", "text", _("证号"), "number", "kept"),
        FrameColumn("issued_by", "text", _("发证机关"), "issued_by", "kept"),
        FrameColumn("valid_from", "day", _("有效期自"), "valid_from", "kept"),
        FrameColumn("valid_to", "day", _("有效期至，含当日；长期的为空"), "valid_to", "kept"),
        FrameColumn("revoked_on", "day", _("吊销或注销日期；当日未吊销的为空"), _when_revoked),
        FrameColumn("is_valid", "yes", _("当日有效"), _valid),
    ],
    lambda here, moment: Licence.objects.filter(
        not_withdrawn(moment),
        institution__in=here.values("pk"),
        valid_from__lte=moment.on,
        recorded_at__lte=moment.known_at,
    ),
)

TABLES: dict[str, Table] = {each.name: each for each in (INSTITUTIONS, VISITS, FINDINGS, ROUNDS, LICENCES)}
