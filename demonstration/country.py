"""Data at scale: a synthetic country, its figures those published for the end of 2018.

Source of the shares: 401050 surveyed, 272842 with problems, 269911 rectified as of 2018-12-30 (教育部 bulletin).
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from accounts.models import Grant, User
from demonstration import bulk, names
from demonstration.book import Book, Round
from inspections.models import Finding, Notice, Outcome, Rectification, RectificationEvent, Visit
from institutions.models import Division, Institution, scope_code_of
from institutions.positions import cell_of

SURVEYED, WITH_PROBLEMS, RECTIFIED = 401_050, 272_842, 269_911
PROVINCES, CITIES, COUNTIES, TOWNSHIPS = 31, 11, 2963, 5  # townships in each county
FIRST_PROVINCE = 50  # codes that no real division has
AS_OF = date(2018, 12, 30)
FLUSH_EVERY = 4000
TABLES = (
    Division, Institution, Rectification, RectificationEvent, Visit, Visit.inspectors.through, Finding, Notice,
)  # fmt: skip


def divisions() -> list[Division]:
    """Provinces, cities, counties and townships of the synthetic country, parents before children."""
    made: list[Division] = []
    counties_left, cities_left = COUNTIES, PROVINCES * CITIES
    for province in range(FIRST_PROVINCE, FIRST_PROVINCE + PROVINCES):
        made.append(Division(code=f"{province}", name=f"模拟省{province}", level="province"))
        for city in range(1, CITIES + 1):
            city_code = f"{province}{city:02d}"
            made.append(Division(code=city_code, name=f"模拟市{city_code}", level="city", parent_id=f"{province}"))
            share = -(-counties_left // cities_left)
            counties_left, cities_left = counties_left - share, cities_left - 1
            for county in range(1, share + 1):
                made += _county(f"{city_code}{county:02d}", city_code, (province, city, county))
    return made


def _county(code: str, city: str, place: tuple[int, int, int]) -> list[Division]:
    province, city_number, county = place
    longitude = 80 + (province - FIRST_PROVINCE) % 8 * 5 + city_number * 0.4
    latitude = 22 + (province - FIRST_PROVINCE) // 8 * 6 + county * 0.4
    where = {"longitude": longitude, "latitude": latitude}
    made = [Division(code=code, name=f"模拟县{code}", level="county", parent_id=city, **where)]
    for number in range(1, TOWNSHIPS + 1):
        township = f"{code}{100 + number}"
        made.append(Division(code=township, name=f"模拟镇{township}", level="township", parent_id=code, **where))
    return made


def write(institutions: int, visits: int, seed: int) -> Iterator[int]:
    """Write a country of that size; yields how many institutions are written so far. Inside a transaction.

    The visits are first surveys of those with problems, then rechecks of those rectified; what is left goes round
    among all institutions as routine visits.
    """
    rng = random.Random(seed)
    places = divisions()
    bulk.write(Division, places)
    townships = [each for each in places if each.level == "township"]
    people = _people()
    book = Book(rng)
    looked_in = Book(random.Random(f"{seed}, routine"))  # apart: however many, the rest is the same
    problems = round(institutions * WITH_PROBLEMS / SURVEYED)
    rectified = round(institutions * RECTIFIED / SURVEYED)
    rechecks = min(max(0, visits - problems), rectified)
    routine = max(0, visits - problems - rechecks)
    for number in range(institutions):
        institution = _institution(book, townships[rng.randrange(len(townships))], number)
        if number < problems:
            _round(book, institution, people, done=number < rectified, recheck=number < rechecks, seen=number < visits)
        for _visit in range(routine // institutions + (number < routine % institutions)):
            _routine(looked_in, institution, people)
        if (number + 1) % FLUSH_EVERY == 0:
            _write(book, looked_in)
            yield number + 1
    _write(book, looked_in)
    yield institutions


def _write(*books: Book) -> None:
    for each in books:
        each.write()


def _people() -> tuple[User, User, User]:
    made = []
    for name in ("simulated-inspector", "simulated-inspector2", "simulated-verifier"):
        user = User.objects.create(username=name, name=name, is_active=False)
        Grant.objects.create(user=user, role="inspector", division_prefix=str(FIRST_PROVINCE), valid_from=AS_OF)
        made.append(user)
    return made[0], made[1], made[2]


def _institution(book: Book, township: Division, number: int) -> Institution:
    rng = book.rng
    surveyed_on = date(2018, 3, 1) + timedelta(days=rng.randrange(120))
    longitude = (township.longitude or 0) + rng.gauss(0, 0.05)
    latitude = (township.latitude or 0) + rng.gauss(0, 0.05)
    recorded_at = book.at(surveyed_on, 19)
    institution = bulk.made(
        Institution,
        id=book.uuid(),
        name=f"模拟机构{number:06d}",
        division=township,
        scope_code=scope_code_of(township.code),
        longitude=longitude,
        latitude=latitude,
        cell=cell_of(longitude, latitude),
        datum="wgs84",
        location_source="import",
        category=names.category(rng),
        surveyed_on=surveyed_on,
        surveyed_recorded_at=recorded_at,
        recorded_at=recorded_at,
        licence_status_at_survey=rng.choices(["none", "registration_only", "permit_only", "full"], [52, 21, 2, 25])[0],
    )
    book.institutions.append(institution)
    return institution


def _round(
    book: Book, institution: Institution, people: tuple[User, User, User], *, done: bool, recheck: bool, seen: bool
) -> None:
    rng = book.rng
    inspectors, verifier = (people[0], people[1]), people[2]
    surveyed_on = institution.surveyed_on or AS_OF
    visit = None
    if seen:
        visit = book.visit(
            institution, surveyed_on, purpose=Visit.Purpose.SURVEY, inspectors=inspectors, findings=("T01",)
        )
    ordered_on = date(2018, 7, 1) + timedelta(days=rng.randrange(100))
    round_: Round = book.order(visit, ordered_on, ordered_on + timedelta(days=60), by=people[1], at=institution)
    if not done:
        return
    outcome = {"none": Outcome.CLOSED, "permit_only": Outcome.LICENSED, "registration_only": Outcome.LICENSED}.get(
        institution.licence_status_at_survey, Outcome.CORRECTED
    )
    on = ordered_on + timedelta(days=rng.randrange(10, 70))
    found = round_.recheck(on, inspectors=inspectors, result=Visit.Result.INSPECTED) if recheck else None
    round_.submit(found, outcome, by=inspectors[0], on=on)
    round_.verify(min(on + timedelta(days=rng.randrange(1, 12)), AS_OF), by=verifier)


def _routine(book: Book, institution: Institution, people: tuple[User, User, User]) -> None:
    """A visit that finds nothing, between the survey and the end of the year."""
    surveyed_on = institution.surveyed_on or AS_OF
    on = surveyed_on + timedelta(days=book.rng.randrange((AS_OF - surveyed_on).days + 1))
    ceased = institution.ceased_on is not None and institution.ceased_on <= on
    result = Visit.Result.CEASED if ceased else Visit.Result.INSPECTED
    book.visit(institution, on, purpose=Visit.Purpose.ROUTINE, inspectors=people[:2], result=result)
