"""疑点 of photos: the same file, or nearly the same picture, at another institution or on another day."""

import pytest
from PIL import Image, ImageEnhance

from inspections.actions import oddities, receive_photo, withdraw_visit
from inspections.likeness import bands_of_grey
from inspections.models import Likeness, Oddity
from inspections.photos import sha256_of
from tests.factories import NEXT_TO_LIUSHI, at, institution, merge_of
from tests.inspections.oddities.scenes import jpeg, said_of, scene, visited

pytestmark = pytest.mark.django_db
MORNING, NOON, NEXT_DAY = at("2018-10-01", 9), at("2018-10-01", 12), at("2018-10-02", 9)


def test_photo_at_another_institution_is_odd_at_both(inspector):
    data = jpeg(scene(1))

    one = visited(institution(), inspector, MORNING, photos=(jpeg(scene(2)), data))
    other = visited(institution(), inspector, NOON, photos=(data,))

    assert said_of(one) == {"same_photo": {"pairs": [[2, 1]], "count": 1}}
    assert said_of(other) == {"same_photo": {"pairs": [[1, 2]], "count": 1}}
    assert set(Oddity.objects.values_list("visit", "other")) == {(one.pk, other.pk), (other.pk, one.pk)}


@pytest.mark.parametrize(("when", "is_odd"), [(NOON, False), (NEXT_DAY, True)], ids=["the same day", "another day"])
def test_photo_at_the_same_institution_is_odd_on_another_day(inspector, when, is_odd):
    school, data = institution(), jpeg(scene(1))
    visited(school, inspector, MORNING, photos=(data,))

    assert bool(said_of(visited(school, inspector, when, photos=(data,)))) == is_odd


def test_two_registrations_of_one_institution_are_one(inspector):
    school, double, data = institution(), institution(), jpeg(scene(1))
    merge_of(double, school, "2018-09-30")
    double.refresh_from_db()
    visited(school, inspector, MORNING, photos=(data,))

    assert said_of(visited(double, inspector, NOON, photos=(data,))) == {}


@pytest.mark.parametrize(
    "changed",
    [
        lambda: jpeg(scene(1), quality=40),
        lambda: jpeg(scene(1, (320, 240))),
        lambda: jpeg(ImageEnhance.Brightness(scene(1)).enhance(1.1)),
    ],
    ids=["saved again", "made smaller", "brighter"],
)
def test_copy_of_a_photo_is_nearly_the_same(inspector, changed):
    one = visited(institution(), inspector, MORNING, photos=(jpeg(scene(1)),))

    other = visited(institution(), inspector, NOON, photos=(changed(),))

    assert said_of(one) == said_of(other) == {"like_photo": {"pairs": [[1, 1]], "count": 1}}


def test_photo_that_has_not_come_is_like_none(inspector, outsider):
    here, missing = jpeg(scene(1)), jpeg(scene(2))
    one = visited(institution(), inspector, MORNING, photos=(here, missing), arrive=False)
    receive_photo(one, sha256=sha256_of(here), data=here, by=inspector)

    other = visited(institution(NEXT_TO_LIUSHI), outsider, NOON, photos=(here, missing))

    assert said_of(one) == said_of(other) == {"same_photo": {"pairs": [[1, 1]], "count": 1}}


def test_other_pictures_are_not_alike(inspector):
    for seed in range(12):
        visited(institution(), inspector, MORNING, photos=(jpeg(scene(seed)),))

    assert not Oddity.objects.exists()
    assert Likeness.objects.filter(band_0__isnull=False).count() == 12


def walls() -> list[bytes]:
    """White, black, a wall with a lamp beside it, one with grain: each another file."""
    grain = Image.effect_noise((640, 480), 25).convert("RGB")
    lamp = Image.radial_gradient("L").resize((640, 480)).convert("RGB")
    white, black = (Image.new("RGB", (640, 480), colour) for colour in ("white", "black"))
    return [
        jpeg(each)
        for each in (white, black, Image.blend(white, grain, 0.08), Image.blend(white, lamp, 0.2), Image.blend(black, grain, 0.05))
    ]  # fmt: skip


def test_flat_pictures_are_like_nothing_and_still_the_same_file(inspector):
    for wall in walls():
        visited(institution(), inspector, MORNING, photos=(wall,))
    apart = Oddity.objects.count()

    again = visited(institution(), inspector, NOON, photos=(walls()[0],))

    assert apart == 0
    assert list(said_of(again)) == ["same_photo"]
    assert not Likeness.objects.filter(band_0__isnull=False).exists()


def test_same_picture_twice_in_one_visit_is_not_odd(inspector):
    data = jpeg(scene(1))

    assert said_of(visited(institution(), inspector, photos=(data, data))) == {}


def test_photo_counts_when_its_bytes_are_here(inspector):
    data = jpeg(scene(1))
    waits = visited(institution(), inspector, MORNING, photos=(data,), arrive=False)
    there = visited(institution(NEXT_TO_LIUSHI), inspector, NOON, photos=(data,))
    before = said_of(there)

    receive_photo(waits, sha256=sha256_of(data), data=data, by=inspector)

    assert before == {}
    assert list(said_of(waits)) == list(said_of(there)) == ["same_photo"]


def test_every_photo_of_two_visits_is_counted(inspector):
    photos = tuple(jpeg(scene(seed)) for seed in range(3))
    one = visited(institution(), inspector, MORNING, photos=photos)

    visited(institution(), inspector, NOON, photos=photos[::-1])

    assert said_of(one) == {"same_photo": {"pairs": [[1, 3], [2, 2], [3, 1]], "count": 3}}


def test_earliest_of_many_are_those_that_have_it(inspector, monkeypatch):
    """Neither a visit with other photos nor one whose photo has not arrived takes the place of one that has it."""
    monkeypatch.setattr(oddities, "MOST_OTHERS", 1)
    data = jpeg(scene(1))
    visited(institution(), inspector, at("2018-09-01", 9), photos=(jpeg(scene(2)),))
    visited(institution(), inspector, at("2018-09-02", 9), photos=(data,), arrive=False)
    first = visited(institution(NEXT_TO_LIUSHI), inspector, MORNING, photos=(data,))

    last = visited(institution(), inspector, NEXT_DAY, photos=(data,))

    assert list(last.oddities.values_list("other", flat=True)) == [first.pk]


def test_photo_of_a_withdrawn_visit_may_be_used_again(inspector, taskforce):
    school, data = institution(), jpeg(scene(1))
    wrong = visited(school, inspector, MORNING, photos=(data,))
    withdraw_visit(wrong, by=taskforce, reason="登错", at=at("2018-10-01", 18))

    again = visited(school, inspector, NEXT_DAY, photos=(data,))

    assert said_of(again) == said_of(wrong) == {}


def test_withdrawing_takes_what_was_odd_along(inspector, taskforce):
    data = jpeg(scene(1))
    one = visited(institution(), inspector, MORNING, photos=(data,))
    other = visited(institution(), inspector, NOON, photos=(data,))

    withdraw_visit(one, by=taskforce, reason="登错", at=at("2018-10-03"))

    assert not Oddity.objects.exists()
    assert said_of(other) == {}


def test_bands_are_of_sixteen_bits_and_a_mirror_is_another_picture():
    grey = scene(1).convert("L").resize((32, 32), Image.Resampling.BOX)
    mirrored = grey.transpose(Image.Transpose.FLIP_LEFT_RIGHT)

    one, other = bands_of_grey(grey.tobytes()), bands_of_grey(mirrored.tobytes())

    assert all(0 <= band < 1 << 16 for band in one)
    assert sum(band.bit_count() for band in one) == 32  # stronger than the median: half of them
    assert sum((a ^ b).bit_count() for a, b in zip(one, other, strict=True)) > 16
