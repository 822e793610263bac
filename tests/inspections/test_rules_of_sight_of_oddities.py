"""疑点 of two visits: the other one is shown to who sees it, and neither named nor dated to anybody else."""

from inspections.models import Oddity
from inspections.oddities import odd_of
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, visit_of


def test_other_visit_of_an_oddity_is_shown_to_who_sees_it(inspector, taskforce):
    visit, other = (visit_of(institution(township)) for township in (LIUSHI, NEXT_TO_LIUSHI))
    Oddity.objects.create(visit=visit, kind=Oddity.Kind.SAME_PHOTO, other=other, facts={"pairs": [[1, 2]]})

    [[seen], [unseen]] = [odd_of([visit.pk], reader)[visit.pk].reasons for reader in (taskforce, inspector)]

    assert (seen.other, seen.said) == (other, "照片 1 与另一家机构的照片 2 相同。")
    assert (unseen.other, unseen.said) == (None, "照片 1 与辖区以外一家机构的照片相同。")
