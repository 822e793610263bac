"""A phone that was without a network for weeks sends what it has in one batch."""

import uuid
from datetime import timedelta

import pytest

from inspections.models import Visit
from tests.factories import at, institution


@pytest.mark.parametrize("count", [1, 13, 50])
def test_batch_of_visits_of_many_days_is_stored(api, inspector, count):
    visits = [
        {
            "id": str(uuid.uuid4()),
            "institution": str(institution().pk),
            "purpose": "routine",
            "result": "inspected",
            "happened_at": (at("2018-05-01", 9) + timedelta(days=3 * number)).isoformat(),
            "inspectors": ["inspector"],
            "findings": [],
            "photos": [],
        }
        for number in range(count)
    ]

    answer = api(inspector).post("/api/v1/field/visits/", {"visits": visits}, format="json")

    assert [each["status"] for each in answer.json()["answers"]] == [201] * count
    assert Visit.objects.count() == count
