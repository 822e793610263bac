"""Who sees many provinces is answered with as many queries as who sees one county."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from institutions.models import Division
from tests.factories import institution, round_of, user_with
from tests.urls import body

pytestmark = pytest.mark.django_db
PROVINCES = [str(code) for code in range(50, 66, 2)]  # 50, 52, …, 64: none beside another


@pytest.fixture
def country(db):
    """A county with an institution and an open round in each of eight provinces."""
    for code in PROVINCES:
        Division.objects.create(code=code, name=code, level="province")
        Division.objects.create(code=f"{code}01", name=code, level="city", parent_id=code)
        Division.objects.create(code=f"{code}0101", name=code, level="county", parent_id=f"{code}01")
        round_of(institution(f"{code}0101"), "2018-06-01")


def queries(client, name: str, prefixes: list[str], url: str) -> int:
    user = user_with("task_force", prefixes[0], name)
    for prefix in prefixes[1:]:
        user.grants.create(role="task_force", division_prefix=prefix, valid_from="2018-01-01")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    body(client.get(url))
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("url", ["/", "/rectifications/", "/institutions/", "/statistics/"])
def test_country_is_asked_as_often_as_a_county(client, country, url):
    of_a_county = queries(client, "county", ["500101"], url)
    of_a_country = queries(client, "country", PROVINCES, url)

    assert of_a_country <= of_a_county


def test_choice_of_divisions_is_what_is_near(client, country):
    queries(client, "country", PROVINCES, "/")

    offered = [each.code for each in client.get("/institutions/?division=5001").context["divisions"]]

    assert offered == ["50", "5001", "500101", *PROVINCES[1:]]
