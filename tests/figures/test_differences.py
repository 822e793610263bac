"""Each reason why an institution stands otherwise, in a history of its own: what it adds to the figures and takes from
them, when it happened and when it became known. November as known on 3 December, December as known on 3 January."""

import pytest

from accounts.errors import Invalid
from figures.difference_files import list_texts
from figures.differences import differences, each_change
from figures.reasons import REASONS
from figures.statistics import FIGURES
from inspections.models import LedgerEntry
from institutions.models import Division, ImportBatch, ImportedRow, Institution
from institutions.moments import Moment
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    day,
    institution,
    merge_of,
    move_of,
    round_of,
    strike_off,
    supplement_of,
    visit_of,
    what_became_of,
    withdraw_survey_of,
    withdraw_visit_of,
)

pytestmark = pytest.mark.django_db
EARLIER, LATER = Moment(day("2018-11-30"), at("2018-12-03")), Moment(day("2018-12-31"), at("2019-01-03"))
ELSEWHERE = "330381"
LATE = "2018-12-20"  # became known when November had been handed in


def told(division: str = "330382", earlier: Moment = EARLIER, later: Moment = LATER, **more):
    found = differences(division, earlier, later, **more)
    assert found.adds_up
    return found


def _outstanding(**more) -> Institution:
    school = institution(name="乙")
    round_of(school, "2018-11-01", due_on="2018-12-31", **more)
    return school


def newly_surveyed():
    round_of(institution(surveyed_on="2018-12-05"), "2018-12-06", due_on="2018-12-20")


def surveyed_late():
    institution(surveyed_on="2018-11-05", surveyed_recorded=LATE)


def survey_by_merge():
    gone = institution(NEXT_TO_LIUSHI, surveyed_on="2018-04-02")
    merge_of(gone, institution(surveyed_on=None), LATE)


def taken_apart():
    merge_of(institution(), institution(ELSEWHERE), "2018-06-15", ended=LATE)


def moved_in():
    move_of(institution(ELSEWHERE), LIUSHI, "2018-12-10")


def moved_in_late():
    move_of(institution(ELSEWHERE), LIUSHI, "2018-11-10", recorded=LATE)


def newly_found():
    round_of(institution(), "2018-12-06", due_on="2019-02-01")


def found_late():
    round_of(institution(), "2018-11-06", due_on="2019-02-01", ordered_recorded=LATE)


def found_by_merge():
    gone = institution(ELSEWHERE)
    round_of(gone, "2018-05-01", verified_on="2018-06-01", outcome="corrected")
    merge_of(gone, institution(), LATE)


def rectified(outcome):
    return lambda: strike_off(_outstanding().rectifications.get(), "2018-12-10", outcome=outcome)


def rectified_late():
    strike_off(_outstanding().rectifications.get(), "2018-11-20", outcome="licensed", recorded=LATE)


def rectified_by_void():
    school = institution()
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    round_of(school, "2018-11-05", due_on="2019-02-01", voided=LATE)


def rectified_by_parting():
    school, gone = institution(), institution(ELSEWHERE)
    round_of(school, "2018-05-01", verified_on="2018-06-01")
    round_of(gone, "2018-11-05", due_on="2019-02-01")
    merge_of(gone, school, "2018-11-10", ended=LATE)


def _rectified(outcome="corrected") -> Institution:
    school = institution()
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome=outcome)
    return school


def rebound():
    round_of(_rectified(), "2018-12-05", due_on="2019-02-01")


def rebound_late():
    round_of(_rectified(), "2018-11-05", due_on="2019-02-01", ordered_recorded=LATE)


def rebound_by_merge():
    gone = institution(ELSEWHERE)
    round_of(gone, "2018-11-05", due_on="2019-02-01", verified_on="2019-01-02")
    merge_of(gone, _rectified(), "2019-01-03")


def again(outcome):
    first = "closed" if outcome != "closed" else "corrected"
    return lambda: round_of(_rectified(first), "2018-12-05", verified_on="2018-12-20", outcome=outcome)


def outcome(outcome):
    first = "closed" if outcome != "closed" else "corrected"
    return lambda: round_of(
        _rectified(first),
        "2018-11-05",
        verified_on="2018-11-20",
        outcome=outcome,
        ordered_recorded=LATE,
        verified_recorded=LATE,
    )


def became_overdue():
    round_of(institution(), "2018-11-01", due_on="2018-12-01")


def overdue_late():
    round_ = round_of(institution(), "2018-11-01", due_on="2019-02-01")
    supplement_of(round_, "2018-11-05", due_on="2018-11-20", recorded=LATE)


def extended():
    round_of(institution(), "2018-10-01", due_on="2018-11-01", extensions=[("2018-12-10", "2019-02-01")])


def notice_settled():
    round_ = round_of(institution(), "2018-11-01", due_on="2019-02-01")
    notice = supplement_of(round_, "2018-11-05", due_on="2018-11-20")
    what_became_of(notice, "fulfilled", "2018-12-10")


def other_round():
    school = institution()
    round_of(school, "2018-10-01", due_on="2018-11-01", verified_on="2018-12-05")
    round_of(school, "2018-12-10", due_on="2019-02-01")


def voided():
    _outstanding(voided=LATE)


def problems_parted():
    gone = institution(ELSEWHERE)
    round_of(gone, "2018-05-01", verified_on="2018-06-01", outcome="corrected")
    merge_of(gone, institution(), "2018-06-15", ended=LATE)


def merged():
    gone = institution(NEXT_TO_LIUSHI)
    merge_of(gone, institution(), LATE)


def registration_withdrawn():
    Institution.objects.filter(pk=institution().pk).update(withdrawn_at=at(LATE))


def import_undone():
    county = Division.objects.get(pk="330382")
    batch = ImportBatch.objects.create(
        division=county, recorded_at=at("2018-04-02"), rolled_back_at=at(LATE), finished_at=at("2018-04-02")
    )
    school = institution()
    ImportedRow.objects.create(batch=batch, row_number=1, institution=school, kind="new", original={})
    Institution.objects.filter(pk=school.pk).update(withdrawn_at=at(LATE))


def survey_withdrawn():
    withdraw_survey_of(institution(), LATE)


def visit_withdrawn():
    school = institution()
    visit = visit_of(school, "2018-04-02", purpose="survey")
    withdraw_survey_of(school, LATE)
    withdraw_visit_of(visit, LATE)


def survey_parted():
    merge_of(institution(ELSEWHERE), institution(surveyed_on=None), "2018-06-15", ended=LATE)


def moved_out():
    move_of(institution(), ELSEWHERE, "2018-12-10")


def moved_out_late():
    move_of(institution(), ELSEWHERE, "2018-11-10", recorded=LATE)


def moved_within():
    move_of(_outstanding(), NEXT_TO_LIUSHI, "2018-12-10")


def status_changed():
    withdraw_survey_of(institution(status="none"), LATE, instead=("2018-04-02", "full"))


OPENED, UNDONE = "surveyed", "-surveyed"
FOUND, GONE = "with_problems outstanding", "-with_problems -outstanding"
HISTORIES = {  # what happened, what it adds to which figures, when it happened, when it became known
    "newly_surveyed": (newly_surveyed, "surveyed with_problems outstanding overdue", "2018-12-05", "2018-12-05"),
    "surveyed_late": (surveyed_late, "surveyed", "2018-11-05", LATE),
    "survey_by_merge": (survey_by_merge, "surveyed", "2018-04-02", LATE),
    "taken_apart": (taken_apart, "surveyed", None, LATE),
    "moved_in": (moved_in, "surveyed", "2018-12-10", "2018-12-10"),
    "moved_in_late": (moved_in_late, "surveyed", "2018-11-10", LATE),
    "newly_found": (newly_found, FOUND, "2018-12-06", "2018-12-06"),
    "found_late": (found_late, FOUND, "2018-11-06", LATE),
    "found_by_merge": (found_by_merge, "with_problems rectified corrected", "2018-05-01", LATE),
    **{
        f"rectified_{name}": (rectified(name), f"rectified -outstanding {name}", "2018-12-10", "2018-12-10")
        for name in ("closed", "licensed", "corrected")
    },
    "rectified_late": (rectified_late, "rectified -outstanding licensed", "2018-11-20", LATE),
    "rectified_by_void": (rectified_by_void, "rectified -outstanding licensed", None, LATE),
    "rectified_by_parting": (rectified_by_parting, "rectified -outstanding closed", None, LATE),
    "rebound": (rebound, "-rectified outstanding -corrected", "2018-12-05", "2018-12-05"),
    "rebound_late": (rebound_late, "-rectified outstanding -corrected", "2018-11-05", LATE),
    "rebound_by_merge": (rebound_by_merge, "-rectified outstanding -corrected", "2018-11-05", "2019-01-03"),
    "again_closed": (again("closed"), "closed -corrected", "2018-12-20", "2018-12-20"),
    "again_licensed": (again("licensed"), "-closed licensed", "2018-12-20", "2018-12-20"),
    "again_corrected": (again("corrected"), "-closed corrected", "2018-12-20", "2018-12-20"),
    "outcome_closed": (outcome("closed"), "closed -corrected", "2018-11-20", LATE),
    "outcome_licensed": (outcome("licensed"), "-closed licensed", "2018-11-20", LATE),
    "outcome_corrected": (outcome("corrected"), "-closed corrected", "2018-11-20", LATE),
    "became_overdue": (became_overdue, "overdue", None, None),
    "overdue_late": (overdue_late, "overdue", None, None),
    "extended": (extended, "-overdue", "2018-12-10", "2018-12-10"),
    "notice_settled": (notice_settled, "-overdue", "2018-12-10", "2018-12-10"),
    "other_round": (other_round, "-overdue", None, None),
    "voided": (voided, GONE, None, LATE),
    "problems_parted": (problems_parted, "-with_problems -rectified -corrected", None, LATE),
    "merged": (merged, UNDONE, None, LATE),
    "registration_withdrawn": (registration_withdrawn, UNDONE, None, LATE),
    "import_undone": (import_undone, UNDONE, None, LATE),
    "survey_withdrawn": (survey_withdrawn, UNDONE, None, LATE),
    "visit_withdrawn": (visit_withdrawn, UNDONE, None, LATE),
    "survey_parted": (survey_parted, UNDONE, None, LATE),
    "moved_out": (moved_out, UNDONE, "2018-12-10", "2018-12-10"),
    "moved_out_late": (moved_out_late, UNDONE, "2018-11-10", LATE),
    "moved_within": (moved_within, "", "2018-12-10", "2018-12-10"),
    "status_changed": (status_changed, "", "2018-04-02", LATE),
}


def test_every_reason_has_a_history_here():
    assert list(HISTORIES) == list(REASONS)


@pytest.mark.parametrize("code", HISTORIES)
def test_reason_says_what_it_does_to_the_figures(code):
    happen, effects, happened_on, known_on = HISTORIES[code]
    happen()

    parts = {part.code: part for part in told().parts}

    signs = {word.lstrip("-"): -1 if word.startswith("-") else 1 for word in effects.split()}
    assert {name: n for name, n in parts[code].effects.items() if n} == signs
    one = parts[code].institutions[0]
    assert (parts[code].count, one.happened_on) == (1, happened_on and day(happened_on))
    assert one.known_at == (known_on and at(known_on))
    assert set(parts) - {code} <= {"merged"}  # whose survey was taken over has left


def test_reason_of_a_ledger_that_was_taken_back_is_the_import():
    school = _outstanding(voided=LATE)
    county = Division.objects.get(pk="330382")
    batch = ImportBatch.objects.create(division=county, recorded_at=at("2018-11-01"), rolled_back_at=at(LATE))
    LedgerEntry.objects.create(
        batch=batch, row_number=1, institution=school, rectification=school.rectifications.get(),
        ordered=True, taken_back_at=at(LATE),
    )  # fmt: skip

    assert [(part.code, part.effects["with_problems"]) for part in told().parts] == [("import_undone", -1)]


def test_month_against_the_one_before_as_known_at_one_moment_has_nothing_late():
    found_late()
    newly_found()

    assert [part.code for part in told(earlier=Moment(EARLIER.on, LATER.known_at)).parts] == ["newly_found"]


def test_december_as_handed_in_against_december_as_known_now_has_only_what_became_known():
    found_late()
    newly_found()

    found = told(earlier=Moment(LATER.on, EARLIER.known_at))

    assert {part.code: part.effects["with_problems"] for part in found.parts} == {"found_late": 2}


def test_what_moved_within_the_county_moves_between_its_townships():
    moved_within()

    found = told()

    assert {row.key: row.change["outstanding"] for row in found.by_division if any(row.change.values())} == {
        LIUSHI: -1,
        NEXT_TO_LIUSHI: 1,
    }
    assert [part.code for part in told(LIUSHI).parts] == ["moved_out"]
    assert [part.code for part in told(NEXT_TO_LIUSHI).parts] == ["moved_in"]


def test_several_divisions_are_compared_together():
    moved_within()
    newly_found()

    found = told([LIUSHI, NEXT_TO_LIUSHI])

    assert [part.code for part in found.parts] == ["newly_found", "moved_within"]
    assert [row.key for row in found.by_division] == [LIUSHI, NEXT_TO_LIUSHI]


def test_headline_says_what_moved_and_why():
    newly_found()
    rectified("closed")()
    merged()

    assert told().headline == (
        "排摸总数 −1、存在问题 +1、已整改 +1、取缔 +1。其中：新发现问题1所、新整改（取缔）1所、合并1所。"
    )


def test_nothing_differs_where_nothing_happened():
    _outstanding()

    found = told()

    assert (found.parts, found.count) == ([], 0)
    assert found.headline == "两个时点的指标相同，没有机构变动。"


def test_part_brings_so_many_and_counts_all():
    for _ in range(3):
        newly_found()

    [part] = told(shown=2).parts

    assert (part.count, len(part.institutions)) == (3, 2)


def test_lines_of_a_file_are_all_that_changed_with_what_they_add():
    newly_found()
    moved_out()

    head, *lines = list_texts(each_change("330382", EARLIER, LATER), told())

    assert len(head) == 9 + len(FIGURES)
    assert [[line[0], *line[2:]] for line in lines] == [
        ["迁出", "柳市镇", "未发现问题", "不计入", "无证无照", "", "2018-12-10", "2018-12-10 12:00",
         "-1", "0", "0", "0", "0", "0", "0", "0"],
        ["新发现问题", "柳市镇", "未发现问题", "整改中", "无证无照", "无证无照", "2018-12-06", "2018-12-06 12:00",
         "0", "1", "0", "1", "0", "0", "0", "0"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("earlier", "later", "field"),
    [
        (Moment(LATER.on, EARLIER.known_at), Moment(EARLIER.on, LATER.known_at), "before"),
        (Moment(EARLIER.on, LATER.known_at), Moment(LATER.on, EARLIER.known_at), "before_known_at"),
    ],
)
def test_moments_the_wrong_way_round_are_refused(earlier, later, field):
    with pytest.raises(Invalid) as refused:
        differences("330382", earlier, later)

    assert list(refused.value.errors) == [field]


def test_move_that_was_a_mistake_is_known_since_it_was_taken_back():
    move_of(institution(), ELSEWHERE, "2018-11-10", withdrawn=LATE)

    [part] = told().parts

    assert (part.code, part.institutions[0].happened_on) == ("moved_in_late", None)
    assert part.institutions[0].known_at == at(LATE)
