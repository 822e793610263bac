"""The scale data and who looks at it: set up once, kept under var/bench/ (see bench/README.md)."""

import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
INSTITUTIONS = int(os.environ.get("BENCH_INSTITUTIONS", "401050"))
VISITS = int(os.environ.get("BENCH_VISITS", "400000"))


def ready() -> None:
    """Django, the schema and the data; writes them where there are none."""
    os.environ["DATA_DIR"] = os.environ.get("BENCH_DATA_DIR") or str(ROOT / "var" / "bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["API_RATE"] = "10000000/min"  # a refusal would be the quickest answer
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from institutions.models import Institution

    # Pages are asked for in this process, without a server: no other host and no collected files.
    settings.ALLOWED_HOSTS = ["testserver"]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    call_command("migrate", verbosity=0)
    if not Institution.objects.exists():
        clock, cpu = time.perf_counter(), time.process_time()
        call_command("simulate", institutions=INSTITUTIONS, visits=VISITS, seed=1)
        clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
        print(
            f"scale data written in {clock:.0f} s, {cpu:.0f} s of processor (kept in {Path(settings.DATA_DIR).name}/)"
        )


def user(name: str, prefixes: Iterable[str]) -> Any:
    """Somebody of a task force with a grant for each of the divisions."""
    from datetime import date

    from accounts.models import Grant, User

    found, _new = User.objects.get_or_create(username=name, defaults={"name": name})
    for prefix in prefixes:
        Grant.objects.get_or_create(
            user=found, role="task_force", division_prefix=prefix, defaults={"valid_from": date(2018, 1, 1)}
        )
    return found


def client(signed_in: Any) -> Any:
    from django.test import Client

    found = Client()
    found.force_login(signed_in)
    return found


def struck_off(division: str) -> Any:
    """The first institution of a division that was closed: its file has everything."""
    from institutions.models import Institution

    found = Institution.objects.in_division(division).filter(ceased_on__isnull=False)
    return found.order_by("scope_code", "name").values_list("pk", flat=True)[0]


def county() -> str:
    """The first county in which a round is open: its lists are not empty."""
    from demonstration import country
    from inspections.models import Rectification

    there = Rectification.objects.open().filter(scope_code__gte=str(country.FIRST_PROVINCE))
    return str(there.order_by("scope_code").values_list("scope_code", flat=True)[0][:6])
