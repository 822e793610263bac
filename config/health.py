"""Is the process up (livez), and can it still keep what it is given (readyz)?"""

import os
import tempfile

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection, transaction
from django.http import HttpRequest, HttpResponse


@login_not_required
def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Writes to the database (rolled back) and to the data folder: a full disk turns this red, 503."""
    try:
        _write_to_database()
        _write_to_data_dir()
    except (Error, OSError) as problem:
        return HttpResponse(f"not ready: {type(problem).__name__}", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


def _write_to_database() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE inspections_noticecounter SET last = last WHERE id = -1")
        cursor.execute("CREATE TEMPORARY TABLE readiness (probe integer)")
        transaction.set_rollback(True)


def _write_to_data_dir() -> None:
    with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
        file.write(b"0" * 4096)
        file.flush()
        os.fsync(file.fileno())
