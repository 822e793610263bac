"""One id sent several times at the same moment: one visit, whatever comes second."""

import os
import uuid
from collections import Counter

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from inspections.models import QuarantinedVisit, Visit
from tests.factories import LIUSHI, institution, user_with
from tests.own_database import Clerk, data_dir_of, own_database

AT_ONCE, TIMES = 5, int(os.environ.get("AT_ONCE_TIMES", "60"))  # `make battery` does it 500 times


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker, tmp_path_factory):
    with own_database(tmp_path_factory.mktemp("own")) as name, django_db_blocker.unblock():
        yield name


@pytest.fixture
def phones(db, database, settings):
    settings.DATA_DIR = data_dir_of(database)
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_CLASSES": []}
    came = [Clerk(database) for _ in range(AT_ONCE)]
    yield came
    for clerk in came:
        clerk.leave()


def _world(username: str) -> tuple[int, str]:
    return user_with("inspector", LIUSHI, username).pk, str(institution(LIUSHI).pk)


def _put(user: int, pk: uuid.UUID, body: dict) -> int:
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user))
    status: int = client.put(f"/api/v1/visits/{pk}/", body, format="json").status_code
    return status


@pytest.mark.parametrize("different", [False, True], ids=["equal", "different"])
def test_of_one_id_sent_at_once_one_visit_is_stored(phones, different):
    user, school = phones[0](_world, f"at-once-{different}").result()
    body = {
        "institution": school, "purpose": "routine", "result": "inspected",
        "happened_at": "2018-10-01T09:00:00+08:00", "inspectors": [f"at-once-{different}"],
    }  # fmt: skip
    statuses: Counter[int] = Counter()
    ids = [uuid.uuid4() for _ in range(TIMES)]

    for pk in ids:
        sent = [body | ({"note": f"第{at}份"} if different else {}) for at in range(AT_ONCE)]
        answers = [phone(_put, user, pk, each) for phone, each in zip(phones, sent, strict=True)]
        statuses.update(answer.result() for answer in answers)

    def stored() -> tuple[int, int]:
        kept = QuarantinedVisit.objects.filter(visit__in=ids).count()
        return Visit.objects.filter(pk__in=ids).count(), kept

    others = len(ids) * (AT_ONCE - 1)
    assert statuses == Counter({201: len(ids), (409 if different else 200): others})
    assert phones[0](stored).result() == (len(ids), others if different else 0)
