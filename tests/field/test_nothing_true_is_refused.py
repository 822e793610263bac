"""A visit is judged by the day on which it happened; what cannot be counted waits for a person, with its photos."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.models import AuditRow, User
from accounts.watermark import recording
from inspections.actions import Given, Receipt, settle_quarantined, take_visits
from inspections.errors import VisitConflict
from inspections.models import FindingType, QuarantinedPhoto, QuarantinedVisit, Rectification, Visit
from inspections.photos import original_file, sha256_of
from institutions.actions import merge_institutions, move_institution, withdraw_institution
from institutions.models import Division, Institution
from institutions.moments import today
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution, picture, seconded_from, sent_visit, user_with

DAY = "2018-10-01"


def body(school, **changes) -> dict:
    return {
        "institution": str(school if isinstance(school, uuid.UUID) else school.pk),
        "purpose": "routine",
        "result": "inspected",
        "happened_at": f"{DAY}T09:00:00+08:00",
        "inspectors": ["inspector"],
    } | changes


@pytest.fixture
def put(api, inspector):
    def sent(school, pk=None, user=None, **changes):
        client = api(User.objects.get(pk=(user or inspector).pk))  # as signed in today
        return client.put(reverse("api-visit", args=[pk or uuid.uuid4()]), body(school, **changes), format="json")

    return sent


def ended(grant, on):
    grant.valid_to = on
    grant.save()


# --- Counted, for it was right on the day


def test_visit_of_a_day_before_the_grant_ended_counts(put, inspector):
    ended(inspector.grants.get(), DAY)

    answer = put(institution())

    assert (answer.status_code, Visit.objects.count()) == (201, 1)


def test_visit_of_a_day_before_the_grant_was_taken_away_counts(put, inspector, taskforce):
    grant = inspector.grants.get()
    with recording():
        audit.write("grant.removed", grant, by=taskforce, before=audit.snapshot(grant))
        grant.delete()

    assert put(institution()).status_code == 201


def test_visit_of_a_day_before_the_grant_moved_counts(put, inspector, taskforce):
    grant = inspector.grants.get()
    before = audit.snapshot(grant)
    grant.division_prefix = NEXT_TO_LIUSHI
    with recording():
        grant.save()
        audit.write("grant.saved", grant, by=taskforce, before=before, after=audit.snapshot(grant))

    assert put(institution()).status_code == 201


def test_colleague_disabled_since_was_there(put, inspector):
    user_with("inspector", LIUSHI, "colleague")
    colleague = User.objects.get(username="colleague")
    colleague.is_active = False
    with recording():
        colleague.save()
        audit.write("user.edited", colleague, by=None, before={"is_active": True}, after={"is_active": False})

    answer = put(institution(), inspectors=["inspector", "colleague"])

    assert answer.status_code == 201
    assert set(Visit.objects.get().inspectors.values_list("username", flat=True)) == {"inspector", "colleague"}


def test_visit_with_a_colleague_disabled_before_it_waits(put):
    user_with("inspector", LIUSHI, "colleague")
    colleague = User.objects.get(username="colleague")
    colleague.is_active = False
    with recording(at("2018-09-01")):
        colleague.save()
        audit.write(
            "user.edited", colleague, by=None, before={"is_active": True}, after={"is_active": False},
            at=at("2018-09-01"),
        )  # fmt: skip

    answer = put(institution(), inspectors=["inspector", "colleague"])

    assert (answer.status_code, QuarantinedVisit.objects.get().reason) == (202, "grant")


def test_colleague_of_another_county_is_not_confirmed(put):
    user_with("inspector", "330381", "elsewhere")

    hidden = put(institution(), inspectors=["inspector", "elsewhere"])
    absent = put(institution(), inspectors=["inspector", "nobody"])

    assert hidden.status_code == 422
    assert hidden.json()["message"].replace("elsewhere", "") == absent.json()["message"].replace("nobody", "")


def test_item_ended_after_the_visit_counts(put):
    FindingType.objects.filter(code="T02").update(in_force_to=DAY)

    assert put(institution(), findings=[{"type": "T02"}]).status_code == 201


def test_visit_to_what_was_merged_since_counts_with_what_stays(put, taskforce):
    stays, goes = institution(name="绘声馆一"), institution(name="绘声馆二")
    merge_institutions(into=stays, merged=goes, by=taskforce, reason="同一家")

    assert put(goes).status_code == 201


def test_visit_to_what_moved_away_since_counts(put, taskforce):
    school = institution()
    move_institution(
        school, by=taskforce, version=school.version, division=Division.objects.get(pk=NEXT_TO_LIUSHI),
        operating_address="别处1号", from_on=today(),
    )  # fmt: skip

    answer = put(school)

    assert (answer.status_code, Visit.objects.get().institution_id) == (201, school.pk)


def test_who_has_lost_every_grant_sends_photos_and_reads_the_receipt_all_the_same(api, put, inspector):
    photo, pk = sha256_of(picture()), uuid.uuid4()
    put(institution(), pk, photos=[{"sha256": photo, "slot": 1}])
    inspector.grants.all().delete()
    client = api(User.objects.get(pk=inspector.pk))

    sent = client.put(
        reverse("api-visit-photo", args=[pk, photo]), data=picture(), content_type="application/octet-stream"
    )
    receipt = client.get(reverse("api-visit-receipt", args=[pk]))

    assert (sent.status_code, sent.json()["evidence"], receipt.json()) == (200, "complete", sent.json())


def test_who_never_had_to_do_with_it_reads_that_it_is_absent(put, outsider):
    school = institution()
    hidden = put(school, user=outsider, inspectors=["outsider"])
    absent = put(uuid.UUID(int=7), user=outsider, inspectors=["outsider"])

    assert (hidden.status_code, absent.status_code) == (422, 422)
    assert hidden.json()["message"].replace(str(school.pk), "") == absent.json()["message"].replace(
        str(uuid.UUID(int=7)), ""
    )
    assert not QuarantinedVisit.objects.exists()


# --- Kept aside


def no_grant_on_the_day(inspector, school, taskforce):
    ended(inspector.grants.get(), "2018-09-30")
    return {}


def withdrawn_since(inspector, school, taskforce):
    withdraw_institution(school, by=taskforce, version=school.version, reason="登错")
    return {}


def item_ended_before(inspector, school, taskforce):
    FindingType.objects.filter(code="T02").update(in_force_to="2018-09-30")
    return {"findings": [{"type": "T02"}]}


def clock_48_h_ahead(inspector, school, taskforce):
    ahead = timezone.now() + timedelta(hours=48)
    return {"happened_at": (ahead - timedelta(hours=1)).isoformat(), "device_sent_at": ahead.isoformat()}


def clock_of_1970(inspector, school, taskforce):
    return {"happened_at": "1970-01-01T08:10:00+08:00", "device_sent_at": "1970-01-01T09:10:00+08:00"}


def clock_of_2038(inspector, school, taskforce):
    return {
        "happened_at": "2038-01-19T03:14:00+08:00", "device_sent_at": "2038-01-19T03:14:07+08:00",
        "findings": [{"type": "S01"}], "order": {"due_on": "2038-01-20"},
    }  # fmt: skip


ASIDE = {
    no_grant_on_the_day: "grant",
    withdrawn_since: "register",
    item_ended_before: "catalogue",
    clock_48_h_ahead: "clock",
    clock_of_1970: "clock",
    clock_of_2038: "clock",
}


@pytest.fixture(params=ASIDE, ids=lambda why: why.__name__)
def why(request):
    return request.param


def test_visit_that_cannot_be_counted_waits_with_its_photos(api, put, inspector, taskforce, why):
    school, photo, pk = institution(), sha256_of(picture()), uuid.uuid4()
    changes = why(inspector, school, taskforce) | {"photos": [{"sha256": photo, "slot": 1}], "note": "现场备注"}

    first = put(school, pk, **changes)
    again = put(school, pk, **changes)
    sent = api(User.objects.get(pk=inspector.pk)).put(
        reverse("api-visit-photo", args=[pk, photo]), data=picture(), content_type="application/octet-stream"
    )

    copy = QuarantinedVisit.objects.get()
    receipt = first.json()
    assert (first.status_code, again.status_code, again.json()) == (202, 202, receipt)
    assert (receipt["id"], receipt["missing_photos"], bool(receipt["kept_aside"])) == (str(pk), [photo], True)
    assert (copy.reason, copy.institution, copy.stated["note"]) == (ASIDE[why], school, "现场备注")
    assert (sent.status_code, sent.json()["evidence"]) == (200, "complete")
    assert original_file(photo).read_bytes() == picture()
    assert not Visit.objects.exists()
    assert AuditRow.objects.get(action="visit.kept_aside").by == inspector


def test_receipt_says_why_it_waits_and_what_came_of_it(put, browse, inspector, taskforce):
    school, pk = institution(), uuid.uuid4()
    ended(inspector.grants.get(), "2018-09-30")
    why = "inspector在检查当日（2018-10-01）没有该处的权限。"

    waits = put(school, pk)
    settle_quarantined(QuarantinedVisit.objects.get(), by=taskforce, note="当日不在岗")
    settled = put(school, pk)

    assert waits.json()["kept_aside"] == why
    assert settled.json()["kept_aside"] == f"{why}已由专人核对，不计入：当日不在岗"


def test_visit_kept_aside_is_in_the_list_of_a_person_beside_what_the_server_has(put, browse, inspector, taskforce, why):
    school = institution(name="青竹教育")
    put(school, note="现场备注", **why(inspector, school, taskforce))

    page = browse(taskforce).get("/")
    shown = browse(taskforce).get(QuarantinedVisit.objects.get().get_absolute_url())

    text = shown.content.decode()
    assert page.context["quarantined_count"] == 1
    assert [word for word in ("现场", "服务器", "现场备注", "青竹教育") if word not in text] == []
    assert QuarantinedVisit.objects.get().reasons[0] in text


def test_people_of_a_visit_kept_aside_are_told_by_name(put, browse, inspector, taskforce):
    User.objects.filter(pk=inspector.pk).update(name="巡查员一")
    school = institution()
    put(school, **no_grant_on_the_day(inspector, school, taskforce))

    text = browse(taskforce).get(QuarantinedVisit.objects.get().get_absolute_url()).content.decode()

    assert f">{inspector.username}<" not in text and "巡查员一" in text


def test_person_counts_it(put, browse, inspector, taskforce, why):
    school, photo, pk = institution(), sha256_of(picture()), uuid.uuid4()
    changes = why(inspector, school, taskforce) | {"photos": [{"sha256": photo, "slot": 1}]}
    put(school, pk, **changes)
    copy = QuarantinedVisit.objects.get()

    answer = browse(taskforce).post(
        copy.get_absolute_url(), {"settle": "count", "note": "属实", "happened_at": "2018-10-01T09:00"}
    )
    again = put(school, pk, **changes)

    visit = Visit.objects.get()
    copy.refresh_from_db()
    assert answer.status_code == 302
    assert (visit.pk, visit.recorded_by, copy.counted_as, copy.settled_by) == (pk, inspector, visit, taskforce)
    assert (again.status_code, again.json()["id"], Visit.objects.count()) == (200, str(pk), 1)
    assert Rectification.objects.count() == (1 if "order" in changes else 0)


def test_sent_again_it_has_the_receipt_of_what_was_sent_once_it_is_counted(put, browse, inspector, taskforce, why):
    school, pk = institution(), uuid.uuid4()
    changes = why(inspector, school, taskforce)
    first = put(school, pk, **changes).json()
    counted = {"settle": "count", "note": "属实", "happened_at": "2018-10-01T09:00"}
    browse(taskforce).post(QuarantinedVisit.objects.get().get_absolute_url(), counted)

    again = put(school, pk, **changes)

    receipt = again.json()
    assert (again.status_code, receipt["digest"], receipt["received_at"]) == (
        200, first["digest"], first["received_at"],
    )  # fmt: skip


def test_person_keeps_it_aside_with_a_reason(put, browse, inspector, taskforce):
    school, pk = institution(), uuid.uuid4()
    changes = no_grant_on_the_day(inspector, school, taskforce)
    put(school, pk, **changes)
    copy = QuarantinedVisit.objects.get()

    without = browse(taskforce).post(copy.get_absolute_url(), {"settle": "keep", "note": " "})
    answer = browse(taskforce).post(copy.get_absolute_url(), {"settle": "keep", "note": "并未到场"})
    again = put(school, pk, **changes)

    copy.refresh_from_db()
    assert (without.status_code, answer.status_code) == (422, 302)
    assert (copy.settled_as, copy.settle_note, Visit.objects.count()) == ("kept", "并未到场", 0)
    assert again.status_code == 202
    assert "并未到场" in again.json()["kept_aside"]


def test_wrong_clock_is_counted_with_a_moment_given_and_not_without(put, browse, inspector, taskforce):
    school = institution()
    put(school, **clock_of_2038(inspector, school, taskforce))
    copy = QuarantinedVisit.objects.get()

    without = browse(taskforce).post(copy.get_absolute_url(), {"settle": "count"})
    answer = browse(taskforce).post(
        copy.get_absolute_url(), {"settle": "count", "happened_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M")}
    )

    assert (without.status_code, answer.status_code) == (422, 302)
    assert Visit.objects.get().happened_on == today()


def test_moment_that_is_meant_by_a_wrong_clock_is_proposed(put, inspector, taskforce):
    school = institution()
    put(school, **clock_48_h_ahead(inspector, school, taskforce))

    meant = QuarantinedVisit.objects.get().happened_at_by_our_clock

    assert abs(meant - (timezone.now() - timedelta(hours=1))) < timedelta(minutes=1)


def test_clock_behind_is_counted_and_said(put):
    late = timezone.now() - timedelta(hours=48)

    answer = put(institution(), happened_at=late.isoformat(), device_sent_at=late.isoformat())

    assert answer.status_code == 201
    assert "手机时间与服务器相差超过 5 分钟。" in answer.json()["warnings"]


def test_moment_that_no_clock_says_is_refused(put):
    for happened_at in ("2999-01-01T00:00:00+08:00", "1969-12-31T00:00:00+08:00"):
        answer = put(institution(), happened_at=happened_at)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["happened_at"])


def test_item_that_had_not_begun_is_refused(put):
    answer = put(institution(), findings=[{"type": "T08"}])  # of 2021

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["findings.0.type"])


# --- Sent again with other content, under the id of what was kept aside


@pytest.mark.parametrize(
    "changes",
    [{"happened_at": "2018-09-20T09:00:00+08:00"}, {"note": "改了备注"}],
    ids=["that could be counted", "that could not"],
)
def test_other_content_under_the_id_of_a_copy_is_a_conflict_and_kept(api, put, inspector, taskforce, changes):
    school, pk = institution(), uuid.uuid4()
    no_grant_on_the_day(inspector, school, taskforce)
    first = put(school, pk)

    other, other_again, again = put(school, pk, **changes), put(school, pk, **changes), put(school, pk)
    receipt = api(User.objects.get(pk=inspector.pk)).get(reverse("api-visit-receipt", args=[pk]))

    kept = QuarantinedVisit.objects.order_by("pk").values_list("sent_id", "reason")
    assert (first.status_code, again.status_code, again.json(), receipt.json()) == (202, 202, *[first.json()] * 2)
    for each in (other, other_again):
        assert (each.status_code, each.json()["code"]) == (409, "different_content")
    assert (list(kept), Visit.objects.count()) == ([(pk, "grant"), (pk, "other_copy")], 0)


def test_other_content_under_the_id_of_a_copy_is_a_conflict_in_a_batch_too(put, inspector, taskforce):
    school, pk = institution(), uuid.uuid4()
    no_grant_on_the_day(inspector, school, taskforce)
    sent = sent_visit(school, id=pk, happened_at=at(DAY, 9))
    given = [Given(sent, None), Given(replace(sent, note="改了备注"), None)]

    take_visits(given, by=User.objects.get(pk=inspector.pk))

    receipt, refusal = [each.answer for each in given]
    assert isinstance(receipt, Receipt) and isinstance(refusal, VisitConflict)
    assert (receipt.status, refusal.status, QuarantinedVisit.objects.count()) == (202, 409, 2)


def test_id_number_under_the_id_of_a_copy_is_refused_and_not_kept(put, inspector, taskforce):
    school, pk = institution(), uuid.uuid4()
    no_grant_on_the_day(inspector, school, taskforce)
    put(school, pk)

    answer = put(school, pk, note="王某110101199001011237")

    assert (answer.status_code, QuarantinedVisit.objects.count()) == (422, 1)


def test_other_content_is_shown_beside_the_copy_that_came_first(put, browse, inspector, taskforce):
    school, pk = institution(), uuid.uuid4()
    no_grant_on_the_day(inspector, school, taskforce)
    for note in ("先发的备注", "后发的备注"):
        put(school, pk, note=note)
    first, other = QuarantinedVisit.objects.order_by("pk")

    page = browse(taskforce).get(other.get_absolute_url())

    [notes] = [row for row in page.context["comparison"].rows if row.label == "备注"]
    assert (notes.stored, notes.received) == (["先发的备注"], ["后发的备注"])
    assert first.get_absolute_url() in page.content.decode()
    assert browse(taskforce).get(first.get_absolute_url()).context["comparison"] is None


def test_copy_of_another_institution_is_shown_to_those_who_see_both(put, browse, inspector, taskforce):
    here, there, pk = institution(), institution(NEXT_TO_LIUSHI, name="乙培训"), uuid.uuid4()
    user_with("inspector", NEXT_TO_LIUSHI, "neighbour", valid_to="2018-09-30")
    neighbour = User.objects.get(username="neighbour")
    no_grant_on_the_day(inspector, here, taskforce)
    put(there, pk, neighbour, inspectors=["neighbour"], note="乙家的备注")
    put(here, pk)
    path = QuarantinedVisit.objects.get(institution=here).get_absolute_url()

    one = browse(user_with("inspector", LIUSHI)).get(path)
    both = browse(taskforce).get(path)

    assert (one.context["comparison"], "乙" in one.content.decode()) == (None, False)
    assert both.context["comparison"].rows[0].stored == ["乙培训"]


def test_first_copy_or_the_other_is_counted_and_both_have_their_answers(put, browse, inspector, taskforce):
    """The second is right: it is counted. The first waits for whoever says that it is not."""
    school, pk = institution(), uuid.uuid4()
    no_grant_on_the_day(inspector, school, taskforce)
    first = put(school, pk).json()
    put(school, pk, note="改正过的")
    other = QuarantinedVisit.objects.get(reason="other_copy")

    answer = browse(taskforce).post(other.get_absolute_url(), {"settle": "count", "note": "以这份为准"})
    first_again, other_again = put(school, pk), put(school, pk, note="改正过的")

    assert (answer.status_code, Visit.objects.get(pk=pk).note) == (302, "改正过的")
    assert (first_again.status_code, first_again.json(), other_again.status_code) == (202, first, 200)


def test_other_content_of_a_wrong_clock_is_counted_with_a_moment_given(put, browse, inspector, taskforce):
    school, pk = institution(), uuid.uuid4()
    ahead = clock_of_2038(inspector, school, taskforce)
    put(school, pk, **ahead)
    put(school, pk, note="改正过的", **ahead)
    page, other = browse(taskforce), QuarantinedVisit.objects.get(reason="other_copy").get_absolute_url()

    without = page.post(other, {"settle": "count"})
    asked = {"settle": "count", "happened_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M")}
    answer = page.post(other, asked)

    assert 'name="happened_at"' in without.content.decode()
    assert (without.status_code, answer.status_code, Visit.objects.get().happened_on) == (422, 302, today())


def test_other_content_stays_a_conflict_when_the_first_is_counted(put, browse, inspector, taskforce):
    school, pk = institution(), uuid.uuid4()
    no_grant_on_the_day(inspector, school, taskforce)
    put(school, pk)
    put(school, pk, note="另一份")
    first = QuarantinedVisit.objects.get(reason="grant")

    browse(taskforce).post(first.get_absolute_url(), {"settle": "count", "note": "属实"})
    again, other_again, third = put(school, pk), put(school, pk, note="另一份"), put(school, pk, note="第三份")

    assert (again.status_code, other_again.status_code, third.status_code) == (200, 409, 409)
    assert (QuarantinedVisit.objects.count(), Visit.objects.get().note) == (3, "")


def test_who_may_not_order_settles_nothing(put, browse, inspector, taskforce):
    school = institution()
    put(school, **clock_of_1970(inspector, school, taskforce))

    answer = browse(inspector).post(QuarantinedVisit.objects.get().get_absolute_url(), {"settle": "count"})

    assert answer.status_code == 403


def test_photo_of_other_content_under_a_used_id_is_kept_with_it(api, put, inspector):
    school, photo, pk = institution(), sha256_of(picture()), uuid.uuid4()
    put(school, pk)
    put(school, pk, note="另一份", photos=[{"sha256": photo, "slot": 1}])

    answer = api(inspector).put(
        reverse("api-visit-photo", args=[pk, photo]), data=picture(), content_type="application/octet-stream"
    )

    assert answer.status_code == 200
    assert QuarantinedVisit.objects.get().photos_here.get().sha256 == photo


@pytest.fixture
def put_photo(api):
    def sent(pk, user):
        client = api(User.objects.get(pk=user.pk))
        path = reverse("api-visit-photo", args=[pk, sha256_of(picture())])
        return client.put(path, data=picture(), content_type="application/octet-stream")

    return sent


def test_photo_of_two_copies_under_one_id_is_kept_with_both(api, put, put_photo, inspector, taskforce):
    school, photos, pk = institution(), [{"sha256": sha256_of(picture()), "slot": 1}], uuid.uuid4()
    no_grant_on_the_day(inspector, school, taskforce)
    first = put(school, pk, photos=photos).json()
    put(school, pk, photos=photos, note="另一份")

    answer = put_photo(pk, inspector)

    receipt = api(User.objects.get(pk=inspector.pk)).get(reverse("api-visit-receipt", args=[pk])).json()
    assert (answer.status_code, answer.json(), receipt["missing_photos"]) == (200, receipt, [])
    assert receipt["digest"] == first["digest"]
    assert [copy.photos_here.count() for copy in QuarantinedVisit.objects.all()] == [1, 1]


def test_photo_is_kept_with_the_copies_only_that_its_sender_may_send_it_for(put, put_photo, inspector, taskforce):
    here, there, pk = institution(), institution(NEXT_TO_LIUSHI, name="乙培训"), uuid.uuid4()
    photos = [{"sha256": sha256_of(picture()), "slot": 1}]
    no_grant_on_the_day(inspector, here, taskforce)
    neighbour = seconded_from("supervisor", "330382", "inspector", NEXT_TO_LIUSHI, "neighbour")
    put(here, pk, photos=photos)
    alone = put_photo(pk, neighbour)
    put(there, pk, neighbour, photos=photos, inspectors=["neighbour"])

    answer = put_photo(pk, neighbour)

    assert (alone.status_code, answer.status_code, answer.json()["missing_photos"]) == (403, 200, [])
    assert QuarantinedPhoto.objects.get().copy.institution == there


# --- The same visit under another id


def test_same_visit_by_a_colleague_within_minutes_is_pointed_out_and_kept(put, browse, inspector):
    colleague = user_with("inspector", LIUSHI, "colleague")
    school, both = institution(), ["inspector", "colleague"]
    first = put(school, inspectors=both)

    second = put(school, user=colleague, inspectors=both, happened_at=f"{DAY}T09:09:00+08:00")
    later = put(school, user=colleague, inspectors=both, happened_at=f"{DAY}T11:00:00+08:00")

    said = [any("可能是同一次" in each for each in answer.json()["warnings"]) for answer in (first, second, later)]
    assert (said, Visit.objects.count()) == ([False, True, False], 3)
    for visit in Visit.objects.filter(happened_at__lt=at(DAY, 10)):
        assert "可能是同一次" in browse(inspector).get(visit.get_absolute_url()).content.decode()
    assert "可能重复" in browse(inspector).get(school.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("first_at", "second_at", "perhaps"),
    [
        ("09:00:00", "09:15:00", True),
        ("09:00:00", "09:15:01", False),
        ("09:15:00", "09:00:00", True),
        ("09:15:01", "09:00:00", False),
    ],
)
def test_visits_of_one_person_within_a_quarter_of_an_hour_may_be_the_same(put, first_at, second_at, perhaps):
    school = institution()
    put(school, happened_at=f"{DAY}T{first_at}+08:00")

    second = put(school, happened_at=f"{DAY}T{second_at}+08:00")

    assert any("可能是同一次" in each for each in second.json()["warnings"]) is perhaps


def test_visits_before_and_after_midnight_may_be_the_same(put):
    school = institution()
    put(school, happened_at="2018-10-01T23:55:00+08:00")

    second = put(school, happened_at="2018-10-02T00:05:00+08:00")

    assert any("可能是同一次" in each for each in second.json()["warnings"])


def test_visit_of_others_at_the_time_is_not_pointed_out(put, taskforce):
    school = institution()
    put(school)

    other = put(school, user=taskforce, inspectors=["taskforce"])

    assert not any("可能是同一次" in each for each in other.json()["warnings"])


# --- Found on the spot, and looked at


FOUND = {
    "name": "晨曦画室", "address": "柳市镇井大路9号", "division": LIUSHI, "category": "arts",
    "longitude": 120.9, "latitude": 28.03, "datum": "wgs84",
}  # fmt: skip


def test_institution_found_on_the_spot_is_registered_once_with_its_visit(put, inspector):
    pk, visit = uuid.uuid4(), uuid.uuid4()

    first = put(pk, visit, purpose="survey", found=FOUND)
    again = put(pk, visit, purpose="survey", found=FOUND)
    second = put(pk, found=FOUND)

    school = Institution.objects.get()
    assert (first.status_code, again.status_code, second.status_code) == (201, 200, 201)
    assert (school.pk, school.name, school.division_id, school.location_source) == (pk, "晨曦画室", LIUSHI, "phone")
    assert (school.surveyed_on.isoformat(), Visit.objects.count()) == (DAY, 2)
    assert AuditRow.objects.get(action="institution.registered").by == inspector
    assert Visit.objects.get(pk=visit).stated["found"]["name"] == "晨曦画室"


def test_what_may_be_registered_already_is_pointed_out_and_kept(put):
    institution(name="晨曦画室", operating_address="柳市镇井大路9号")

    answer = put(uuid.uuid4(), purpose="survey", found=FOUND)

    assert (answer.status_code, Institution.objects.count()) == (201, 2)
    assert any("可能就是已登记的“晨曦画室”" in each for each in answer.json()["warnings"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": "合计"}, "found.name"), ({"division": "330382999"}, "found.division"),
     ({"division": NEXT_TO_LIUSHI}, "found.division")],
)  # fmt: skip
def test_found_that_the_register_does_not_take_is_refused_by_field(put, changes, field):
    answer = put(uuid.uuid4(), purpose="survey", found=FOUND | changes)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert not Institution.objects.exists()


@pytest.mark.parametrize("there_already", [False, True])
@pytest.mark.parametrize("field", ["name", "address"])
def test_id_number_in_what_is_found_is_refused_wherever_it_would_be_kept(put, field, there_already):
    pk, visit = uuid.uuid4(), uuid.uuid4()
    if there_already:
        put(pk, visit, purpose="survey", found=FOUND)
    wrong = FOUND | {field: "王某110101199001011237"}

    another, same = put(pk, found=wrong), put(pk, visit, purpose="survey", found=wrong)

    for answer in (another, same):
        assert (answer.status_code, list(answer.json()["errors"])) == (422, [f"found.{field}"])
    assert not any("1101011990" in each.content for each in [*Visit.objects.all(), *QuarantinedVisit.objects.all()])


def test_what_is_found_is_registered_once_though_two_visits_say_so(put):
    pk = uuid.uuid4()
    put(pk, purpose="survey", found=FOUND)

    again = put(pk, found=FOUND)

    assert (again.status_code, Institution.objects.count()) == (201, 1)
    assert not any("登记入册" in each for each in again.json()["warnings"])


@pytest.mark.parametrize("half", [{"longitude": 120.96}, {"latitude": 28.12}])
def test_half_a_position_of_what_is_found_is_none(put, half):
    answer = put(uuid.uuid4(), purpose="survey", found=FOUND | {"longitude": None, "latitude": None} | half)

    assert (answer.status_code, Institution.objects.get().position) == (201, None)


def test_division_that_is_none_is_said_by_its_code(put):
    answer = put(uuid.uuid4(), purpose="survey", found=FOUND | {"division": "330382999"})

    assert answer.json()["errors"]["found.division"] == ["没有代码为“330382999”的行政区划。"]


ITEMS = [
    {"type": "S02", "answer": "ok"},
    {"type": "T06", "answer": "not_applicable"},
    {"type": "S01", "answer": "problem"},
]


def test_what_was_looked_at_is_kept_as_sent_and_shown(put, browse, inspector):
    school, pk = institution(), uuid.uuid4()

    answer = put(school, pk, items=ITEMS, findings=[{"type": "S01"}])

    page = browse(inspector).get(reverse("visit", args=[pk])).content.decode()
    assert answer.status_code == 201
    assert Visit.objects.get().stated["items"] == sorted(ITEMS, key=lambda item: item["type"])
    assert "已看无问题" in page and "S02 消防设施或疏散通道不合格" in page
    assert "不适用" in page and "T06 留作业" in page


@pytest.mark.parametrize(
    ("items", "findings", "field"),
    [
        ([{"type": "S01", "answer": "problem"}], [], "items.0.answer"),
        ([{"type": "S01", "answer": "ok"}], [{"type": "S01"}], "items.0.answer"),
        ([{"type": "S01", "answer": "maybe"}], [], "items.0.answer"),
        ([{"type": "Z99", "answer": "ok"}], [], "items.0.type"),
        ([{"type": "S01", "answer": "ok"}] * 2, [], "items.1.type"),
    ],
)
def test_items_that_contradict_are_refused_by_field(put, items, findings, field):
    answer = put(institution(), items=items, findings=findings)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_digest_of_a_visit_without_items_is_that_of_earlier_releases(put):
    put(institution())

    assert "items" not in Visit.objects.get().stated
    assert "found" not in Visit.objects.get().stated
