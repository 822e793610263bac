"""The production server as `make run` starts it: `gunicorn --config config/gunicorn.py config.wsgi`."""

import gc
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(os.environ.get("ENV_FILE", BASE_DIR / ".env"))

given = dict(os.environ)  # to the worker beside the server, which works in little memory

# Bytes of SQLite's file that are mapped, the most it takes: what a page reads of a large register is scattered over it.
os.environ.setdefault("SQLITE_MAPPED", str(2**31 - 2**16))

bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = 4
preload_app = True  # read once, shared by the workers
timeout = 120  # seconds; a report of a large county is made within one request
graceful_timeout = 20  # seconds for requests under way when it is stopped
max_requests = 5000  # a worker is replaced after so many requests: nothing grows for ever
max_requests_jitter = 500
loglevel = "warning"


worker: "subprocess.Popen[bytes] | None" = None  # places institutions that people ask it to, beside the server


def when_ready(server: object) -> None:
    from django.conf import settings

    if settings.WORKER:
        global worker
        worker = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=BASE_DIR, env=given)  # noqa: S603
    print(f"\n  {settings.BUREAU_NAME}  http://{bind}/", flush=True)
    print("  按 Ctrl-C 停止，数据保留。Ctrl-C stops it; the data is kept.\n", flush=True)


def post_fork(server: object, worker: object) -> None:
    """What was read before the workers came is never garbage: the collector need not walk it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def on_exit(server: Any) -> None:
    """It ends by itself when the server is gone; asked to, it does so after the institution or rows it is at."""
    if worker is not None:
        worker.terminate()
        try:
            worker.wait(graceful_timeout)
        except subprocess.TimeoutExpired:
            worker.kill()
