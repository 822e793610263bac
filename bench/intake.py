"""A register of N rows side by side with bulk_create of the same institutions alone, and how long a visit takes
while it is imported (see bench/README.md).

`python -m bench.intake [--rows 401050] [--file csv]`. Each measure runs in a process of its own, so that its peak
memory is its own, in databases that are made for the run and thrown away.
"""

import argparse
import contextlib
import csv
import json
import os
import pickle
import statistics as spread
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.pages import peak_mb, processor
from bench.scale import ROOT
from bench.side_by_side import two_databases

COUNTY = "330382"
BATCH = 5_000  # rows of bulk_create at a time
ROWS_OF_A_PAGE = 1_495
WARMING_UP = 10  # visits
ROWS = int(os.environ.get("BENCH_REGISTER_ROWS", "20000"))
HEAD = [
    "序号", "乡镇(街道)", "机构名称", "办学地址", "负责人", "联系电话", "统一社会信用代码", "学生人数", "面积(平方米)",
    "证照情况", "排摸日期",
]  # fmt: skip
STATUSES = ("证照齐全", "有照无证", "无证无照", "无证无照")
TOWNSHIPS = ("柳市镇", "北白象镇", "虹桥镇", "城东街道", "乐成街道", "白石街道")
FIRST, SECOND = "晨青博慧启明新文星雅乐思源童画知行卓远优", "晓竹学海航德艺语声韵音舞科创想未来光辉悦"
KINDS = ("培训中心", "教育培训有限公司", "艺术培训中心", "文化课辅导中心")
ROADS = ("宁康西路", "乐怡路", "车站路", "井大路", "翔金垟路", "柳青路", "晨沐路", "振兴路")
UNCOMPARED = {"id", "recorded_at", "surveyed_recorded_at"}  # of the columns; made by each for itself


def register(rows: int, *, changed: bool = False) -> Iterator[list[str]]:
    """The head and so many rows; `changed`: the same with other principals, phones and numbers of learners."""
    from stdnum.cn import uscc

    yield HEAD
    for number in range(rows):
        township = TOWNSHIPS[number % len(TOWNSHIPS)]
        name = FIRST[number % 20] + SECOND[number // 20 % 20] + FIRST[number // 400 % 20] + SECOND[number // 8000 % 20]
        name += f"{number // 160_000 or ''}{KINDS[number % 7 % 4]}"
        status = STATUSES[number % 4]
        code = f"52330382MJ{number:07d}"
        phone = (13_900_000_000 if changed else 13_800_000_000) + number
        yield [
            str(number + 1), township, name, f"{township}{ROADS[number % 8]}{number // 8 + 1}号",
            f"{'赵' if changed else '钱'}{SECOND[number % 20]}{FIRST[number // 20 % 20]}", str(phone),
            code + uscc.calc_check_digit(code) if number % 4 < 2 else "", str(10 + number % 190 + changed),
            f"{60 + number % 400}.5", status, f"2018-0{3 + number % 4}-{1 + number % 28:02d}",
        ]  # fmt: skip


def write_register(place: Path, rows: int, *, changed: bool = False) -> None:
    if place.suffix == ".csv":
        with place.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(register(rows, changed=changed))
        return
    import xlsxwriter

    with xlsxwriter.Workbook(place, {"constant_memory": False, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("名册")
        for number, row in enumerate(register(rows, changed=changed)):
            sheet.write_row(number, 0, row)


# --- What a process measures


class Clock:
    """Seconds, and those of the processor (this process's and, with PostgreSQL, of the server's process behind its
    connection): where other work shares the machine the second say more."""

    def __init__(self) -> None:
        from django.db import connection

        self.processor, self.took, self.cpu = processor(connection), 0.0, 0.0

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        clock, cpu = time.perf_counter(), self.processor()
        yield
        self.took += time.perf_counter() - clock
        self.cpu += self.processor() - cpu


def import_register(file: str) -> dict[str, Any]:
    """Read, plan and commit, as the command does; seconds of each."""
    import hashlib

    from institutions.imports.commit import commit_plan
    from institutions.imports.plan import make_plan
    from institutions.imports.workbook import FOR_COMMANDS, read_workbook
    from institutions.models import Division

    data = Path(file).read_bytes()
    reading, planning, committing = Clock(), Clock(), Clock()
    peaks = []
    with reading.running():
        workbook = read_workbook(data, Path(file).name, FOR_COMMANDS)
    peaks.append(peak_mb())
    sha256 = hashlib.sha256(data).hexdigest()
    del data
    with planning.running():
        plan = make_plan(workbook, Division.objects.get(pk=COUNTY))
    assert not plan.errors, plan.errors[:3]
    peaks.append(peak_mb())
    with committing.running():
        commit_plan(plan, file_name="register", sha256=sha256, by=None)
    counts = {kind: plan.count(kind) for kind in ("new", "changed", "unchanged")}
    peaks.append(peak_mb())
    parts = {"read": reading.took, "plan": planning.took, "commit": committing.took, "peaks": peaks}
    parts |= {"plan_cpu": planning.cpu, "commit_cpu": committing.cpu}
    both = {"seconds": planning.took + committing.took, "cpu": planning.cpu + committing.cpu}
    return parts | both | counts


def upload(file: str) -> dict[str, Any]:
    """A file that is handed in on the page, until its plan is kept and can be looked at."""
    from bench.scale import user
    from institutions.imports.files import receive_file
    from institutions.models import Division
    from institutions.positions import Datum

    data, by, clock = Path(file).read_bytes(), user("bench-clerk", [COUNTY]), Clock()
    county = Division.objects.get(pk=COUNTY)
    with clock.running():
        receive_file(data, file_name=Path(file).name, division=county, datum=Datum.UNKNOWN, by=by)
    return {"seconds": clock.took, "cpu": clock.cpu}


def undo() -> dict[str, Any]:
    """Take the last batch back."""
    from institutions.imports.rollback import roll_back
    from institutions.models import ImportBatch

    batch, clock = ImportBatch.objects.filter(rolled_back_at=None).first(), Clock()
    assert batch is not None
    with clock.running():
        roll_back(batch, by=None)
    return {"seconds": clock.took, "cpu": clock.cpu}


def keep(file: str) -> dict[str, Any]:
    """Write the institutions that stand into a file, in the order of their names, without ids and moments."""
    from institutions.models import Institution

    fields = Institution._meta.concrete_fields
    columns = [field.attname for field in fields if field.attname not in UNCOMPARED]
    rows = Institution.objects.filter(withdrawn_at=None).order_by("name", "operating_address").values_list(*columns)
    with Path(file).open("wb") as opened:
        pickle.dump((columns, list(rows.iterator())), opened)
    return {}


def bulk_create(file: str) -> dict[str, Any]:
    """Django's bulk_create of the institutions in the file, in one transaction; making the instances is not timed."""
    from django.db import transaction
    from django.utils import timezone

    from institutions.models import Institution

    with Path(file).open("rb") as opened:
        columns, rows = pickle.load(opened)  # noqa: S301 (written by this run)
    clock, now = Clock(), timezone.now()
    with contextlib.ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        for start in range(0, len(rows), BATCH):
            made = [Institution(**dict(zip(columns, row, strict=True))) for row in rows[start : start + BATCH]]
            for each in made:
                each.surveyed_recorded_at = now if each.surveyed_on else None
            with clock.running():
                Institution.objects.bulk_create(made, batch_size=BATCH)
        with clock.running():
            stack.close()
    return {"seconds": clock.took, "cpu": clock.cpu}


def visits(until: str) -> dict[str, Any]:
    """Send a visit every tenth of a second until a file is there; the milliseconds of each. The first few, which find
    nothing loaded, are not counted; then another file says that it has begun."""
    from django.conf import settings
    from rest_framework.test import APIClient

    from bench.scale import user
    from institutions.models import Institution

    settings.ALLOWED_HOSTS = ["testserver"]
    client = APIClient()
    client.force_authenticate(user("bench-visits", [COUNTY]))
    schools = list(Institution.objects.filter(withdrawn_at=None).values_list("pk", flat=True)[:1000])
    taken: list[float] = []
    statuses: list[int] = []
    while not Path(until).exists():
        body = {"institution": str(schools[len(taken) % len(schools)]), "purpose": "routine", "result": "inspected"}
        clock = time.perf_counter()
        answer = client.put(f"/api/v1/visits/{uuid4()}/", body | {"happened_at": "2018-07-01T10:00+08:00"}, "json")
        took = time.perf_counter() - clock
        taken.append(took * 1000)
        statuses.append(answer.status_code)
        if len(taken) == WARMING_UP:
            Path(f"{until}.begun").touch()
        time.sleep(max(0.0, 0.1 - took))
    taken, statuses = taken[WARMING_UP:], statuses[WARMING_UP:]
    return {"sent": len(taken), "stored": statuses.count(201), "ms": taken}


ACTS: dict[str, Callable[..., dict[str, Any]]] = {
    act.__name__: act for act in (import_register, upload, undo, keep, bulk_create, visits)
}


def child(act: str, *given: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    answer = ACTS[act](*given)
    print(json.dumps(answer | {"peak_mb": peak_mb()}))


# --- The run


class Database:
    """A database of this run, and processes that work on it."""

    def __init__(self, folder: Path, url: str):
        folder.mkdir()
        self.environment = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": url, "ENV_FILE": os.devnull}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True)

    def start(self, act: Callable[..., dict[str, Any]], *given: object) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "bench.intake", "--child", act.__name__, *map(str, given)]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True)

    def run(self, act: Callable[..., dict[str, Any]], *given: object) -> dict[str, Any]:
        return answer_of(self.start(act, *given))


def answer_of(process: "subprocess.Popen[str]") -> dict[str, Any]:
    said, _ = process.communicate()
    assert process.returncode == 0, f"{process.args!r} failed"
    answer: dict[str, Any] = json.loads(said.splitlines()[-1])
    return answer


def waits(database: Database, folder: Path, beside: Callable[[], object]) -> dict[str, Any]:
    """How long visits take while something goes on beside them."""
    until = folder / uuid4().hex
    sender = database.start(visits, until)
    while not Path(f"{until}.begun").exists() and sender.poll() is None:
        time.sleep(0.01)
    try:
        beside()
    finally:
        until.touch()
    return answer_of(sender)


def p99(milliseconds: list[float]) -> float:
    return spread.quantiles(milliseconds, n=100)[98] if len(milliseconds) > 1 else max(milliseconds)


def run(rows: int, ending: str) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-intake-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        first, second = folder / f"first.{ending}", folder / f"second.{ending}"
        write_register(first, rows)
        write_register(second, rows, changed=True)
        urls = stack.enter_context(two_databases(("bench_intake", "bench_intake_peer")))
        ours, peer = Database(folder / "ours", urls[0]), Database(folder / "peer", urls[1])
        write_register(folder / "page.xlsx", ROWS_OF_A_PAGE)
        handed_in = ours.run(upload, folder / "page.xlsx")
        took = {"new rows": ours.run(import_register, first)}
        assert took["new rows"]["new"] == rows
        ours.run(keep, folder / "ours.rows")
        took["bulk_create"] = peer.run(bulk_create, folder / "ours.rows")
        peer.run(keep, folder / "peer.rows")
        assert (folder / "ours.rows").read_bytes() == (folder / "peer.rows").read_bytes(), "not the same institutions"
        took["changed rows"] = ours.run(import_register, second)
        assert took["changed rows"]["changed"] == rows
        took["undo of changed rows"] = ours.run(undo)
        took["undo of new rows"] = ours.run(undo)
        tell(took, rows, ending, "postgresql" if urls[0] else "sqlite")
        said = f"{handed_in['seconds']:.1f} s ({handed_in['cpu']:.1f} of the processor beside the reader's)"
        print(f"\n{ROWS_OF_A_PAGE} rows (.xlsx) from upload to the plan that is kept: {said}")
        tell_waits(ours, folder, first, second)


def memory(sizes: list[int], ending: str) -> None:
    """What registers of several lengths take of memory, new and with every row changed, and what a row adds."""
    print(f"\n| rows (.{ending}) | new: peak MB, read · plan · commit | changed | undo of changed, of new rows |")
    print("|---|---:|---:|---:|")
    peaks = []
    for rows in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-intake-") as name, contextlib.ExitStack() as stack:
            folder = Path(name)
            url, _other = stack.enter_context(two_databases(("bench_intake", "bench_intake_peer")))
            database = Database(folder / "ours", url)
            took = []
            for changed in (False, True):
                write_register(folder / f"{changed}.{ending}", rows, changed=changed)
                took.append(database.run(import_register, folder / f"{changed}.{ending}"))
            undone = [database.run(undo)["peak_mb"] for _batch in range(2)]
        peaks.append([each["peak_mb"] for each in took] + undone)
        new, changed_rows = (" · ".join(map(str, each["peaks"])) for each in took)
        print(f"| {rows} | {new} | {changed_rows} | {undone[0]}, {undone[1]} |", flush=True)
    if len(sizes) > 1:
        each = [(more - less) * 1024 / (sizes[-1] - sizes[0]) for less, more in zip(peaks[0], peaks[-1], strict=True)]
        print("\nA further row takes, kB: new {:.2f}, changed {:.2f}, undone {:.2f} and {:.2f}.".format(*each))


def tell(took: dict[str, dict[str, Any]], rows: int, ending: str, engine: str) -> None:
    peer = took["bulk_create"]
    print(f"\n{engine}; a register of {rows} rows (.{ending}) and bulk_create of its institutions, {BATCH} at a time\n")
    print("| what | processor, s | bulk_create ÷ this | seconds | bulk_create ÷ this | reading apart, s | peak MB |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for what, of in took.items():
        parts = f" ({of['plan']:.1f} plan, {of['commit']:.1f} commit)" if "plan" in of else ""
        read = f"{of['read']:.1f}" if "read" in of else ""
        ratios = f"{of['cpu']:.1f} | {peer['cpu'] / of['cpu']:.2f} | {of['seconds']:.1f}{parts}"
        print(f"| {what} | {ratios} | {peer['seconds'] / of['seconds']:.2f} | {read} | {of['peak_mb']} |")


def tell_waits(ours: Database, folder: Path, first: Path, second: Path) -> None:
    ours.run(import_register, first)
    idle = waits(ours, folder, lambda: time.sleep(20))
    beside = waits(ours, folder, lambda: ours.run(import_register, second))
    print("\n| visits, 10 a second | sent | stored | median ms | p99 ms |")
    print("|---|---:|---:|---:|---:|")
    for what, of in (("idle", idle), ("while changed rows are imported", beside)):
        told = f"{spread.median(of['ms']):.0f} | {p99(of['ms']):.0f}"
        print(f"| {what} | {of['sent']} | {of['stored']} | {told} |")
    print(f"\np99 of {p99(beside['ms']) / p99(idle['ms']):.1f} times idle")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=ROWS)
    asked.add_argument("--file", choices=["xlsx", "csv"], default="xlsx")
    asked.add_argument("--memory", type=int, nargs="+", metavar="ROWS", help="what registers so long take of memory")
    asked.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.child:
        child(*options.child)
    elif options.memory:
        memory(options.memory, options.file)
    else:
        run(options.rows, options.file)


if __name__ == "__main__":
    main()
