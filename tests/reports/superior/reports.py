"""A county's report for the tests of forms: three townships, one of them with nothing."""

from datetime import date

from django.utils import timezone

from institutions.moments import Moment
from reports.monthly import monthly_report
from reports.printed import Printed
from reports.superior.mapping import Bound, with_words
from reports.superior.workbook import Form
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, round_of

D = date(2018, 12, 31)
CHILDREN = {"330382114": "柳市镇", "330382115": "北白象镇", "330382125": "盘石镇"}
COLUMNS = {"C": "surveyed", "D": "with_problems", "E": "rectified", "F": "closed", "G": "completion_percent"}


def county() -> None:
    """柳市镇: 3 surveyed, 2 with problems, both rectified, 1 of them closed; 北白象镇: 3, 3, 2 of them rectified."""
    for outcome in ("closed", "licensed"):
        round_of(institution(LIUSHI), "2018-05-01", verified_on="2018-06-01", outcome=outcome)
    institution(LIUSHI, status="full")
    for verified in ("2018-06-01", "2018-06-02", None):
        round_of(institution(NEXT_TO_LIUSHI), "2018-05-01", verified_on=verified)


def printed_of(division: str = "330382", on: date = D) -> Printed:
    return Printed.of(monthly_report(division, Moment(on, timezone.now())))


def table_of(form: Form, first_row: int = 6) -> list[Bound]:
    """Every figure of the three townships in the form of forms.city_form."""
    return with_words(
        (
            Bound("汇总表", f"{column}{row}", f"{code}.{figure}")
            for row, code in enumerate(CHILDREN, start=first_row)
            for column, figure in COLUMNS.items()
        ),
        form,
    )
