"""登记走访 and the visit's page: what is refused is said beside its field, and nothing that was typed or sent is lost."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import Signer

from inspections.actions import NewOrder, NewPhoto, Position, Submission, record_visit
from inspections.models import FindingType, Rectification, Visit
from inspections.photos import is_stored, sha256_of, store_photo
from institutions.models import Institution
from institutions.moments import today
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    hand,
    institution,
    picture,
    round_of,
    sent_visit,
    user_with,
    visit_of,
)
from tests.worlds import sent_content

DAY = today()
YESTERDAY = DAY - timedelta(days=1)


@pytest.fixture
def school(db) -> Institution:
    return institution(name="甲培训")


@pytest.fixture
def send(browse, inspector, school):
    """Post the visit form as the inspector; what is not said is a plain visit of yesterday that found nothing."""

    def posted(**typed):
        plain = {
            "id": str(uuid4()), "institution": str(school.pk), "purpose": "routine", "result": "inspected",
            "happened_at": f"{YESTERDAY}T10:00", "inspectors": ["inspector"],
        }  # fmt: skip
        return browse(inspector).post("/visits/new/", plain | typed)

    return posted


def file(data: bytes, name: str = "door.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/jpeg")


def reasons(answer) -> dict[str, str]:
    return dict(answer.context["errors"])


def shown(answer) -> str:
    return answer.content.decode()


def kept_on_page(answer) -> list[str]:
    """The kept photos as the form sends them again: signed for who sent them."""
    return re.findall(r'name="kept_photos" value="([^"]+)" checked', shown(answer))


def hashes_on_page(answer) -> list[str]:
    return [signed.split(":")[0] for signed in kept_on_page(answer)]


# --- What is wrong, and where


def test_reason_in_the_summary_names_its_field_and_leads_to_it(send):
    answer = send(happened_at="", inspectors=[])

    assert answer.status_code == 422
    assert reasons(answer) == {"happened_at": "检查时间：该字段是必填项。", "inspectors": "检查人员：该字段是必填项。"}
    assert all(f'id="id_{field}"' in shown(answer) for field in reasons(answer))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"happened_at": f"{DAY + timedelta(days=2)}T10:00"}, "happened_at"),
        ({"order": "on"}, "order"),  # nothing was found
        ({"order": "on", "findings": ["S02"], "due_on": "2018-01-01"}, "due_on"),
        ({"longitude": "200", "latitude": "28"}, "longitude"),
        ({"result": "no_access", "findings": ["S02"]}, "result"),
        ({"findings": ["X99"]}, "findings"),
    ],
)
def test_refusal_of_a_rule_is_said_beside_its_field(send, typed, field):
    answer = send(**typed)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(reasons(answer)) == [field]
    assert f'id="id_{field}"' in shown(answer)
    assert not Visit.objects.exists()


@pytest.mark.parametrize("put_right", ["²", "9" * 5000, "9" * 19, "-1", "1", ""])
def test_put_right_that_is_no_finding_of_the_round_is_refused(send, school, put_right):
    round_of(school, "2018-05-01")

    answer = send(purpose="recheck", submit_round="on", outcome="closed", put_right=[put_right])

    assert answer.status_code == 422
    assert list(reasons(answer)) == ["put_right"]


@pytest.mark.parametrize("typed", [{"findings": ["S" * 13]}, {"findings": ["S02"], "note_S02": "长" * 301}])
def test_code_or_note_that_is_too_long_is_refused_and_not_cut(send, typed):
    answer = send(**typed)

    assert answer.status_code == 422
    assert list(reasons(answer)) == ["findings"]
    assert not Visit.objects.exists()


def test_finding_not_in_force_on_the_day_stays_ticked_with_its_note(send):
    FindingType.objects.filter(code="S02").update(in_force_from=DAY)

    answer = send(findings=["S02"], note_S02="灭火器过期")
    again = send(findings=["S02"], note_S02="灭火器过期", refresh="1")

    for page in (answer, again):
        [(item, in_force, _chosen, note)] = [row for row in page.context["checklist"] if row[2]]
        assert (item.code, in_force, note) == ("S02", False, "灭火器过期")
        assert "不在施行期内" in shown(page)
    assert list(reasons(answer)) == ["findings"]
    assert reasons(again) == {}


def test_checklist_of_the_day_leaves_out_what_is_not_in_force(send):
    FindingType.objects.filter(code="S02").update(in_force_from=DAY)

    offered = {item.code for item, *_ in send(refresh="1").context["checklist"]}

    assert "S02" not in offered
    assert "S01" in offered


# --- Photos


@pytest.mark.parametrize("typed", [{"inspectors": []}, {"order": "on"}, {"refresh": "1"}])
def test_photo_is_kept_whatever_becomes_of_the_form(send, typed):
    before, sent = picture("red"), picture("blue")
    first = send(inspectors=[], photos=[file(before)])

    answer = send(photos=[file(sent)], kept_photos=kept_on_page(first), **typed)

    assert hashes_on_page(answer) == [sha256_of(before), sha256_of(sent)]
    assert shown(answer).count('<img src="data:image/jpeg;base64,') == 2
    assert is_stored(sha256_of(sent))


def test_kept_photo_is_stored_with_the_visit_unless_its_tick_is_taken_away(send):
    wanted, unwanted = picture("red"), picture("blue")
    kept = kept_on_page(send(inspectors=[], photos=[file(wanted), file(unwanted)]))

    send(kept_photos=kept[:1])

    photo = Visit.objects.get().photos.get()
    assert (photo.sha256, photo.slot) == (sha256_of(wanted), 1)
    assert photo.stored_at is not None


@pytest.mark.parametrize("typed", [{}, {"refresh": "1"}])
def test_photo_that_is_no_picture_is_named_and_the_good_one_kept(send, typed):
    answer = send(photos=[file(b"text", "notes.txt"), file(picture())], **typed)

    assert list(reasons(answer)) == ["photos"]
    assert "notes.txt" in reasons(answer)["photos"]
    assert hashes_on_page(answer) == [sha256_of(picture())]
    assert not Visit.objects.exists()


def test_kept_photo_that_was_not_sent_from_here_is_dropped(send):
    known = sha256_of(picture())
    store_photo(known, picture())  # somebody else's: to know its hash is not to have it
    signed = Signer(salt="kept photos of 0").sign(known)

    answer = send(inspectors=[], kept_photos=[known, signed, "a" * 64, "../../etc/passwd"])

    assert kept_on_page(answer) == []


# --- After saving


def test_warning_is_said_once_on_the_receipt(send, client):
    answer = send(purpose="recheck")

    page = client.get(answer.url).content.decode()

    assert page.count("该机构没有未销号的整改，本次复查只作记录。") == 1


def test_same_id_with_other_content_leads_to_the_page_that_shows_both(send, client):
    pk = str(uuid4())
    send(id=pk)

    answer = send(id=pk, note="又一次")

    assert answer.url == Visit.objects.get().quarantined.get().get_absolute_url()
    assert "又一次" in client.get(answer.url).content.decode()
    assert Visit.objects.get().note == ""


def test_draft_is_kept_apart_by_user_and_named_by_its_receipt(browse, inspector, school):
    visit = visit_of(school, YESTERDAY)

    form = browse(inspector).get(f"/visits/new/?institution={school.pk}")
    receipt = browse(inspector).get(f"/visits/{visit.pk}/")

    assert f'data-draft="inspector:{school.pk}"' in shown(form)
    assert f'data-draft="inspector:{school.pk}" data-id="{visit.pk}"' in shown(receipt)


def test_draft_is_not_put_over_what_was_just_typed(browse, inspector, school, send):
    fresh = browse(inspector).get(f"/visits/new/?institution={school.pk}")

    assert "data-restore" in shown(fresh)
    assert "data-restore" not in shown(send(inspectors=[]))


def test_purpose_is_a_recheck_when_a_round_is_open(browse, inspector, school):
    path = f"/visits/new/?institution={school.pk}"
    before = browse(inspector).get(path).context["form"]["purpose"].value()

    round_of(school, "2018-05-01")
    after = browse(inspector).get(path).context["form"]["purpose"].value()
    asked = browse(inspector).get(f"{path}&purpose=complaint").context["form"]["purpose"].value()

    assert (before, after, asked) == ("routine", "recheck", "complaint")


# --- 责令整改 on the visit's page


def test_refused_order_comes_back_on_the_visit_with_what_was_typed(browse, taskforce, school):
    visit = visit_of(school, YESTERDAY, findings=("S02",))

    answer = browse(taskforce).post(f"/visits/{visit.pk}/order/", {"due_on": "2018-01-01", "measure": "停用"})

    assert answer.status_code == 422
    assert list(reasons(answer)) == ["due_on"]
    assert 'value="停用"' in shown(answer)
    assert 'id="id_due_on"' in shown(answer)
    assert not Rectification.objects.exists()


def test_order_given_while_a_round_is_open_is_a_supplementary_notice(browse, taskforce, school):
    visit = visit_of(school, YESTERDAY, findings=("S02",))
    round_ = round_of(school, "2018-05-01")
    browser = browse(taskforce)

    before = shown(browser.get(f"/visits/{visit.pk}/"))
    answer = browser.post(f"/visits/{visit.pk}/order/", {"measure": "停用"})

    assert "补充通知" in before
    assert answer.url == round_.get_absolute_url()
    notice = visit.notices.get()
    assert (notice.kind, notice.rectification, notice.sheet["measure"]) == ("supplement", round_, "停用")
    assert f"已发补充通知：{notice.number}" in shown(browser.get(answer.url))


def test_order_that_is_refused_comes_back_with_what_was_typed(browse, taskforce, school):
    visit = visit_of(school, YESTERDAY, findings=("S02",))

    answer = browse(taskforce).post(
        f"/visits/{visit.pk}/order/", {"measure": "停用", "due_on": str(DAY - timedelta(days=9))}
    )

    assert answer.status_code == 422
    assert list(reasons(answer)) == ["due_on"]
    assert 'value="停用"' in shown(answer)


def test_order_is_not_offered_to_who_may_not_give_it(browse, school):
    visit = visit_of(school, YESTERDAY, findings=("S02",))

    answer = browse(user_with("inspector", LIUSHI)).get(f"/visits/{visit.pk}/")

    assert answer.context["order_form"] is None


def test_search_says_when_it_lists_only_the_first(browse, inspector):
    for number in range(31):
        institution(name=f"柳市第{number:02d}家")

    page = browse(inspector).get("/visits/new/", {"q": "柳市"})
    fewer = browse(inspector).get("/visits/new/", {"q": "第0"})

    assert (len(page.context["found"]), "只列出前 30 家" in page.content.decode()) == (30, True)
    assert "只列出" not in fewer.content.decode()


# --- What happens meanwhile


def test_round_that_ended_meanwhile_does_not_stand_in_the_way_of_the_visit(send, school):
    round_ = round_of(school, YESTERDAY - timedelta(days=20), voided=YESTERDAY)

    answer = send(purpose="recheck", round=str(round_.pk), submit_round="on", outcome="closed")

    assert answer.status_code == 302
    assert any(round_.number in warning and "未生效" in warning for warning in Visit.objects.get().warnings)


def test_round_of_another_institution_is_not_taken(send, school):
    strange = round_of(institution(), YESTERDAY - timedelta(days=20))

    answer = send(round=str(strange.pk), submit_round="on", outcome="closed", inspectors=[])

    assert answer.context["open_round"] is None


def test_photo_shown_here_is_stored_though_somebody_else_has_it(send, browse):
    theirs = visit_of(institution(NEXT_TO_LIUSHI))
    data = picture("green")
    store_photo(sha256_of(data), data)
    theirs.photos.create(slot=1, sha256=sha256_of(data), stored_at=theirs.recorded_at)

    answer = send(photos=[file(data)])

    assert answer.status_code == 302
    assert Visit.objects.exclude(pk=theirs.pk).get().photos.get().stored_at is not None


@pytest.fixture
def kept_aside(school, inspector) -> Visit:
    """A visit whose id came again with other content; one of its words is none of ours."""
    visit = visit_of(school, by=inspector)
    content = sent_content(school, "另一备注").replace('"routine"', '"odd"')
    visit.quarantined.create(
        institution=school, digest="0" * 64, content=content, received_at=visit.recorded_at, by=inspector
    )
    return visit


def test_content_kept_aside_stands_beside_what_is_stored(browse, taskforce, kept_aside):
    page = browse(taskforce).get(f"/visits/{kept_aside.pk}/")

    (comparison,) = page.context["compared"]
    rows = {row.label: (row.stored, row.received, row.differs) for row in comparison.rows}
    assert rows["检查类型"] == (["日常巡查"], ["odd"], True)
    assert rows["现场情况"] == (["已检查"], ["已检查"], False)
    assert rows["检查时间"] == (["2018-05-01 10:00"], ["2018-10-01 09:00"], True)
    assert rows["备注"] == ([], ["另一备注"], True)
    assert shown(page).count('class="differs"') == sum(row.differs for row in comparison.rows)


def test_comparison_shows_everything_that_was_stated(browse, taskforce, school, inspector):
    visit = visit_of(school, by=inspector, findings=("T01",), longitude=120.96, latitude=28.11)
    round_ = round_of(school, "2018-05-02", visit=visit)
    sent = sent_visit(
        school, purpose="survey", position=Position(120.97, 28.12, 8.0, "gcj02"), licence_status="full",
        order=NewOrder(date(2018, 6, 1)), note="备注",
        submits=Submission(round_.pk, "licensed", (visit.findings.get().pk,), "美术"),
        photos=[NewPhoto("a" * 64, 1, at("2018-05-01", 9), 120.96, 28.11, 5.0, "T01")],
    )  # fmt: skip
    visit.quarantined.create(
        institution=school, digest=sent.digest(), content=sent.content(), received_at=at("2018-05-02"), by=inspector,
        device_sent_at=at("2018-05-01", 10),
    )  # fmt: skip

    (comparison,) = browse(taskforce).get(f"/visits/{visit.pk}/").context["compared"]

    received = {row.label: " ".join(row.received) for row in comparison.rows}
    assert received["位置"] == "120.97, 28.12 · GCJ-02（高德、腾讯） ±8 m"
    assert received["责令限期整改"] == "期限 2018-06-01"
    assert all(words in received["提交整改"] for words in (round_.number, "整改办理证照", "T01", "美术"))
    assert received["照片"] == "1 · aaaaaaaaaaaa… · 2018-05-01 09:00 · T01 · 120.96, 28.11 ±5 m"
    assert (received["填写的证照情况"], received["设备发送时间"]) == ("证照齐全", "2018-05-01 10:00:00")


def test_what_was_stated_and_not_used_is_on_the_visits_page(browse, inspector, school):
    sent = sent_visit(school, licence_status="permit_only", position=Position(120.97, 28.12, datum="bd09"))
    record_visit(sent, by=inspector, received_at=at("2018-10-01"))

    stated = browse(inspector).get(f"/visits/{sent.id}/").context["stated"]

    said = {each.label: each.lines for each in stated}
    assert said == {"位置": ["120.97, 28.12 · BD-09（百度）"], "填写的证照情况": ["有证无照"]}


def test_boxes_ticked_without_handing_in_are_not_dropped(send, school):
    visit = visit_of(school, YESTERDAY - timedelta(days=20), findings=("S02",))
    round_ = round_of(school, YESTERDAY - timedelta(days=20), visit=visit)
    finding = visit.findings.get()

    answer = send(purpose="recheck", round=str(round_.pk), put_right=[str(finding.pk)])

    assert answer.status_code == 302
    finding.refresh_from_db()
    round_.refresh_from_db()
    assert (finding.put_right_on, round_.state) == (YESTERDAY, "ordered")


def test_what_is_found_while_a_round_is_open_is_ordered_on_the_form(send, school):
    round_ = round_of(school, YESTERDAY - timedelta(days=20))

    send(purpose="recheck", round=str(round_.pk), findings=["S02"], order="on", due_on=str(DAY))

    (supplement,) = round_.notices.filter(kind="supplement")
    assert (supplement.due_on, supplement.visit) == (DAY, Visit.objects.get())


def test_content_kept_aside_waits_until_somebody_has_looked(browse, taskforce, kept_aside):
    signed_in = browse(taskforce)
    before = signed_in.get("/").content.decode()

    signed_in.post(kept_aside.quarantined.get().get_absolute_url())

    assert "待核对的走访" in before
    assert "待核对的走访" not in signed_in.get("/").content.decode()
    assert "已核对" not in before
    assert f"{taskforce} 已于" in signed_in.get(f"/visits/{kept_aside.pk}/").content.decode()


def test_inspector_does_not_settle(browse, inspector, kept_aside):
    path = kept_aside.quarantined.get().get_absolute_url()

    assert browse(inspector).post(path).status_code == 403


def test_one_answer_says_what_the_form_and_what_the_rules_refuse(send):
    tomorrow = DAY + timedelta(days=1)

    answer = send(photos=[file(b"text", "notes.txt")], happened_at=f"{tomorrow}T10:00", order="on", latitude="28.1")

    assert set(reasons(answer)) == {"photos", "happened_at", "order", "latitude"}


def test_content_kept_aside_does_not_tell_who_a_user_name_is(browse, taskforce, kept_aside):
    stranger = hand("stranger")
    type(stranger).objects.filter(pk=stranger.pk).update(name="不该知道的姓名")
    there = kept_aside.inspectors.get()
    content = sent_visit(kept_aside.institution, inspectors=["stranger", there.username]).content()
    columns = {"institution": kept_aside.institution, "received_at": kept_aside.recorded_at, "by": there}
    kept_aside.quarantined.create(digest="1" * 64, content=content, **columns)

    html = browse(taskforce).get(f"/visits/{kept_aside.pk}/").content.decode().split("另存的内容")[2]

    assert f"{there}、stranger" in html
    assert "不该知道的姓名" not in html
