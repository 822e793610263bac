"""Both clocks as conditions on what is kept: from a day on, and until it was withdrawn."""

from typing import TypeVar

from django.db import models
from django.db.models import Q

from institutions.moments import Moment

Row = TypeVar("Row", bound=models.Model)


def in_force(rows: "models.QuerySet[Row]", moment: Moment) -> "models.QuerySet[Row]":
    """Of places or names that hold from a day on: those begun by the day, as known at the moment. The first one holds.

    Of two from the same day the one recorded later holds.
    """
    return rows.filter(from_on__lte=moment.on, recorded_at__lte=moment.known_at).order_by(
        "-from_on", "-recorded_at", "-pk"
    )


def not_withdrawn(moment: Moment) -> Q:
    """Not withdrawn as known at the moment: what is withdrawn later still counted then."""
    return Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=moment.known_at)
