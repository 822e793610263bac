"""疑点 where people look: visit, file, round beside its photos, ledger. No visit out of sight is named."""

import re

import pytest
from django.urls import reverse

from inspections.actions import NewFinding, NewOrder, submit_rectification
from inspections.models import Rectification, Visit
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution
from tests.inspections.oddities.scenes import HERE, jpeg, north, scene, visited
from tests.urls import body

pytestmark = pytest.mark.django_db
DATA = jpeg(scene(1))


def text_of(client, path: str) -> str:
    """What is read on a page, without the tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body(client.get(path)).decode()))


@pytest.fixture
def elsewhere(outsider) -> Visit:
    """A visit of the township beside it, with the photo."""
    school = institution(NEXT_TO_LIUSHI, name="晨曦教育", position=HERE)
    return visited(school, outsider, at("2018-09-20", 9), photos=(DATA,))


@pytest.fixture
def round_(inspector, elsewhere) -> Rectification:
    """Of 青竹教育, ordered at a visit in order; handed in after a recheck far away, with that photo."""
    school = institution(LIUSHI, name="青竹教育", position=HERE, status="full")
    visited(
        school, inspector, at("2018-10-01", 9), findings=[NewFinding("T01")], order=NewOrder(), photos=(jpeg(scene(7)),)
    )
    found = school.rectifications.get()
    recheck = visited(
        school, inspector, at("2018-10-15", 9), purpose="recheck", where=north(812), accuracy_m=10, photos=(DATA,)
    )
    found.refresh_from_db()
    submit_rectification(found, by=inspector, on=recheck.happened_on, version=found.version, outcome="closed")
    found.refresh_from_db()
    return found


def pages(round_) -> list[str]:
    recheck = round_.visits.get(purpose="recheck")
    return [recheck.get_absolute_url(), round_.get_absolute_url(), round_.institution.get_absolute_url()]


FAR = "距登记地点 812 米，减去走访的精度 10 米和登记地点的精度 0 米，仍超过 500 米。"


def test_reasons_say_what_how_much_and_beside_which_visit(browse, taskforce, round_, elsewhere):
    client = browse(taskforce)

    for path in pages(round_):
        answer = body(client.get(path)).decode()
        said = text_of(client, path)
        assert "照片相同 照片 1 与另一家机构的照片 1 相同。 晨曦教育 2018-09-20 09:00" in said
        assert FAR in said
        assert f'<a href="{elsewhere.get_absolute_url()}">晨曦教育' in answer


def test_visit_out_of_sight_is_not_named(browse, inspector, round_, elsewhere):
    client = browse(inspector)

    for path in pages(round_):
        answer = body(client.get(path)).decode()
        assert "照片 1 与辖区以外一家机构的照片相同。" in answer
        assert FAR in answer
        for secret in ("晨曦教育", "2018-09-20", str(elsewhere.pk), str(elsewhere.institution_id)):
            assert secret not in answer


def test_visit_in_order_shows_no_reasons(browse, taskforce, round_):
    ordering = round_.opened_by_visit

    assert "疑点" not in text_of(browse(taskforce), ordering.get_absolute_url())


def test_photos_beside_the_verification_are_large_and_say_what_is_odd(browse, taskforce, round_):
    answer = body(browse(taskforce).get(round_.get_absolute_url())).decode()

    before, after = re.findall(r"<figure>(.*?)</figure>", answer, flags=re.DOTALL)
    recheck = round_.visits.get(purpose="recheck")
    assert f"{reverse('visit_photo', args=[recheck.pk, 1])} 1600w" in after
    assert ('class="odd">照片相同' in before, 'class="odd">照片相同' in after) == (False, True)
    assert answer.index('id="oddities"') < answer.index('id="photos"')


def test_ledger_marks_finds_and_sorts_what_is_odd(browse, taskforce, round_):
    plain = institution(LIUSHI, name="绘声馆", status="full")
    order = {"findings": [NewFinding("T01")], "order": NewOrder()}
    visited(plain, taskforce, at("2018-10-02", 9), **order)
    client = browse(taskforce)

    def listed(**asked: str) -> list[str]:
        found = client.get(reverse("rectifications"), asked)
        return re.findall(r'class="title"><a [^>]*>([^<]+)', body(found).decode())

    assert "疑点：照片相同、位置偏远" in text_of(client, reverse("rectifications"))
    assert listed(oddity="any") == listed(oddity="far") == ["青竹教育"]
    assert listed(oddity="travel") == []
    assert listed(sort="-oddities", columns="name,oddities") == ["青竹教育", "绘声馆"]
    assert listed(oddity="any", as_of="2018-10-14") == []
    assert listed(oddity="any", as_of="2018-10-15") == ["青竹教育"]


def test_ledger_finds_a_round_by_the_visit_that_ordered_it(browse, taskforce, api):
    school = institution(LIUSHI, name="青竹教育", position=HERE, status="full")
    order = {"findings": [NewFinding("T01")], "order": NewOrder()}
    visited(school, taskforce, at("2018-10-02", 9), where=north(900), **order)

    found = api(taskforce).get("/api/v1/rectifications/?oddity=far").json()["results"]

    assert [each["institution"] for each in found] == [str(school.pk)]


def test_kind_that_is_none_is_refused(browse, taskforce):
    answer = browse(taskforce).get("/rectifications/?oddity=strange")

    assert answer.status_code == 422
    assert "same_photo" in body(answer).decode()


def test_many_visits_alike_are_counted_not_listed(browse, taskforce, inspector):
    for _ in range(6):
        visited(institution(), inspector, at("2018-10-02", 9), photos=(DATA,))
    last = visited(institution(), inspector, at("2018-10-03", 9), photos=(DATA,))

    said = text_of(browse(taskforce), last.get_absolute_url())

    assert said.count("与另一家机构的照片 1 相同。") == 3
    assert "另有 3 次走访也是如此。" in said


def test_travel_and_clocks_in_words(browse, taskforce, inspector):
    one = visited(institution(name="绘声馆"), inspector, at("2018-10-02", 9), where=HERE)
    there = visited(
        institution(), inspector, at("2018-10-02", 9, 20), where=north(65_000), device_sent_at=at("2018-10-01", 23)
    )

    said = text_of(browse(taskforce), there.get_absolute_url())

    assert re.search(
        r"行程过快 inspector 另有一次走访，前后相隔 20 分钟，相距 6\d\.\d 公里。 绘声馆 2018-10-02 09:00", said
    )
    assert "手机时间不准 手机时间比服务器慢 10 小时。" in said
    assert "行程过快" in text_of(browse(taskforce), one.get_absolute_url())
