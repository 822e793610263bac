"""A register of N rows side by side with Django's bulk_create of the same institutions alone (see bench/README.md).

`python -m bench.intake [--rows 401050] [--file csv]`. Each measure runs in a process of its own, so that its peak
memory is its own, on one database that is made for the run and thrown away.
"""

import argparse
import csv
import json
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

COUNTY = "330382"
BATCH = 5_000  # rows of bulk_create at a time
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
UNCOMPARED = {"id", "recorded_at", "surveyed_recorded_at"}


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


# --- What a child does and measures


def ready() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


def import_register(place: Path) -> dict[str, Any]:
    """Read, plan and commit, as the command does; seconds of each."""
    import hashlib

    from institutions.imports.commit import commit_plan
    from institutions.imports.plan import make_plan
    from institutions.imports.workbook import FOR_COMMANDS, read_workbook
    from institutions.models import Division

    data = place.read_bytes()
    clock = [time.perf_counter()]
    workbook = read_workbook(data, place.name, FOR_COMMANDS)
    clock.append(time.perf_counter())
    plan = make_plan(workbook, Division.objects.get(pk=COUNTY))
    clock.append(time.perf_counter())
    assert not plan.errors, plan.errors[:3]
    batch = commit_plan(plan, file_name=place.name, sha256=hashlib.sha256(data).hexdigest(), by=None)
    clock.append(time.perf_counter())
    seconds = dict(
        zip(("read", "plan", "commit"), (b - a for a, b in zip(clock, clock[1:], strict=False)), strict=True)
    )
    return seconds | {"batch": str(batch.pk), **{kind: plan.count(kind) for kind in ("new", "changed", "unchanged")}}


def undo(batch: str) -> dict[str, Any]:
    from institutions.imports.rollback import roll_back
    from institutions.models import ImportBatch

    clock = time.perf_counter()
    roll_back(ImportBatch.objects.get(pk=batch), by=None)
    return {"undo": time.perf_counter() - clock}


def bulk_create(frame: Path) -> dict[str, Any]:
    """Django's bulk_create of the institutions in the file, in batches; making the instances is not timed."""
    import pickle

    from institutions.models import Institution

    with frame.open("rb") as file:
        columns, rows = pickle.load(file)  # noqa: S301 (written by this run)
    spent = 0.0
    cpu = time.process_time()
    from django.db import transaction

    with transaction.atomic():
        for start in range(0, len(rows), BATCH):
            made = [Institution(**dict(zip(columns, row, strict=True))) for row in rows[start : start + BATCH]]
            clock = time.perf_counter()
            Institution.objects.bulk_create(made, batch_size=BATCH)
            spent += time.perf_counter() - clock
        clock = time.perf_counter()
    spent += time.perf_counter() - clock
    return {"bulk_create": spent, "cpu": time.process_time() - cpu}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=ROWS)
    asked.add_argument("--file", choices=["xlsx", "csv"], default="xlsx")
    asked.add_argument("--child", nargs="*", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.child:
        ready()
        act, *given = options.child
        answer = {"import": lambda p: import_register(Path(p)), "undo": undo, "peer": lambda p: bulk_create(Path(p))}[
            act
        ](*given)
        answer["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(answer))
        return


if __name__ == "__main__":
    main()
