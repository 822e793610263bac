"""Makes the database of the release before notices and visits were kept by value: commit bd568e3.

The demonstration as that release loads it, with a handful of rows made through its own actions so that there is
something of everything, and what that release says of it: figures, receipts, hashes of its migrations. Run it where
that release is checked out; the clock, the identities and the salts are fixed, so it makes the same files again:

    git worktree add /tmp/release bd568e3 && ln -s $PWD/.venv /tmp/release/.venv
    here=$PWD; cd /tmp/release && PYTHONPATH=. .venv/bin/python $here/tests/upgrade/make_release.py $here/tests/upgrade

Writes rows.jsonl.xz (a line of table and columns, then its rows), figures.json.xz and receipts.json.
"""

import hashlib
import json
import lzma
import os
import random
import sys
import tempfile
import uuid
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path

LOADED_ON = date(2026, 11, 20)
KNOWN_AT = ["2019-01-03T12:00:00+08:00", "2026-11-25T00:00:00+08:00"]
DAYS = [date(2018, month + 1, 1) - timedelta(days=1) for month in range(1, 12)] + [date(2018, 12, 31)]
DAYS += [LOADED_ON, date(2026, 11, 24)]
COUNTY, LIUSHI = "330382", "330382114"
TOKEN = "c0ffee" * 10 + "c0ff"  # 64 characters, as knox makes them
PASSWORD = "yueqing-demo-2018"
ROWS = [
    "accounts.User", "accounts.Grant", "knox.AuthToken", "accounts.AuditRow",
    "institutions.Division", "institutions.Institution", "institutions.Licence", "institutions.ImportBatch",
    "institutions.ImportedRow", "institutions.Demonstration",
    "inspections.FindingType", "inspections.Rectification", "inspections.Visit", "inspections.Visit_inspectors",
    "inspections.Finding", "inspections.Photo", "inspections.RectificationEvent", "inspections.NoticeCounter",
    "inspections.QuarantinedVisit",
]  # fmt: skip


class Clock:
    """Goes a second further each time somebody looks at it."""

    def __init__(self, now: datetime):
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def set(self, text: str) -> None:
        self.now = datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def fixed_surroundings(clock: Clock) -> None:
    """No real clock, no chance: before any model is imported, so that their defaults are these."""
    from django.utils import timezone

    chance = random.Random("today's release")
    timezone.now = clock
    uuid.uuid4 = lambda: uuid.UUID(int=chance.getrandbits(128), version=4)


def make(clock: Clock, folder: Path) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("demo", "--day", str(LOADED_ON), stdout=StringIO())
    fixed_accounts()
    extras = Extras(clock)
    extras.all()
    call_command("verify_ledger", stdout=StringIO())
    call_command("verify_audit", stdout=StringIO())
    written(folder / "rows.jsonl.xz", "\n".join(row_lines()))
    written(folder / "figures.json.xz", json.dumps(figures()))
    told = {"of": "bd568e3", "migrations": migrations(), "token": TOKEN, "visits": extras.receipts()}
    (folder / "receipts.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def fixed_accounts() -> None:
    from django.contrib.auth.hashers import make_password
    from knox.crypto import hash_token
    from knox.models import AuthToken

    from accounts.models import User

    User.objects.update(password=make_password(PASSWORD, salt="salt-of-the-release"))
    AuthToken(
        user=User.objects.get(username="taskforce2"), token_key=TOKEN[:15], digest=hash_token(TOKEN), expiry=None
    ).save(force_insert=True)


class Extras:
    """Something of everything, through the actions and the API of the release."""

    def __init__(self, clock: Clock):
        from accounts.models import User
        from institutions.models import Institution

        self.clock = clock
        self.sent: list[dict] = []
        self.refused: dict[str, dict] = {}
        self.user = {user.username: user for user in User.objects.all()}
        here = Institution.objects.in_division(LIUSHI).filter(longitude__isnull=False, ceased_on__isnull=True)
        clear = here.filter(rectifications__isnull=True).order_by("pk")
        self.full = list(clear.filter(licence_status_at_survey="full")[:6])
        self.unlicensed = here.filter(licence_status_at_survey="none").exclude(
            rectifications__state__in=["ordered", "submitted", "returned"]
        )

    def all(self) -> None:
        self.corrected_round()
        self.voided_and_ordered_again()
        self.joined_and_recorded_only()
        self.closed_and_operating_again()
        self.surveys()
        self.odd_visits()
        self.conflicts()
        self.register()
        self.imports()

    # --- Doors

    def put(self, by: str, **body) -> "object":
        """PUT a visit as somebody; the body is kept to be sent again."""
        from inspections.models import Visit

        pk = str(uuid.uuid4())
        answer = self._put(by, pk, body)
        assert answer.status_code == 201, answer.content.decode()
        self.sent.append({"id": pk, "by": by, "body": body})
        return Visit.objects.get(pk=pk)

    def _put(self, by: str, pk: str, body: dict):
        from rest_framework.test import APIClient

        client = APIClient(headers={"host": "127.0.0.1"})
        client.force_authenticate(self.user[by])
        return client.put(f"/api/v1/visits/{pk}/", json.loads(json.dumps(body)), format="json")

    def receipts(self) -> list[dict]:
        """What the release answers to each body when everything is done, and to each that is not the first of its id."""
        for each in self.sent:
            answer = self._put(each["by"], each["id"], each["body"])
            assert answer.status_code == 200, answer.content.decode()
            each["receipt"] = answer.json()
            each["refused"] = self.refused.get(each["id"])
        return self.sent

    def move(self, action, of, by: str, on: str, **what):
        """A move of the round as it stands, in the evening of that day."""
        self.clock.set(f"{on}T19:00:00")
        of.refresh_from_db()
        return action(of, by=self.user[by], on=date.fromisoformat(on), version=of.version, **what)

    # --- Rounds

    def corrected_round(self) -> None:
        """Ordered with everything a phone sends, handed in, returned, extended, handed in again, struck off."""
        from inspections import actions
        from inspections.models import Photo

        school = self.full[0]
        pictures = [picture("red"), picture("blue")]
        hashes = [hashlib.sha256(data).hexdigest() for data in pictures]
        self.clock.set("2026-11-20T15:00:00")
        visit = self.put(
            "inspector",
            institution=str(school.pk),
            purpose="routine",
            result="inspected",
            happened_at="2026-11-20T14:20:31.250000+08:00",
            device_sent_at="2026-11-20T06:59:58Z",
            inspectors=["inspector2", "inspector"],
            position={"longitude": 120.9051, "latitude": 28.0312, "accuracy_m": 12, "datum": "gcj02"},
            findings=[{"type": "T02", "note": "课程进度超前"}, {"type": "S01", "note": "消防通道堵塞 “后门”"}],
            order={"due_on": "2026-11-27"},
            photos=[
                {
                    "sha256": hashes[0], "slot": 2, "taken_at": "2026-11-20T14:21:00+08:00", "longitude": 120.9,
                    "latitude": 28.03, "accuracy_m": 5.5, "finding": "S01",
                },
                {"sha256": hashes[1], "slot": 1},
            ],
            note="  负责人在场,已当面告知。\n第二行  ",
            licence_status="full",
        )  # fmt: skip
        actions.receive_photo(visit, sha256=hashes[0], data=pictures[0], by=self.user["inspector"])
        assert Photo.objects.filter(visit=visit, stored_at__isnull=True).count() == 1
        round_ = visit.opened_rectifications.get()
        self.clock.set("2026-11-21T10:00:00")
        self.put("inspector2", **self.handing_in(round_, "2026-11-21T09:30:00+08:00"))
        self.move(actions.return_rectification, round_, "taskforce2", "2026-11-21", reason="缺少消防验收照片")
        self.move(
            actions.extend_rectification, round_, "taskforce", "2026-11-21",
            due_on=date(2026, 12, 10), reason="施工需要时间",
        )  # fmt: skip
        self.clock.set("2026-11-22T10:00:00")
        self.put("inspector", **self.handing_in(round_, "2026-11-22T09:00:00+08:00", note="后门已清理"))
        self.move(actions.verify_rectification, round_, "supervisor", "2026-11-23", note="属实")

    def handing_in(self, round_, at: str, outcome: str = "corrected", **more) -> dict:
        """The body of a recheck that hands a round in with all of its findings put right."""
        findings = sorted(round_.findings.values_list("pk", flat=True), reverse=True)
        submits = {"rectification": str(round_.pk), "outcome": outcome, "put_right": findings}
        body = {"institution": str(round_.institution_id), "purpose": "recheck", "result": "inspected"}
        return body | {"happened_at": at, "submits": submits} | more

    def ordering(self, school, at: str, *codes: str, **more) -> dict:
        """The body of a visit that found something and orders it put right."""
        body = {"institution": str(school.pk), "purpose": "routine", "result": "inspected", "happened_at": at}
        return body | {"findings": [{"type": code} for code in codes], "order": {}} | more

    def voided_and_ordered_again(self) -> None:
        from inspections import actions

        self.clock.set("2026-11-20T16:00:00")
        visit = self.put("inspector", **self.ordering(self.full[1], "2026-11-20T11:00:00+08:00", "M01", "T01"))
        round_ = visit.opened_rectifications.get()
        self.move(actions.void_rectification, round_, "supervisor", "2026-11-21", reason="开错了机构")
        self.clock.set("2026-11-22T11:00:00")
        actions.order_rectification(
            visit, by=self.user["taskforce"], on=date(2026, 11, 22), due_on=date(2026, 12, 22), measure="撤下不实宣传"
        )

    def joined_and_recorded_only(self) -> None:
        """What that release did with findings while a round was open: into the round, or only on record."""
        school = self.full[2]
        self.clock.set("2026-11-20T17:00:00")
        visit = self.put("inspector", **self.ordering(school, "2026-11-20T10:00:00+08:00", "T03"))
        round_ = visit.opened_rectifications.get()
        self.clock.set("2026-11-22T17:00:00")
        self.put("inspector2", **self.ordering(school, "2026-11-22T10:00:00+08:00", "S02", "T04"))
        self.put("inspector2", **self.ordering(school, "2026-11-19T10:00:00+08:00", "M02"))
        self.put("inspector", **self.handing_in(round_, "2026-11-22T16:00:00+08:00"))
        self.put("inspector2", **self.ordering(school, "2026-11-22T16:30:00+08:00", "S01"))

    def closed_and_operating_again(self) -> None:
        from inspections import actions

        school = self.unlicensed.order_by("pk").first() or self.full[3]
        self.clock.set("2026-11-21T12:00:00")
        visit = self.put("inspector2", **self.ordering(school, "2026-11-21T09:00:00+08:00", "S01"))
        round_ = visit.opened_rectifications.get()
        body = self.handing_in(round_, "2026-11-22T08:00:00+08:00", "closed", result="ceased")
        body["submits"]["put_right"] = []
        self.clock.set("2026-11-22T12:00:00")
        self.put("inspector2", **body)
        self.move(actions.verify_rectification, round_, "supervisor", "2026-11-22")
        self.clock.set("2026-11-23T12:00:00")
        self.put("inspector", **self.ordering(school, "2026-11-23T09:00:00+08:00", "L01", note="又开门了"))

    # --- Visits

    def surveys(self) -> None:
        """A survey after an order, whose stated licence status is not used; and one of a place surveyed already."""
        from institutions.actions import register_institution
        from institutions.models import Division

        self.clock.set("2026-11-21T14:00:00")
        columns = {
            "name": "柳市新苗示例托管", "division": Division.objects.get(pk=LIUSHI), "operating_address": "示例路 8 号",
            "principal": "张示例", "phone": "13800000000", "category": "care", "learners": 12,
        }  # fmt: skip
        school = register_institution(by=self.user["taskforce"], columns=columns)
        self.put("inspector", **self.ordering(school, "2026-11-21T13:00:00+08:00", "L02"))
        survey = {"purpose": "survey", "result": "inspected", "happened_at": "2026-11-21T13:40:00+08:00"}
        self.put("inspector2", institution=str(school.pk), licence_status="permit_only", **survey)
        self.put("inspector2", institution=str(self.full[4].pk), licence_status="none", **survey)

    def odd_visits(self) -> None:
        """Nobody in; a phone whose clock is wrong and far away; a whole number where a fraction is usual."""
        school = str(self.full[4].pk)
        self.clock.set("2026-11-22T18:00:00")
        self.put(
            "inspector", institution=school, purpose="complaint", result="no_access",
            happened_at="2026-11-22T10:00:00Z", device_sent_at="2026-11-22T08:00:00Z",
        )  # fmt: skip
        self.put(
            "taskforce", institution=school, purpose="double_random", result="inspected",
            happened_at="2026-11-22T17:30:00+08:00", inspectors=["taskforce", "inspector", "inspector2"],
            position={"longitude": 121, "latitude": 28, "datum": "bd09"}, note="双随机",
        )  # fmt: skip

    def conflicts(self) -> None:
        """Two visits whose id came again with other content; a person has looked at one."""
        from inspections import actions
        from inspections.models import QuarantinedVisit

        self.clock.set("2026-11-23T09:00:00")
        for each, change in ((self.sent[0], {"note": "改过的备注"}), (self.sent[3], {"findings": [{"type": "T01"}]})):
            other = each["body"] | change
            answer = self._put(each["by"], each["id"], other)
            assert answer.status_code == 409, answer.content.decode()
            self.refused[each["id"]] = other
        first = QuarantinedVisit.objects.order_by("pk").first()
        actions.settle_quarantined(first, by=self.user["taskforce2"])

    # --- The register

    def register(self) -> None:
        """One renamed, one withdrawn, one merged, one with a licence that was revoked; a grant that has ended."""
        from accounts.models import Grant
        from institutions.actions import add_licence, edit_institution, register_institution, withdraw_institution
        from institutions.models import Division, Licence

        self.clock.set("2026-11-23T10:00:00")
        school, taskforce = self.full[5], self.user["taskforce"]
        school.refresh_from_db()
        changed = {"name": "柳市改名示例培训", "phone": "13900000001、0577-62000000", "learners": 80}
        edit_institution(school, by=taskforce, version=school.version, columns=changed)
        licence = {"kind": "registration", "number": "统社示例0001", "valid_from": date(2026, 1, 1)}
        added = add_licence(school, by=self.user["taskforce2"], columns=licence)
        Licence.objects.filter(pk=added.pk).update(revoked_on=date(2026, 11, 15))
        columns = {
            "division": Division.objects.get(pk="330382115"), "surveyed_on": date(2026, 11, 20),
            "licence_status_at_survey": "none",
        }  # fmt: skip
        withdrawn, merged = (
            register_institution(by=taskforce, columns=columns | {"name": name})
            for name in ("登记有误示例培训", "重复登记示例培训")
        )
        self.clock.set("2026-11-24T10:00:00")
        withdraw_institution(withdrawn, by=taskforce, version=withdrawn.version, reason="登记有误")
        merged.merged_into, merged.merged_at = school, self.clock()
        merged.save(update_fields=["merged_into", "merged_at"])
        Grant.objects.create(
            user=self.user["taskforce2"], role="inspector", division_prefix=LIUSHI,
            valid_from=date(2019, 1, 1), valid_to=date(2019, 6, 30),
        )  # fmt: skip

    def imports(self) -> None:
        """A register that stands and one that was rolled back; both change what is on file and add to it."""
        from django.core.management import call_command

        self.clock.set("2026-11-24T11:00:00")
        self._imported("登记册.csv", "13600000001", "导入示例一", "导入示例二")
        self._imported("作废的登记册.csv", "13600000002", "撤销示例一")
        from institutions.models import ImportBatch

        last = ImportBatch.objects.order_by("-recorded_at").first()
        call_command("rollback_import", str(last.pk), stdout=StringIO())

    def _imported(self, file_name: str, phone: str, *names: str) -> None:
        from django.core.management import call_command

        known = self.full[4]
        lines = ["机构名称,乡镇,办学地址,电话,办学许可证号,有效期,排摸日期,证照情况"]
        lines.append(f"{known.name},{known.division.name},{known.operating_address},{phone},,,,")
        for number, name in enumerate(names):
            permit = f"教民1330382{phone[-1]}000{number:02}7号"[:18] + "号"
            lines.append(
                f"{name},北白象镇,示例街{phone[-1]}{number}号,1370000000{number},{permit},2025.9-2028.8,2026-11-18,有证无照"
            )
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / file_name
            file.write_text("\n".join(lines), encoding="utf-8")
            call_command("import_institutions", file, division=COUNTY, stdout=StringIO())


def picture(colour: str) -> bytes:
    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "JPEG")
    return file.getvalue()


# --- What is written down


def row_lines():
    from django.apps import apps

    for label in ROWS:
        model = apps.get_model(label)
        fields = model._meta.concrete_fields
        yield json.dumps({"table": label, "columns": [field.attname for field in fields]})
        for row in model._base_manager.order_by("pk").values_list(*(field.attname for field in fields)):
            plain = [
                value if field.get_internal_type() == "JSONField" else as_text(value)
                for field, value in zip(fields, row, strict=True)
            ]
            yield json.dumps(plain, ensure_ascii=False)


def as_text(value):
    """Days and moments whole, to the microsecond; identities and decimals as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def figures() -> list[dict]:
    """Every figure of the county by township, licence status and finding type, and of every township by the last two at
    the end of 2018; as of each of DAYS as known at each of KNOWN_AT."""
    from inspections.statistics import FIGURES, completion

    from institutions.models import Division
    from institutions.moments import Moment

    found = []

    def ask(division: str, on: date, known_at: str, by: str) -> None:
        answer = completion(division, Moment(on, datetime.fromisoformat(known_at)), by=by)
        rows = {row.key: [getattr(row.figures, name) for name in FIGURES] for row in answer.rows}
        rows[""] = [getattr(answer.total, name) for name in FIGURES]
        found.append({"division": division, "on": str(on), "known_at": known_at, "by": by, "figures": rows})

    townships = Division.objects.children_of(COUNTY).values_list("pk", flat=True)
    for known_at in KNOWN_AT:
        for on in DAYS:
            for by in ("division", "licence_status", "finding_type"):
                ask(COUNTY, on, known_at, by)
        for township in townships:
            for by in ("licence_status", "finding_type"):
                ask(township, date(2018, 12, 31), known_at, by)
    return found


def migrations() -> dict[str, dict]:
    """Of each app its last migration, and of our own files their SHA-256."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    leaves = dict(sorted(MigrationLoader(connection).graph.leaf_nodes()))
    rooms = ("accounts", "institutions", "inspections")
    files = sorted(file for room in rooms for file in Path(room, "migrations").glob("0*.py"))
    return {
        "last": leaves,
        "sha256": {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
    }


def written(file: Path, text: str) -> None:
    with lzma.open(file, "wt", encoding="utf-8", preset=9 | lzma.PRESET_EXTREME) as opened:
        opened.write(text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as data_dir:
        own = {"DATA_DIR": data_dir, "DATABASE_URL": "", "ENV_FILE": os.devnull, "SECRET_KEY": "of the release"}
        os.environ |= own | {"DJANGO_SETTINGS_MODULE": "config.settings"}
        the_clock = Clock(datetime(2026, 11, 20, 1, tzinfo=UTC))
        fixed_surroundings(the_clock)
        make(the_clock, Path(sys.argv[1]).resolve())
