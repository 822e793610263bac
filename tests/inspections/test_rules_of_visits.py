"""What a visit may state and what its row says, to the letter."""

import pytest

from accounts.errors import Invalid
from inspections.actions import NewOrder, Submission


def refused(record, **stated) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        record(**stated)
    return sorted(refusal.value.errors)


# --- Nobody in


def test_nobody_in_goes_with_no_order(record):
    """Nor does an order without findings."""
    assert refused(record, result="no_access", order=NewOrder()) == ["order", "result"]


def test_nobody_in_hands_nothing_in(record, opened):
    stated = {"institution": opened.institution, "submits": Submission(opened.pk, "closed")}

    assert refused(record, result="no_access", **stated) == ["result"]
