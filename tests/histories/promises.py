"""What holds whatever anybody does. Each of these is asked of a bureau (bureau.py), and says which promise it is."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from io import StringIO

from django.core.management import CommandError, call_command
from django.test import Client

from figures.differences import differences, each_change
from figures.drilldown import Drilldown, not_ordered_yet
from figures.statistics import FIGURES, PARTITIONS, Figures, completion, members, population
from figures.verifying import differences as kept_otherwise
from inspections.actions import take_visit
from inspections.models import Notice, QuarantinedVisit, Visit
from institutions.models import Division
from institutions.moments import Moment
from tests.factories import LIUSHI
from tests.histories.bureau import FIRST, Bureau
from tests.histories.questions import COUNTY, answers
from tests.recount import assert_figures_are_recounted, exported

OVERLAPPING = "finding_type"  # the one partition whose parts are never added up


def assert_rows_say_what_was_kept() -> None:
    """Kept by value: rounds are rebuilt from their events and notices, visits and copies compared with what was sent,
    institutions with their merges."""
    said = StringIO()
    try:
        call_command("verify_ledger", stdout=said)
    except CommandError as differs:
        raise AssertionError(f"{said.getvalue()}{differs}") from differs


def assert_notices_are_as_served(bureau: Bureau, reader: Client) -> None:
    """Kept by value: the sheet that was handed out is printed again to the byte, whatever moved on since."""
    for notice in Notice.objects.order_by("pk"):
        page = reader.get(notice.get_absolute_url())
        assert page.status_code == 200, notice.number
        assert page.content == bureau.served.setdefault(notice.pk, page.content), notice.number


def assert_counts_kept_are_as_defined(bureau: Bureau) -> None:
    """What figures are read from is what their definition says, of every institution and of days before and to come."""
    ago = timedelta(days=bureau.days_looked_at.choice([0, 1, 7, 30, 90, -40]))
    assert next(kept_otherwise([bureau.now.date() - ago]), None) is None


def keep_answers(bureau: Bureau) -> None:
    """Everything asked of a day up to now, as known now: `assert_answers_are_the_same` asks it again."""
    ago = timedelta(days=bureau.one_of([0, 0, 1, 7, 30, 90]))
    asked = Moment(max(bureau.now.date() - ago, FIRST), bureau.now)
    bureau.answered.append((asked, answers(bureau.leader, asked)))


def assert_answers_are_the_same(bureau: Bureau) -> None:
    """K is a cut, and mistakes are taken back by adding: the same question with the same D and K has the same answer
    for ever."""
    for asked, kept in bureau.answered:
        now = answers(bureau.leader, asked)
        other = [(question, kept[question], now[question]) for question in kept if now[question] != kept[question]]
        assert not other, f"as of {asked.on}, as known at {asked.known_at}: {other[0]}"


def assert_figures_are_as_defined(bureau: Bureau, number: int) -> None:
    """A figure is a set: it equals the recount from the tables as they are kept, its list is what was counted, and the
    identities hold; of now, of the last deadlines and of so many of the moments that were asked about."""
    tables, now = exported(), Moment(bureau.now.date(), bureau.now)
    deadlines = (
        Notice.objects.filter(due_on__isnull=False).order_by("-recorded_at", "pk").values_list("due_on", flat=True)
    )
    asked_before = [moment for moment, _kept in bureau.chance.sample(bureau.answered, number)]
    for asked in [now, *(Moment(due_on, bureau.now) for due_on in deadlines[:number]), *asked_before]:
        assert_figures_are_recounted(tables, asked.on, asked.known_at)
        townships = Division.objects.filter(parent=COUNTY).values_list("pk", flat=True)
        total = completion(COUNTY, asked).total
        _assert_identities(total)
        for figure in FIGURES:
            assert members(figure, population(COUNTY, asked), asked).count() == getattr(total, figure)
        for by in PARTITIONS:
            parts = [row.figures for row in completion(COUNTY, asked, by=by).rows]
            for part in parts:
                _assert_identities(part)
            assert by == OVERLAPPING or _sums(parts) == _sums([total])
        assert _sums([completion(code, asked).total for code in townships]) == _sums([total])


def assert_lists_of_today_are_what_was_counted(bureau: Bureau) -> None:
    """What stands on the rows is what both clocks say: a number of today opens a list of as many."""
    now = Moment.of()
    total = completion(COUNTY, now).total
    for figure in FIGURES:
        listed = Drilldown(division=COUNTY, figure=figure).institutions(bureau.leader, now.as_it_stands())
        assert listed.count() == getattr(total, figure), figure
    not_ordered = Drilldown(division=COUNTY, standing="without_problems", licence_status="not_full")
    assert not_ordered.institutions(bureau.leader, now.as_it_stands()).count() == not_ordered_yet([COUNTY])


def assert_differences_add_up(bureau: Bureau, number: int) -> None:
    """Whoever stands otherwise at two moments is in one part, and the parts add up to the difference of every figure;
    of so many pairs of the moments that were asked about, and of the first and now."""
    asked = [moment for moment, _kept in bureau.answered]
    pairs = [bureau.chance.sample(asked, 2) for _ in range(number)]
    for one, other in [*pairs, (asked[0], Moment(bureau.now.date(), bureau.now))]:
        (first, last), (known, known_last) = sorted([one.on, other.on]), sorted([one.known_at, other.known_at])
        earlier, later = Moment(first, known), Moment(last, known_last)
        for division in (COUNTY, LIUSHI):
            found = differences(division, earlier, later)
            changes = list(each_change(division, earlier, later))
            assert found.adds_up, (division, earlier, later)
            assert found.total.before == completion(division, earlier).total
            assert found.total.after == completion(division, later).total
            assert {part.code: part.count for part in found.parts} == Counter(each.reason.code for each in changes)
            for part in found.parts:
                of_part = [each for each in changes if each.reason.code == part.code]
                lengths = {figure: sum(each.effect(figure) != 0 for each in of_part) for figure in FIGURES}
                assert {figure: abs(n) for figure, n in part.effects.items()} == lengths, part.code


def _assert_identities(figures: Figures) -> None:
    assert figures.surveyed >= figures.with_problems == figures.rectified + figures.outstanding
    assert figures.rectified == figures.closed + figures.licensed + figures.corrected
    assert figures.overdue <= figures.outstanding


def _sums(figures: Sequence[Figures]) -> dict[str, int]:
    return {name: sum(getattr(each, name) for each in figures) for name in FIGURES}


def assert_receipts_are_given_again(bureau: Bureau) -> None:
    """A visit that is sent again is the one on file: the same digest and moment, with what was said of it, and nothing
    is written. Its round is that of now; to what was kept aside something else is said once it is counted."""
    before = Visit.objects.count(), QuarantinedVisit.objects.count()

    for sent, by, receipt in bureau.sent:
        again = take_visit(sent, by=by, received_at=bureau.now)

        assert (again.id, again.digest, again.created) == (receipt.id, receipt.digest, False)
        assert again.received_at == receipt.received_at
        if not receipt.kept_aside:
            assert again.warnings[: len(receipt.warnings)] == receipt.warnings

    assert (Visit.objects.count(), QuarantinedVisit.objects.count()) == before
