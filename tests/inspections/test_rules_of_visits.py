"""What a visit may state and what its row says, to the letter."""

from datetime import timedelta

import pytest

from accounts.errors import Invalid
from inspections.actions import (
    NewFinding,
    NewOrder,
    NewPhoto,
    Position,
    Submission,
    order_rectification,
    record_visit,
    void_rectification,
)
from inspections.actions.visits import receipt_of, receive_photo
from inspections.models import FindingType, Photo
from inspections.models.visits import SAME_WITHIN, Visit
from inspections.photos import sha256_of, store_photo
from tests.factories import (
    NEXT_TO_LIUSHI,
    at,
    day,
    hand,
    institution,
    picture,
    round_of,
    sent_visit,
    strike_off,
    user_with,
    visit_of,
    withdraw_visit_of,
)


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


# --- Where it was


@pytest.mark.parametrize(
    ("latitude", "metres", "warned"),
    [(28.0045122, 500.0, []), (28.0045127, 500.1, ["检查位置距登记地点 500 米，请核对。"])],
)
def test_visit_more_than_five_hundred_metres_away_is_asked_about(record, latitude, metres, warned):
    receipt = record(institution=institution(position=(120.9, 28.0)), position=Position(120.9, latitude))

    assert (receipt.distance_m, receipt.warnings) == (metres, warned)


def test_visit_without_a_place_on_either_side_has_no_distance(record):
    here = Position(120.9, 28.0, 12.5, "wgs84")

    assert record(institution=institution(position=(120.9, 28.0))).distance_m is None
    receipt = record(position=here)
    assert receipt.distance_m is None
    visit = Visit.objects.get(pk=receipt.id)
    assert (visit.longitude, visit.latitude, visit.accuracy_m, visit.datum) == (120.9, 28.0, 12.5, "wgs84")


def test_nowhere_is_no_position_of_a_visit_or_of_a_photo(record):
    photo = NewPhoto(sha256_of(picture()), 1, longitude=0.0, latitude=0.0, accuracy_m=5.0)

    receipt = record(position=Position(0.0, 0.0, 5.0), photos=[photo])

    visit = Visit.objects.get(pk=receipt.id)
    for each in (visit, visit.photos.get()):
        assert (each.longitude, each.latitude, each.accuracy_m) == (None, None, None)


def test_survey_that_saw_no_place_is_none(record):
    unseen, seen = institution(surveyed_on=None), institution(surveyed_on=None)
    for school, result in ((unseen, "not_found"), (seen, "ceased")):
        record(institution=school, purpose="survey", result=result)
        school.refresh_from_db()

    assert (unseen.surveyed_on, seen.surveyed_on) == (None, day("2018-10-01"))


def test_visit_is_near_another_to_the_same_institution_within_a_quarter_of_an_hour(school, inspector):
    def at_time(after: timedelta, where=school) -> Visit:
        sent = sent_visit(where, happened_at=at("2018-10-01", 9) + after).sent_by(inspector)
        return Visit.objects.get(pk=record_visit(sent, by=inspector, received_at=at("2018-10-01", 20)).id)

    first, near = at_time(timedelta(0)), at_time(SAME_WITHIN)
    at_time(-SAME_WITHIN - timedelta(seconds=1))
    at_time(timedelta(0), where=institution())

    assert list(first.near_in_time([inspector])) == [near]


def test_visit_is_near_another_that_stands_by_somebody_who_was_there(record, school, inspector, colleague):
    """All of them at ten."""
    first, joined, others, withdrawn = (
        visit_of(school, "2018-10-01", by=by) for by in (inspector, colleague, colleague, inspector)
    )
    joined.inspectors.add(inspector)
    sent = Visit.objects.get(pk=record(happened_at=at("2018-10-01", 10), inspectors=["colleague"]).id)
    withdraw_visit_of(withdrawn, "2018-10-01")

    assert set(first.near_in_time([inspector])) == {joined, sent}
    assert set(first.near_in_time([inspector, colleague])) == {joined, sent, others}


def test_visit_is_of_who_was_there_and_of_who_sees_its_institution(inspector, outsider):
    there, here = visit_of(institution(), by=outsider), visit_of(institution(NEXT_TO_LIUSHI))
    visit_of(institution())

    assert set(Visit.objects.of_or_visible_to(outsider)) == {there, here}


# --- In which round it is


def test_recheck_after_the_strike_off_is_in_no_round(record, school):
    round_of(school, "2018-06-01", verified_on="2018-07-01")

    receipt = record(purpose="recheck")

    assert (receipt.rectification, receipt.warnings) == (None, ["检查当日该机构没有未销号的整改，本次复查只作记录。"])


@pytest.mark.parametrize(
    ("stated", "in_it"),
    [({"purpose": "recheck"}, True), ({"order": NewOrder(), "findings": [NewFinding("T06")]}, True),
     ({"put_right": "the first"}, True), ({}, False), ({"findings": [NewFinding("T06")]}, False)],
    ids=["recheck", "order", "mark", "nothing", "finding"],
)  # fmt: skip
def test_visit_of_the_day_of_the_order_is_in_the_round_when_it_has_to_do_with_it(record, opened, stated, in_it):
    if "put_right" in stated:
        stated = {"put_right": [opened.findings.first().pk]}

    receipt = record(institution=opened.institution, **stated)

    assert Visit.objects.get(pk=receipt.id).rectification_id == (opened.pk if in_it else None)


def test_round_is_handed_in_on_the_day_of_its_order(record, opened):
    record(institution=opened.institution, submits=Submission(opened.pk, "closed"), result="ceased")

    opened.refresh_from_db()
    assert (opened.state, str(opened.submitted_on)) == ("submitted", "2018-10-01")


def test_marks_of_what_was_found_at_that_very_moment_count_and_of_what_was_found_later_do_not(record, opened):
    earlier = opened.findings.get(type="T01")
    receipt = record(institution=opened.institution, happened_at=at("2018-10-01", 10), put_right=[earlier.pk])
    later = visit_of(opened.institution, "2018-10-02", findings=("T06",), recorded="2018-10-01")
    later.findings.update(rectification=opened)

    other = record(institution=opened.institution, put_right=[earlier.pk, later.findings.get().pk])

    assert receipt.warnings == []
    assert other.warnings == [f"所勾选的问题有 1 个检查当时不在整改 {opened.number} 中，其“已整改到位”只作记录。"]


def test_round_is_not_handed_in_before_the_day_of_its_order(record, school):
    round_ = round_of(school, "2018-10-02")

    receipt = record(submits=Submission(round_.pk, "closed"), result="ceased")

    assert receipt.warnings == [f"整改 {round_.number} 现为“已责令”（2018-10-02 责令），本次提交未生效。"]


def photo_of(record, opened, code: str, hour: int = 15) -> Photo:
    photos = [NewPhoto(sha256_of(picture()), 1, finding=code)]
    stated = {"purpose": "recheck", "happened_at": at("2018-10-01", hour), "photos": photos}
    return Visit.objects.get(pk=record(institution=opened.institution, **stated).id).photos.get()


def test_photo_shows_what_was_found_by_then_and_nothing_that_was_found_later(record, opened):
    visit_of(opened.institution, "2018-10-02", findings=("T06",), round_=opened, recorded="2018-10-01")

    assert photo_of(record, opened, "T01", hour=10).finding == opened.findings.get(type="T01")
    later = photo_of(record, opened, "T06")
    assert (later.finding, any("T06" in each for each in later.visit.warnings)) == (None, True)


def test_photo_shows_of_two_problems_of_a_kind_the_one_that_is_open_else_the_last(record, opened):
    visit_of(opened.institution, "2018-10-01", findings=("T01",), round_=opened)
    first, second = opened.findings.filter(type="T01").order_by("pk")

    shown = [photo_of(record, opened, "T01").finding]
    for each in (second, first):
        opened.findings.filter(pk=each.pk).update(put_right_on=day("2018-10-01"), put_right_visit=first.visit)
        shown.append(photo_of(record, opened, "T01").finding)
    assert shown == [first, first, second]


# --- Orders after a strike-off


def test_strike_off_elsewhere_says_nothing_of_an_order_here(record):
    round_of(institution(), "2018-05-01", verified_on="2018-10-02")

    assert record(findings=[NewFinding("T01")], order=NewOrder()).rectification is not None


def test_order_that_is_entered_when_it_is_over_is_said_to_be(record):
    order = {"findings": [NewFinding("T01")], "order": NewOrder(day("2018-10-04"))}

    assert "逾期" in record(received_at=at("2018-10-05"), **order).warnings[-1]


def struck_off(school, on: str, *, seen: str, withdrawn: bool = False) -> None:
    """A round struck off on a day, with a recheck at an hour of 1 October 2018."""
    round_ = round_of(school, "2018-05-01", verified_on=on, outcome="closed")
    recheck = sent_visit(school, purpose="recheck", result="ceased", happened_at=at("2018-10-01", int(seen)))
    visit = Visit.objects.create(
        id=recheck.id, institution=school, rectification=round_, purpose="recheck", result="ceased",
        happened_at=recheck.happened_at, happened_on=recheck.on, recorded_at=at("2018-10-01", 19),
        recorded_by=hand("visitor"), content=recheck.content(), digest=recheck.digest(),
    )  # fmt: skip
    if withdrawn:
        withdraw_visit_of(visit, "2018-10-02")


@pytest.mark.parametrize(
    ("on", "seen", "withdrawn", "ordered"),
    [
        ("2018-10-01", "16", False, False),
        ("2018-10-01", "15", False, True),  # at that very moment
        ("2018-10-01", "14", False, True),
        ("2018-10-01", "16", True, True),
        ("2018-09-30", "16", False, True),  # a recheck after the strike-off says nothing of it
        ("2018-10-02", "14", False, False),
    ],
)
def test_order_of_three_in_the_afternoon_stands_unless_a_strike_off_came_after(
    record, school, on, seen, withdrawn, ordered
):
    struck_off(school, on, seen=seen, withdrawn=withdrawn)

    receipt = record(findings=[NewFinding("T01")], order=NewOrder())

    assert (receipt.rectification is not None) is ordered


def test_last_of_the_strike_offs_is_named(record, school):
    for on in ("2018-10-06", "2018-10-12", "2018-10-09"):
        round_of(school, "2018-05-01", verified_on=on)

    receipt = record(findings=[NewFinding("T01")], order=NewOrder())

    assert receipt.warnings == [
        "该机构已于 2018-10-12 销号，本次检查在此之前，没有责令整改；确有必要时由整治专班另行责令。"
    ]


@pytest.mark.parametrize("gone", [{"withdrawn_at": at("2018-09-01")}, {}], ids=["withdrawn", "there"])
def test_order_where_nothing_can_be_ordered_is_said_not_to_stand(record, gone):
    receipt = record(institution=institution(**gone), findings=[NewFinding("T01")], order=NewOrder())

    assert (receipt.rectification is None) is bool(gone)
    assert receipt.warnings == (
        ["该机构的登记已撤销，本次检查不计入统计。", "不在册的机构不能责令整改，本次责令未生效。"] if gone else []
    )


# --- The receipt


def test_receipt_names_the_round_that_stands(record, school, supervisor, taskforce):
    receipt = record(findings=[NewFinding("T01")], order=NewOrder())
    visit, first = Visit.objects.get(pk=receipt.id), school.rectifications.get()

    void_rectification(first, by=supervisor, on=day("2018-10-02"), version=1, reason="开错", at=at("2018-10-02"))
    voided = receipt_of(visit).rectification
    second = order_rectification(visit, by=taskforce, on=day("2018-10-03"), at=at("2018-10-03"))

    assert (receipt.rectification, voided, receipt_of(visit).rectification) == (first.pk, None, second.pk)


# --- Pictures


@pytest.fixture
def listed(record, inspector):
    """The names of the pictures still missing after a visit that lists one, by who sends it."""

    def missing(data: bytes, by=inspector, **stated) -> list[str]:
        return record(by=by, photos=[NewPhoto(sha256_of(data), 1)], **stated).missing_photos

    return missing


def test_picture_listed_before_without_its_bytes_is_missing_still(listed, inspector, outsider):
    data = picture()
    elsewhere = institution(NEXT_TO_LIUSHI)
    listed(data)
    listed(data, outsider, institution=elsewhere, inspectors=["outsider"])
    theirs = Visit.objects.get(institution=elsewhere)
    receive_photo(theirs, sha256=sha256_of(data), data=data, by=outsider)

    assert listed(data) == [sha256_of(data)]
    assert listed(data, outsider, institution=elsewhere, inspectors=["outsider"], note="又一次") == []


def test_bytes_that_were_just_stored_need_not_be_sent_though_somebody_else_lists_the_picture(listed, outsider):
    data = picture()
    listed(data, outsider, institution=institution(NEXT_TO_LIUSHI), inspectors=["outsider"])
    store_photo(sha256_of(data), data)

    assert listed(data) == []


# --- Evidence given by a picture


@pytest.mark.parametrize(
    ("how", "told"),
    [({}, True), ({"result": "no_access"}, False), ({"by_whom": "inspector"}, False), ({"over": True}, False)],
    ids=["somebody else", "nobody was in", "who was there", "struck off"],
)
def test_picture_sent_later_by_somebody_else_is_evidence_of_the_open_round(
    record, opened, inspector, taskforce, how, told
):
    other = round_of(institution(), "2018-09-01")
    data = picture()
    photos = {"photos": [NewPhoto(sha256_of(data), 1)], "result": how.get("result", "inspected")}
    visit = Visit.objects.get(pk=record(institution=opened.institution, purpose="recheck", **photos).id)
    if how.get("over"):
        strike_off(opened, "2018-10-20")
    events = opened.events.count()

    receive_photo(visit, sha256=sha256_of(data), data=data, by=inspector if how.get("by_whom") else taskforce)

    assert opened.events.count() - events == int(told)
    assert other.events.count() == 1
    if told:
        assert opened.events.last().by == taskforce


# --- What is said of a round that is open, and of one that is not


def test_recheck_of_an_open_round_is_taken_without_a_word(record, opened):
    assert record(institution=opened.institution, purpose="recheck").warnings == []


def test_visit_that_hands_in_what_was_struck_off_says_what_of_it_is_not_taken(record, school):
    found = visit_of(school, "2018-06-01", findings=("T01",))
    round_ = round_of(school, "2018-06-01", verified_on="2018-07-01", outcome="corrected", visit=found)

    receipt = record(purpose="recheck", put_right=[found.findings.get().pk], submits=Submission(round_.pk, "corrected"))

    assert receipt.warnings == [
        f"整改 {round_.number} 已是“已销号”，本次检查只作记录。",
        "检查当日没有未销号的整改，所勾选的“已整改到位”只作记录。",
        f"整改 {round_.number} 现为“已销号”（2018-06-01 责令），本次提交未生效。",
    ]


# --- Who was there, when, and what was shown


def test_nobody_was_there_but_those_who_are_named(record, inspector, colleague):
    user_with("inspector", "330382", "at home")

    visit = Visit.objects.get(pk=record().id)
    assert set(visit.inspectors.all()) == {inspector, colleague}


@pytest.mark.parametrize(("on", "days"), [("2018-08-02", 60), ("2018-08-01", 61)])
def test_visit_is_late_when_it_is_entered_more_than_the_days_of_the_setting_after(record, settings, on, days):
    settings.LATE_VISIT_DAYS = 60

    said = [f"检查日期 {on} 在登记之日的 {days} 天以前。"] if days > 60 else []
    assert record(happened_at=at(on)).warnings == said


def test_picture_that_the_visit_does_not_list_is_refused_beside_one_that_it_does(record, inspector):
    listed, other = picture("red"), picture("blue")
    visit = Visit.objects.get(pk=record(photos=[NewPhoto(sha256_of(listed), 1)]).id)

    with pytest.raises(Invalid, match="没有登记"):
        receive_photo(visit, sha256=sha256_of(other), data=other, by=inspector)


@pytest.mark.parametrize(
    ("last", "said"),
    [(None, "2018-10-02 起"), ("2018-12-31", "2018-10-02 起，至 2018-12-31")],
    ids=["for good", "ended"],
)
def test_refusal_says_from_when_to_when_an_item_is_in_force(record, last, said):
    FindingType.objects.filter(code="T01").update(in_force_from="2018-10-02", in_force_to=last)

    with pytest.raises(Invalid, match=f"（2018-10-01）不在施行期内（{said}）。"):
        record(findings=[NewFinding("T01")])


def test_number_of_an_identity_card_is_taken_in_no_text_of_a_visit(record, opened):
    number = "110101199001011237"  # nobody's
    submits = Submission(opened.pk, "closed", registered_scope=number)

    stated = {"note": number, "findings": [NewFinding("T06", number)], "submits": submits}
    assert refused(record, institution=opened.institution, **stated) == [
        "findings.0.note", "note", "submits.registered_scope",
    ]  # fmt: skip
