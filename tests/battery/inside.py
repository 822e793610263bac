"""What is done in the battery's own database: `bureau PHONES` makes it, `count FILE` compares it with what was
acknowledged. Prints JSON."""

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

SCHOOLS = 200


def bureau(phones: int) -> dict[str, Any]:
    """A township with institutions, and an inspector with a token for each phone."""
    from knox.models import AuthToken

    from institutions.models import Division
    from tests.factories import LIUSHI, institution, user_with

    if not Division.objects.filter(pk=LIUSHI).exists():
        raise RuntimeError("the divisions are not there")
    tokens = {}
    for number in range(phones):
        user = user_with("inspector", LIUSHI, f"phone{number}")
        tokens[user.username] = AuthToken.objects.create(user)[1]
    return {"tokens": tokens, "schools": [str(institution(LIUSHI).pk) for _ in range(SCHOOLS)]}


def count(expected: dict[str, dict[str, str]]) -> dict[str, Any]:
    from inspections.models import Photo, Visit
    from inspections.photos import original_file, sha256_of

    stored = {str(pk): digest for pk, digest in Visit.objects.values_list("pk", "digest")}
    photos = list(Photo.objects.values_list("visit", "sha256", "stored_at"))
    here = {str(visit): sha256 for visit, sha256, stored_at in photos if stored_at is not None}
    files = {sha256: original_file(sha256) for sha256 in expected["photos"].values()}
    numbers = list(Visit.objects.values_list("note", flat=True))
    return {
        "visits": len(stored),
        "lost": sorted(set(expected["digests"]) - set(stored)),
        "doubled": len(numbers) - len(set(numbers)) + len(photos) - len({visit for visit, _sha, _at in photos}),
        "changed": [pk for pk, digest in expected["digests"].items() if stored.get(pk) != digest],
        "photos_missing": [pk for pk, sha256 in expected["photos"].items() if here.get(pk) != sha256],
        "photos_wrong": [
            sha for sha, file in files.items() if not file.exists() or sha256_of(file.read_bytes()) != sha
        ],
        "verify": _verified(),
    }


def _verified() -> list[str]:
    """What the checks of the trail, the ledger and the photos complain about."""
    from django.core.management import CommandError, call_command

    said = []
    for command in ("verify_audit", "verify_ledger", "verify_photos"):
        try:
            call_command(command, stdout=io.StringIO(), stderr=io.StringIO())
        except (CommandError, SystemExit) as problem:
            said.append(f"{command}: {problem}")
    return said


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    act, given = sys.argv[1:]
    print(json.dumps(bureau(int(given)) if act == "bureau" else count(json.loads(Path(given).read_text()))))


if __name__ == "__main__":
    main()
