"""Upgrades a database of the release to today's, in an empty database of its own, and prints what it then says.

`python -m tests.upgrade.upgrade`, with DATABASE_URL and DATA_DIR set by tests/upgrade/test_upgrade.py.
"""

import json
import lzma
import sys
from collections.abc import Iterator
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RECORDED = json.loads((HERE / "receipts.json").read_text())


def figures_of_release() -> list[dict]:
    return json.loads(lzma.open(HERE / "figures.json.xz", "rt", encoding="utf-8").read())


def tables() -> Iterator[tuple[str, list[str], list[list[Any]]]]:
    """(model, columns, rows) in the order in which they can be written."""
    rows: list[list[Any]] = []
    with lzma.open(HERE / "rows.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            if isinstance(line, dict):
                rows = []
                yield line["table"], line["columns"], rows
            else:
                rows.append(line)


def release_put_in_place() -> None:
    """The tables as the release's migrations make them, and its rows in them."""
    from django.core.management.color import no_style
    from django.db import connection, transaction
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    then = executor.migrate(list(RECORDED["migrations"]["last"].items())).apps
    made = []
    with transaction.atomic():
        for label, columns, rows in list(tables()):
            model = then.get_model(label)
            by_column = {field.attname: field for field in model._meta.concrete_fields}
            fields = [by_column[name] for name in columns]
            model._base_manager.all()._raw_delete(
                connection.alias
            )  # what its migrations wrote: divisions and the catalogue
            written = [
                model(
                    **{
                        field.attname: value if field.get_internal_type() == "JSONField" else field.to_python(value)
                        for field, value in zip(fields, row, strict=True)
                    }
                )
                for row in rows
            ]
            model._base_manager.bulk_create(written, batch_size=500)
            made.append(model)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), made):
            cursor.execute(statement)


def said_of(command: str, **options: Any) -> str:
    """What a command that checks something found wrong; "" when nothing."""
    from django.core.management import CommandError, call_command

    said = StringIO()
    try:
        call_command(command, stdout=said, stderr=said, **options)
    except CommandError as failed:
        return f"{said.getvalue()[-2000:]}\n{failed}"
    return ""


def figures() -> Iterator[dict]:
    """The figures that differ from those of the release."""
    from figures.statistics import FIGURES, completion
    from institutions.moments import Moment

    for asked in figures_of_release():
        moment = Moment(date.fromisoformat(asked["on"]), datetime.fromisoformat(asked["known_at"]))
        answer = completion(asked["division"], moment, by=asked["by"])
        found = {row.key: [getattr(row.figures, name) for name in FIGURES] for row in answer.rows}
        found[""] = [getattr(answer.total, name) for name in FIGURES]
        for part in sorted(found.keys() | asked["figures"].keys()):
            if found.get(part) != asked["figures"].get(part):
                of = {name: asked[name] for name in ("division", "on", "known_at", "by")}
                yield of | {"part": part, "release": asked["figures"].get(part), "now": found.get(part)}


def sent_again() -> Iterator[dict]:
    """Every recorded body sent again with the token of the release, and those that were refused for their content."""
    from rest_framework.test import APIClient

    client = APIClient(headers={"host": "127.0.0.1", "authorization": f"Bearer {RECORDED['token']}"})
    for each in RECORDED["visits"]:
        path, mine = f"/api/v1/visits/{each['id']}/", {"inspectors": [each["by"]]}
        answer = client.put(path, mine | each["body"], format="json")
        other = client.put(path, mine | (each["refused"] or each["body"] | {"note": "另一回事"}), format="json")
        yield {"id": each["id"], "status": answer.status_code, "receipt": answer.json(), "other": other.status_code}


def rows() -> dict[str, int]:
    from django.apps import apps

    return {label: apps.get_model(label)._base_manager.count() for label, _columns, _rows in tables()}


def meanings() -> dict[str, str]:
    """Findings that say something of the licence status, and what."""
    from inspections.models import FindingType

    said = FindingType.objects.filter(of_release=True).exclude(meaning="")
    return dict(said.values_list("code", "meaning"))


def kept_by_value() -> dict[str, Any]:
    """How many rounds and visits there are, and what is kept of them by value."""
    from accounts.canonical import digest_of
    from inspections.models import Notice, Rectification, Visit

    visits = {str(visit.pk): visit for visit in Visit.objects.all()}
    notices = Notice.objects.filter(kind="order")
    return {
        "rounds": Rectification.objects.count(),
        "order notices": notices.count(),
        "of rounds": notices.values("rectification").distinct().count(),
        "reconstructed notices": sum(bool(notice.reconstructed) for notice in notices),
        "visits": len(visits),
        "visits with content": sum(visit.content != "" for visit in visits.values()),
        "to the letter": [pk for pk, visit in visits.items() if digest_of(visit.content) == visit.digest],
        "reconstructed visits": [pk for pk, visit in visits.items() if visit.reconstructed],
    }


def pages() -> dict[str, int]:
    """The status of pages about the rows in which the release differs."""
    from django.test import Client

    from accounts.models import User
    from inspections.models import Rectification

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(username="taskforce"), "django.contrib.auth.backends.ModelBackend")
    rounds = [round_ for each in RECORDED["visits"] if (round_ := each["receipt"]["rectification"])]
    rounds += Rectification.objects.filter(state="voided").order_by("pk").values_list("pk", flat=True)[:3]
    paths = ["/", "/statistics/", "/rectifications/"]
    paths += [f"/visits/{each['id']}/" for each in RECORDED["visits"]]
    paths += [f"/rectifications/{pk}/" for pk in rounds] + [f"/rectifications/{pk}/notice/" for pk in rounds]
    paths += sorted({f"/institutions/{each['body']['institution']}/" for each in RECORDED["visits"]})
    return {path: client.get(path).status_code for path in dict.fromkeys(paths)}


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing is collected here
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    release_put_in_place()
    call_command("migrate", verbosity=0, interactive=False)
    json.dump(
        {
            "rows": rows(),
            "meanings": meanings(),
            "figures": list(figures()),
            "check": said_of("check", databases=["default"]),
            "verify_ledger": said_of("verify_ledger"),
            "verify_audit": said_of("verify_audit"),
            "kept by value": kept_by_value(),
            "pages": pages(),
            "sent again": list(sent_again()),
            "verify_ledger at the end": said_of("verify_ledger"),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
