"""How the tests of moves bring a round where they need it."""

from datetime import date

from inspections.actions import (
    return_rectification,
    submit_rectification,
    verify_rectification,
)
from inspections.models import Rectification
from institutions.models import Institution
from tests.factories import hand, round_of

ON = date(2018, 10, 20)


def submit(round_, by, outcome="corrected", on=ON, **given) -> Rectification:
    given.setdefault("put_right", list(round_.findings.values_list("pk", flat=True)))
    round_.refresh_from_db()
    return submit_rectification(round_, by=by, on=on, version=round_.version, outcome=outcome, **given)


def verify(round_, by, on=ON, **given) -> Rectification:
    return verify_rectification(round_, by=by, on=on, version=round_.version, **given)


def brought_to(state: str, school: Institution) -> Rectification:
    """A round in one of the five states, as far as the rows go."""
    how = {
        "ordered": {},
        "submitted": {"submitted_on": "2018-10-05"},
        "returned": {"submitted_on": "2018-10-05"},
        "verified": {"verified_on": "2018-10-06"},
        "voided": {"voided": "2018-10-06"},
    }[state]
    round_ = round_of(school, "2018-10-01", outcome="corrected", **how)
    if state == "returned":
        return return_rectification(round_, by=hand("checker"), on=date(2018, 10, 6), version=2, reason="缺照片")
    return round_
