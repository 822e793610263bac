"""What a complaint arrives with finds the institution, as people write it; and only whom the asker may see."""

import pytest

from inspections.models import Rectification
from inspections.search import check_words, institutions_matching, rounds_matching, rounds_numbered
from institutions.models import Institution
from institutions.moments import Moment
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    day,
    institution,
    licence_of,
    merge_of,
    move_of,
    rename_of,
    round_of,
    supplement_of,
)

EVERYWHERE = ["330382"]


@pytest.fixture
def school(db) -> Institution:
    """One with everything that can be asked for, among others that have something near it."""
    found = institution(
        LIUSHI,
        name="柳市镇晨光艺术培训中心",
        signboard_name="小晨光画室",
        registered_address="翔金垟工业区5号",
        operating_address="柳青路88号3楼",
        credit_code="91330382MA2AB12C3D",
        principal="王小二",
        phone="13812345678、0577-62771234",
    )
    licence_of(found, "permit", number="教民133038200000077号")
    licence_of(found, "registration", number="330382600112233")
    other = institution(
        LIUSHI, name="别家培训", principal="张大", phone="13912340000", credit_code="91330382MA2ZZ99X9X",
        operating_address="清远路66号",
    )  # fmt: skip
    licence_of(other, "permit", number="教民133038200000088号")
    return found


def found(words: str, **asked) -> list[str]:
    asked = {"people_in": EVERYWHERE, "merged_in": EVERYWHERE} | asked
    return sorted(institutions_matching(Institution.objects.all(), words, **asked).values_list("name", flat=True))


@pytest.mark.parametrize(
    "words",
    [
        "晨光",
        "艺术 柳市",  # every word, in any order
        "小晨光画室",
        "柳青路",
        "翔金垟",
        "王小二",
        "91330382MA2AB12C3D",
        "91330382ma2ab12c3d",
        "９１３３０３８２ＭＡ２ＡＢ１２Ｃ３Ｄ",
        "9133 0382 MA2A B12C 3D",
        "MA2AB12C3D",
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138 1234 5678",
        "8613812345678",
        "１３８１２３４５６７８",
        "5678",
        "345678",
        "62771234",
        "0577-62771234",
        "0577 62771234",
        "(0577)62771234",
        "057762771234",
        "1234 晨光",
        "教民133038200000077号",
        "教民133038200000077",
        "教民 133038200000077 号",
        "133038200000077",
        "１３３０３８２００００００７７",
        "330382600112233",
    ],
)
def test_search_finds_what_a_complaint_arrives_with(school, words):
    assert found(words) == ["柳市镇晨光艺术培训中心"]


@pytest.mark.parametrize("words", ["678", "3456", "0577-62771235", "MA2AB12C3E", "晨光 张大", "133038200000078"])
def test_search_does_not_find_what_is_near_it(school, words):
    assert found(words) == []


def test_part_of_a_phone_is_its_end_unless_it_is_long(school):
    """1234 ends a number of one and stands within a number of either; 1381234567 is long enough to be meant anywhere."""
    assert found("1234") == ["柳市镇晨光艺术培训中心"]
    assert found("1381234567") == ["柳市镇晨光艺术培训中心"]
    assert found("1391234") == ["别家培训"]


def test_landline_on_file_without_its_area_code_is_found_by_the_whole_number(db):
    institution(name="只写本地号", phone="62885566")

    assert found("0577-62885566") == ["只写本地号"]


@pytest.mark.parametrize(
    "written",
    ["{}", "责改[2018]330382-{}号", "责改［2018］330382－{}号", "责改【2018】330382—{}", "责改 〔2018〕 330382-{} 号",
     "责改(2018)330382-{}", "330382-{}", "{}号"],
)  # fmt: skip
def test_notice_is_found_by_its_number_however_it_is_written(db, written):
    round_ = round_of(institution(name="受责令的"), "2018-05-01")
    round_of(institution(name="别的"), "2018-05-01")
    supplement = supplement_of(round_, "2018-05-03")  # 责改〔2018〕330382-0001号
    number = supplement.number if written == "{}" else written.format("0001")

    assert found(number) == ["受责令的"]
    assert list(rounds_numbered(Rectification.objects.all(), number)) == [round_]


def test_former_name_and_place_are_found(school):
    rename_of(school, "新名培训", "2018-09-01")
    move_of(school, NEXT_TO_LIUSHI, "2018-09-01", address="新址路1号")

    assert found("晨光艺术") == found("柳青路") == found("新址路") == ["新名培训"]


def test_search_of_a_past_moment_knows_what_was_known(school):
    licence_of(school, "permit", number="教民133038200000099号", recorded_at=at("2018-10-05"))
    rename_of(school, "新名培训", "2018-09-01", recorded="2018-10-05")
    before, after = (Moment(day("2018-12-31"), at(on)) for on in ("2018-10-01", "2018-10-06"))

    assert [len(found("133038200000099", moment=each)) for each in (before, after)] == [0, 1]
    assert [len(found("新名培训", moment=each)) for each in (before, after)] == [0, 1]


def test_licence_and_name_that_were_taken_back_are_not_found(school):
    school.licences.filter(kind="permit").update(withdrawn_at=at("2018-10-01"), withdraw_reason="登错")

    assert found("133038200000077") == []


@pytest.mark.parametrize("words", ["王小二", "13812345678", "5678", "62771234"])
def test_people_are_found_only_where_they_may_be_seen(school, words):
    assert found(words, people_in=[]) == []
    assert found(words, people_in=[NEXT_TO_LIUSHI]) == []
    assert found(words, people_in=[LIUSHI]) == ["柳市镇晨光艺术培训中心"]


def test_rounds_answer_to_their_institution_and_to_their_own_number(school):
    first = round_of(school, "2018-05-01", verified_on="2018-06-01")
    second = round_of(school, "2018-07-01")
    rounds = Rectification.objects.all()

    assert set(rounds_matching(rounds, "晨光 5678", people_in=EVERYWHERE)) == {first, second}
    assert list(rounds_matching(rounds, f"晨光 {second.number}", people_in=EVERYWHERE)) == [second]
    assert list(rounds_matching(rounds, "5678", people_in=[])) == []
    assert list(rounds_numbered(rounds, "晨光")) == []


def test_sign_that_means_anything_to_the_database_means_itself(db):
    institution(name="百分%培训", phone="1380000%")

    assert found("分%培") == ["百分%培训"]
    assert found("%") == ["百分%培训"]
    assert found("分_培") == []


def test_search_takes_eight_words_of_a_hundred_characters(db):
    check_words(" ".join("甲乙丙丁戊己庚辛"))
    check_words("甲" * 100)

    for words in (" ".join("甲乙丙丁戊己庚辛壬"), "甲" * 101):
        with pytest.raises(ValueError, match="最"):
            check_words(words)


def test_id_card_number_is_not_searched_for_and_a_credit_code_is():
    check_words("91350200MA2YJ1XR9G")
    check_words("11370000004502323D")

    with pytest.raises(ValueError, match="身份证"):
        check_words("11010519491231002X")


@pytest.mark.parametrize("words", ["+86-577-62550000", "+86 577 62550000", "0086-577-62550000"])
def test_landline_with_the_country_code_is_found(browse, taskforce, words):
    """A country code takes the zero of the area code away; with a mobile number it is understood."""
    school = institution(phone="0577-62550000、13800001111")

    assert str(school.pk) in browse(taskforce).get("/search/", {"q": words}).content.decode()


# --- What was merged into it


@pytest.fixture
def merged(school) -> Institution:
    """One that was merged into the school, known since 15 June 2018."""
    other = institution(LIUSHI, name="暮云画社", signboard_name="小暮云", credit_code="91330382MA2CD34E5F")
    merge_of(other, school, "2018-06-15")
    return other


@pytest.mark.parametrize("words", ["暮云画社", "暮云", "小暮云", "91330382MA2CD34E5F", "CD34E5F", "暮云 柳青路"])
def test_institution_is_found_by_what_was_merged_into_it(school, merged, words):
    matching = institutions_matching(Institution.objects.filter(merged_at=None), words, merged_in=EVERYWHERE)

    assert list(matching) == [school]


def test_merge_that_was_taken_apart_finds_nothing_more(school):
    other = institution(LIUSHI, name="暮云画社")
    merge_of(other, school, "2018-06-15", ended="2018-07-15")
    then, now = (Moment(day("2018-12-31"), at(known)) for known in ("2018-07-01", "2018-08-01"))

    assert found("暮云") == ["暮云画社"]
    assert school.name in found("暮云", moment=then)
    assert school.name not in found("暮云", moment=now)


def test_name_that_what_was_merged_got_later_finds_it_from_the_moment_it_is_known(school, merged):
    rename_of(merged, "朝霞画社", "2018-05-01", recorded="2018-09-01")
    before, after = (Moment(day("2018-12-31"), at(known)) for known in ("2018-08-01", "2018-10-01"))

    assert [school.name in found("朝霞", moment=moment) for moment in (before, after)] == [False, True]
    assert [school.name in found("暮云", moment=moment) for moment in (before, after)] == [True, True]


def test_round_is_found_by_what_was_merged_into_its_institution(school, merged):
    first = round_of(school, "2018-05-02")

    assert list(rounds_matching(Rectification.objects.all(), "暮云", merged_in=EVERYWHERE)) == [first]


def test_what_was_merged_is_not_given_away_to_who_may_not_see_it(school, merged):
    assert found("暮云", merged_in=["330382001"]) == ["暮云画社"]
