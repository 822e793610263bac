"""One transaction of somebody who writes, and the moment at which what is written becomes known."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction
from django.utils import timezone

Given = ParamSpec("Given")
Made = TypeVar("Made")
NOW = datetime.max.replace(tzinfo=UTC)  # stands for the clock, which is read when the writer's turn has come


def recorded(act: Callable[Given, Made]) -> Callable[Given, Made]:
    """An action that writes: whole or not at all, with `at`, the moment at which it becomes known.

    The action takes `at: datetime = NOW` by keyword. NOW is replaced by the clock once the transaction has begun and it
    is the writer's turn, so that nothing becomes known at a moment that somebody was already answered for.
    """

    @wraps(act)
    def acting(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        with transaction.atomic():
            at = kwargs.get("at", NOW)
            kwargs["at"] = timezone.now() if at in (NOW, None) else at
            return act(*args, **kwargs)

    return acting
