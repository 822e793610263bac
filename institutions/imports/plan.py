"""What each row of a register would do: the plan that is shown is the plan that is committed, row for row."""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from institutions.imports import cells
from institutions.imports.cells import BadCell
from institutions.imports.package import UnreadableFile
from institutions.imports.workbook import Cells
from institutions.models import Division, Institution, Licence
from institutions.moments import today
from institutions.positions import Datum, to_wgs84

# Headers by vocabulary; the first name is the one used in messages.
HEADERS: dict[str, tuple[str, ...]] = {
    "name": ("机构名称", "培训机构名称", "学校名称", "单位名称", "名称"),
    "signboard_name": ("招牌名称", "门头名称"),
    "operating_address": ("办学地址", "办学地点", "详细地址", "实际经营地址", "地址"),
    "registered_address": ("注册地址", "登记地址"),
    "principal": ("负责人", "校长", "法定代表人", "举办者"),
    "permit": ("办学许可证号", "许可证编号", "办学许可证"),
    "permit_period": ("许可证有效期", "办学许可证有效期", "有效期"),
    "permit_from": ("许可证有效期自", "发证日期"),
    "permit_to": ("许可证有效期至", "有效期至"),
    "registration_from": ("登记证照日期", "营业执照日期", "成立日期"),
    "credit_code": ("统一社会信用代码", "信用代码"),
    "township": ("乡镇(街道)", "镇街", "所属街道", "乡镇街道", "乡镇"),
    "phone": ("联系电话", "电话", "手机"),
    "longitude": ("经度",),
    "latitude": ("纬度",),
    "licence_status": ("证照情况",),
    "surveyed_on": ("排摸日期", "检查日期"),
    "learners": ("学生人数", "学生数", "在读人数"),
    "teachers": ("教师人数", "教师数"),
    "area_m2": ("面积(平方米)", "面积", "建筑面积"),
    "serial": ("序号",),
}
SUMMARY_WORDS = ("合计", "小计", "总计", "备注", "说明", "注:", "填表人")
HEADER_WITHIN = 20
FAR_DEGREES = 1.0
OTHER_COUNTIES = ("鹿城区", "龙湾区", "瓯海区", "洞头区", "永嘉县", "平阳县", "苍南县", "文成县", "泰顺县", "瑞安市",
                  "龙港市",                   "黄岩区", "温岭市", "玉环市", "玉环县")  # fmt: skip


@dataclass(frozen=True)
class Remark:
    """Something about a row: where, what was received, what is accepted."""

    row: int
    column: str
    message: str
    received: str

    def __str__(self) -> str:
        return f"第{self.row}行 {self.column}:{self.message}"

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "message": str(self), "received": self.received}


@dataclass
class PlannedRow:
    """One row and what it would do: new, changed (old → new by column) or unchanged."""

    row: int
    original: dict[str, str]
    columns: dict[str, Any]
    licences: list[dict[str, Any]]
    institution: Institution | None = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        if self.institution is None:
            return "new"
        return "changed" if self.changes or self.licences else "unchanged"


@dataclass
class Plan:
    """All rows of a file and everything that is wrong or odd about them."""

    division: Division
    header: list[str]
    rows: list[PlannedRow] = field(default_factory=list)
    errors: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    duplicates: list[Remark] = field(default_factory=list)

    def count(self, kind: str) -> int:
        return sum(1 for row in self.rows if row.kind == kind)

    def as_json(self, batch: str | None) -> dict[str, Any]:
        return {
            "batch": batch,
            "rows": len(self.rows) + len({remark.row for remark in self.errors}),
            "new": self.count("new"),
            "changed": self.count("changed"),
            "unchanged": self.count("unchanged"),
            "duplicates": [remark.as_json() for remark in self.duplicates],
            "warnings": [remark.as_json() for remark in self.warnings],
            "errors": [remark.as_json() for remark in self.errors],
        }


def make_plan(sheet: Cells, division: Division, datum: str = Datum.WGS84) -> Plan:
    """Plan the rows of a sheet for a county. Raises UnreadableFile when no header is found.

    `datum` is that of the file's longitudes and latitudes.
    """
    return _Planner(sheet, division, datum).plan


class _Planner:
    def __init__(self, sheet: Cells, division: Division, datum: str):
        self.division, self.datum = division, datum
        self.header_row, self.places = find_header(sheet)
        self.plan = Plan(division, [cells.text(cell) for cell in sheet[self.header_row]])
        self.seen: dict[tuple[str, str], int] = {}
        for number, row in enumerate(sheet[self.header_row + 1 :], start=self.header_row + 2):
            if not self._is_summary(row):
                self._plan_row(number, row)
        if not self.plan.rows and not self.plan.errors:
            raise UnreadableFile("表头下面没有任何机构。")

    def _is_summary(self, row: list[Any]) -> bool:
        """Empty, numbered but empty, a repeated header, 合计 and notes."""
        texts = [cells.text(cell) for cell in row]
        filled = [text for place, text in enumerate(texts) if text and place != self.places.get("serial")]
        if not filled or any(text.startswith(SUMMARY_WORDS) for text in (texts[0], filled[0])):
            return True
        name = self.places["name"]
        return name < len(texts) and texts[name] in HEADERS["name"]

    def _plan_row(self, number: int, row: list[Any]) -> None:
        reader = _Row(self, number, row)
        columns, licences = reader.read()
        if reader.failed:
            return
        planned = PlannedRow(number, reader.original(), columns, licences)
        self._match(planned, reader)
        if not reader.failed:
            self.plan.rows.append(planned)

    def _match(self, planned: PlannedRow, reader: "_Row") -> None:
        """Same credit code or permit: the same institution. Same name in the township: a person decides."""
        columns = planned.columns
        permit = next((each["number"] for each in planned.licences if each["kind"] == Licence.Kind.PERMIT), "")
        keys = [("统一社会信用代码", columns.get("credit_code", "")), ("办学许可证号", permit)]
        keys.append(("机构名称", f"{cells.normal_name(columns['name'])}|{columns['division'].pk}"))
        for title, value in keys:
            if value and self.seen.setdefault((title, value), planned.row) != planned.row:
                reader.error(title, f"与第{self.seen[title, value]}行重复", value.split("|")[0])
        found = self._on_file.get(("code", columns.get("credit_code", ""))) or self._on_file.get(("permit", permit))
        alike = self._on_file.get(("name", keys[-1][1]))
        if found is None and alike is not None:
            if not columns.get("credit_code") or not alike.credit_code:
                found = alike if alike.operating_address == columns.get("operating_address") else None
            if found is None:
                message = (
                    f"与已登记的“{alike.name}”({alike.operating_address or '无地址'})同名同乡镇,请人工判断是否同一家"
                )
                self.plan.duplicates.append(Remark(planned.row, "机构名称", message, columns["name"]))
        if found is not None:
            planned.institution = found
            self._compare(planned)

    def _compare(self, planned: PlannedRow) -> None:
        found = planned.institution
        assert found is not None
        for column, value in planned.columns.items():
            if column == "datum":  # goes with the position
                continue
            old = getattr(found, column)
            if value not in ("", None) and old != value and not _same_number(old, value):
                planned.changes[column] = (old, value)
        on_file = {(each.kind, each.number) for each in found.licences.all()}
        planned.licences = [each for each in planned.licences if (each["kind"], each["number"]) not in on_file]

    @cached_property
    def _on_file(self) -> dict[tuple[str, str], Institution]:
        """Institutions of the county by credit code, permit number and normal name with township."""
        found: dict[tuple[str, str], Institution] = {}
        here = Institution.objects.in_division(self.division.pk).filter(
            merged_into__isnull=True, withdrawn_at__isnull=True
        )
        for each in here.select_related("division").prefetch_related("licences").order_by("pk"):
            found.setdefault(("name", f"{cells.normal_name(each.name)}|{each.division_id}"), each)
            if each.credit_code:
                found.setdefault(("code", each.credit_code), each)
            for licence in each.licences.all():
                if licence.kind == Licence.Kind.PERMIT:
                    found.setdefault(("permit", licence.number), each)
        return found

    @cached_property
    def townships(self) -> dict[str, Division]:
        return {each.name: each for each in Division.objects.children_of(self.division.pk)}

    @cached_property
    def villages(self) -> dict[str, str]:
        """Village and community names that occur in one township only -> township code."""
        found: dict[str, set[str]] = {}
        with (Path(__file__).resolve().parent.parent / "data" / "yueqing_villages.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                name = row["name"].removesuffix("委会").removesuffix("居委会")
                found.setdefault(name, set()).add(row["township_code12"][:9])
        return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}


class _Row:
    """Reads one row column by column; every error of the row is told, not only the first."""

    def __init__(self, planner: _Planner, number: int, row: list[Any]):
        self.planner, self.number, self.row = planner, number, row
        self.failed = False

    def cell(self, key: str) -> Any:
        place = self.planner.places.get(key)
        return self.row[place] if place is not None and place < len(self.row) else ""

    def original(self) -> dict[str, str]:
        """The cells as they came, by header; an ID-card number never gets this far."""
        return {title: str(cell) for title, cell in zip(self.planner.plan.header, self.row, strict=False) if title}

    def error(self, title: str, message: str, received: Any = "") -> None:
        self.failed = True
        self.planner.plan.errors.append(Remark(self.number, title, message, str(received)[:60]))

    def warn(self, title: str, message: str, received: Any = "") -> None:
        if message:
            self.planner.plan.warnings.append(Remark(self.number, title, message, str(received)[:60]))

    def take(self, key: str, clean: Callable[[Any], Any], empty: Any = "") -> Any:
        try:
            return clean(self.cell(key))
        except BadCell as problem:
            hidden = "身份证号" in str(problem)
            self.error(HEADERS[key][0], str(problem), "" if hidden else self.cell(key))
            return empty

    def read(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        columns: dict[str, Any] = {"name": self.take("name", cells.text)}
        if not columns["name"]:
            self.error("机构名称", "没有填写")
        for key in ("signboard_name", "operating_address", "registered_address"):
            columns[key] = self.take(key, cells.text)
        for key, most in (
            ("name", 120),
            ("signboard_name", 120),
            ("operating_address", 200),
            ("registered_address", 200),
        ):
            if len(columns[key]) > most:
                self.error(HEADERS[key][0], f"超过 {most} 个字", columns[key])
        columns["principal"] = self.take("principal", cells.person)[:50]
        columns["phone"] = self.take("phone", cells.phones)[:60]
        columns["credit_code"], odd = self.take("credit_code", cells.credit_code, ("", ""))
        self.warn("统一社会信用代码", odd, columns["credit_code"])
        for key in ("learners", "teachers", "area_m2"):
            columns[key] = self.take(key, cells.number, None)
        for key in ("learners", "teachers"):
            columns[key] = None if columns[key] is None else int(columns[key])
        columns["division"] = self._township(columns["operating_address"])
        columns |= self._survey()
        columns |= self._position(columns["division"])
        return columns, self._licences(columns)

    def _township(self, address: str) -> Division | None:
        """The township column, else the longest township name in the address, else a village name in it."""
        named, known = cells.text(self.cell("township")), self.planner.townships
        if named:
            found = known.get(named) or next(
                (
                    each
                    for name, each in known.items()
                    if name[:-1] == named.rstrip("镇乡") or name.removesuffix("街道") == named
                ),
                None,
            )
            if found is None:
                self.error(
                    "乡镇(街道)",
                    f"“{named[:20]}”不是{self.planner.division.name}的乡镇(街道),例:{next(iter(known), '')}",
                    named,
                )
            return found
        rest = address.replace("浙江省", "").replace("温州市", "").replace(self.planner.division.name, "")
        if other := next(
            (name for name in OTHER_COUNTIES if name in rest and name != self.planner.division.name), None
        ):
            self.error("办学地址", f"地址在{other},不在{self.planner.division.name}", address)
            return None
        inside = sorted((name for name in known if name in rest), key=len, reverse=True)
        if inside:
            return known[inside[0]]
        for name in sorted((name for name in self.planner.villages if name in rest), key=len, reverse=True):
            return Division.objects.filter(pk=self.planner.villages[name]).first()
        self.error("乡镇(街道)", "没有填写,地址中也认不出乡镇(街道)或村社区", address)
        return None

    def _survey(self) -> dict[str, Any]:
        surveyed_on: date | None = self.take("surveyed_on", cells.day, None)
        status = self.take("licence_status", cells.licence_status)
        if surveyed_on is not None and surveyed_on > today():
            self.error("排摸日期", f"{surveyed_on} 在今天之后", surveyed_on)
        if (surveyed_on is None) != (not status) and not self.failed:
            self.error("证照情况" if surveyed_on else "排摸日期", "排摸日期和证照情况要么都填,要么都不填")
        return {"surveyed_on": surveyed_on, "licence_status_at_survey": status}

    def _position(self, division: Division | None) -> dict[str, Any]:
        longitude = self.take("longitude", lambda cell: cells.degrees(cell, 180), None)
        latitude = self.take("latitude", lambda cell: cells.degrees(cell, 90), None)
        if bool(cells.text(self.cell("longitude"))) != bool(cells.text(self.cell("latitude"))):
            self.error("经度", "经度和纬度要么都填,要么都不填")
        if longitude is None or latitude is None:
            return {}
        centre = division if division is not None and division.longitude is not None else self.planner.division
        if centre.longitude is not None and centre.latitude is not None:
            far = max(abs(longitude - centre.longitude), abs(latitude - centre.latitude))
            if far > FAR_DEGREES:
                self.error(
                    "经度", f"位置({longitude}, {latitude})不在{centre.name}附近,经度和纬度是否填反了", longitude
                )
        place = to_wgs84(longitude, latitude, self.planner.datum)
        return {"longitude": place[0], "latitude": place[1], "datum": self.planner.datum}

    def _licences(self, columns: dict[str, Any]) -> list[dict[str, Any]]:
        permit, odd = self.take("permit", cells.permit_number, ("", ""))
        self.warn("办学许可证号", odd, permit)
        surveyed_on = columns["surveyed_on"]
        found = []
        if permit:
            first, last = self._permit_period()
            first = first or surveyed_on
            if first is None:
                self.error("许可证有效期", "填了许可证号,但没有有效期也没有排摸日期,例:2017-09-01至2020-08-31")
            else:
                found.append(
                    {"kind": Licence.Kind.PERMIT, "number": permit[:40], "valid_from": first, "valid_to": last}
                )
        since = self.take("registration_from", cells.day, None) or surveyed_on
        registered = columns["licence_status_at_survey"] in ("full", "registration_only")
        if columns["credit_code"] and registered and since is not None:
            code = columns["credit_code"]
            found.append({"kind": Licence.Kind.REGISTRATION, "number": code, "valid_from": since, "valid_to": None})
        return found

    def _permit_period(self) -> tuple[date | None, date | None]:
        if cells.text(self.cell("permit_period")):
            first, last = self.take("permit_period", cells.period, (None, None))
            return first, last
        first, last = self.take("permit_from", cells.day, None), self.take("permit_to", cells.day, None)
        if first and last and last < first:
            self.error("许可证有效期至", f"{last} 早于有效期自 {first}", last)
        return first, last


def find_header(sheet: Cells) -> tuple[int, dict[str, int]]:
    """The row that holds a name column and at most others of the vocabulary, and where each column is."""
    synonyms = {word: key for key, words in HEADERS.items() for word in words}
    best: tuple[int, dict[str, int]] = (0, {})
    for number, row in enumerate(sheet[:HEADER_WITHIN]):
        places: dict[str, int] = {}
        for place, cell in enumerate(row):
            title = cells.text(cell).replace(" ", "")
            key = synonyms.get(title) or synonyms.get(title.split("(")[0])
            if key:
                places.setdefault(key, place)
        if "name" in places and len(places) > len(best[1]):
            best = (number, places)
    if len(best[1]) < 2:
        known = "、".join(words[0] for words in HEADERS.values())
        raise UnreadableFile(f"前 {HEADER_WITHIN} 行中没有找到表头。至少要有“机构名称”和另一列;可用的列:{known}。")
    return best


def _same_number(old: Any, new: Any) -> bool:
    return isinstance(new, float) and old is not None and abs(float(old) - new) < 1e-6
