"""What a refusal says: a code for programs, a sentence for people, reasons by field. One shape for pages and API."""

from typing import Any

from django.utils.translation import gettext_lazy

Reasons = dict[str, list[str]]
NO_PERMISSION = gettext_lazy("您没有做这件事的权限。")


class Refusal(Exception):
    """Something the rules of the field do not allow; nothing was written.

    `message` is a sentence for people; `errors` gives reasons by field; `extra` is put into the API's answer.
    `status` is the HTTP status.
    """

    code = "invalid"
    status = 422

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
    """A division that does not exist, or that the asker does not see: the same answer for both."""

    code = "not_found"
    status = 404
