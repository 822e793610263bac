"""What a refusal says: a code for programs, a sentence for people, reasons by field. One shape for pages and API."""

import errno
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.utils.translation import gettext, gettext_lazy

Reasons = dict[str, list[str]]
SQLITE_BUSY = ("database is locked", "database table is locked")
POSTGRESQL_BUSY = {"55P03", "40P01", "40001"}  # lock_not_available, deadlock_detected, serialization_failure
# The last two: on a full or read-only disk the files beside the database (-wal, -shm) cannot be made as it is opened.
SQLITE_CANNOT_WRITE = ("disk is full", "readonly database", "disk I/O error", "unable to open database file")
NO_PERMISSION = gettext_lazy("您没有做这件事的权限。")


def enumerated(words: Iterable[object]) -> str:
    """甲、乙、丙; on an English page with the comma of that language."""
    return gettext("、").join(map(str, words))


class Refusal(Exception):
    """Something the rules of the field do not allow; nothing was written.

    `message` is a sentence for people; `errors` gives reasons by field; `extra` is put into the API's answer.
    `status` is the HTTP status, `headers` go with the answer.
    """

    code = "invalid"
    status = 422
    headers: dict[str, str] = {}

    def __init__(self, message: str, errors: Reasons | None = None, **extra: Any):
        super().__init__(message)
        self.message = message
        self.errors = errors or {}
        self.extra = extra


class Invalid(Refusal):
    """Content that cannot be taken, with the reasons of every field at once."""

    def __init__(self, errors: Reasons, message: str = ""):
        reasons = [reason for field in errors.values() for reason in field]
        super().__init__(message or "".join(reasons), errors)


class UnknownDivision(Refusal):
    """A division that does not exist, or that the asker does not see: the same answer for both.

    Its sentence names the code that was asked for, and nothing else that depends on it.
    """

    code = "not_found"
    status = 404


class Unusable(Refusal):
    """A request that no browser and no program of ours sends."""

    code = "bad_request"
    status = 400


class TooLarge(Refusal):
    code = "too_large"
    status = 413


class NoRoom(Refusal):
    """The disk is full or cannot be written to. What was acknowledged before is kept."""

    code = "no_room"
    status = 507
    headers = {"Retry-After": "60"}


class Busy(Refusal):
    """A lock that could not be had within 20 s (settings.DATABASES). Nothing was written; worth trying again."""

    code = "busy"
    status = 503
    headers = {"Retry-After": "5"}


def as_json(refusal: Refusal) -> dict[str, Any]:
    return {"code": refusal.code, "message": refusal.message, "errors": refusal.errors, **refusal.extra}


def sayable(told: Any) -> Any:
    """The same without lone halves of characters (JSON can hold them, UTF-8 cannot): "?" in their place."""
    if isinstance(told, str):
        return told.encode("utf-8", "replace").decode()
    if isinstance(told, dict):
        return {sayable(key): sayable(value) for key, value in told.items()}
    return [sayable(each) for each in told] if isinstance(told, list) else told


def refusal_of(exception: BaseException | None) -> Refusal | None:
    """The refusal that an exception of the framework or of the machine amounts to; None when it is a fault."""
    if isinstance(exception, Refusal):
        return exception
    if isinstance(exception, RequestDataTooBig):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024 // 1024
        return TooLarge(gettext("发送的内容太大，最多 %(limit)s MB。") % {"limit": limit})
    if _is_no_room(exception):
        return NoRoom(gettext("服务器存储空间已满或不可写，这次操作没有完成。请联系系统管理员清理后再试。"))
    if isinstance(exception, OperationalError) and _is_busy(exception):
        return Busy(gettext("现在写入的人太多，没有轮到这一次，什么都没有写入。请过几秒再试。"))
    return None


def _is_busy(exception: OperationalError) -> bool:
    of_postgresql = getattr(exception.__cause__, "sqlstate", None) in POSTGRESQL_BUSY
    return of_postgresql or str(exception).startswith(SQLITE_BUSY)


def _is_no_room(exception: BaseException | None) -> bool:
    if isinstance(exception, OSError):
        return exception.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)
    if isinstance(exception, OperationalError):
        of_postgresql = getattr(exception.__cause__, "sqlstate", None) == "53100"  # disk_full
        return of_postgresql or any(words in str(exception) for words in SQLITE_CANNOT_WRITE)
    return False
