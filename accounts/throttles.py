"""How many requests of one user the API answers, counted by all processes together."""

import fcntl
import logging
import os
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.throttling import UserRateThrottle

log = logging.getLogger(__name__)


class PerUser(UserRateThrottle):
    """`API_RATE` requests in each minute of the clock: a counter for each user, no list of moments.

    A brake that cannot count, for the disk is full or the cache's machine down, lets everybody pass and says so in
    the log: a visit is not refused because of it.
    """

    duration: int  # seconds of a window; both are read from the rate by the class above
    num_requests: int

    def allow_request(self, request: Any, view: Any) -> bool:
        self.moment = time.time()
        window = int(self.moment // self.duration)
        try:
            return count(str(request.user.pk), window, self.duration) <= self.num_requests
        except (OSError, RedisError, ValueError) as problem:  # disk, cache, what a crash leaves in them
            log.warning("the API's requests could not be counted: %s", problem)
            return True

    def wait(self) -> float:
        return self.duration - self.moment % self.duration


def count(key: str, window: int, seconds: int) -> int:
    """How often this was called for `key` in `window`, this time included, by all processes of all machines."""
    if settings.SHARED_CACHE:
        name = f"requests:{key}:{window}"
        cache.add(name, 0, timeout=2 * seconds)
        return int(cache.incr(name))
    return _count_in_file(settings.DATA_DIR / "requests" / key, window)


def _count_in_file(path: Path, window: int) -> int:
    """One small file for each user: "window count". Locked while it is read and written; a crash loses a count."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        last, counted = (int(part) for part in (os.read(file, 64) or b"0 0").split())
        counted = counted + 1 if last == window else 1
        os.pwrite(file, b"%012d %012d" % (window, counted), 0)
        return counted
    finally:
        os.close(file)
