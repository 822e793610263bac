"""What is done to the register: institutions, their places, names, licences and merges, and the divisions they lie in."""

from datetime import date

from institutions.actions import (
    Survey,
    add_licence,
    correct_licence,
    edit_institution,
    end_licence,
    merge_division,
    merge_institutions,
    move_institution,
    register_institution,
    rename_division,
    rename_institution,
    revoke_licence,
    take_apart,
    withdraw_institution,
    withdraw_licence,
    withdraw_survey,
)
from institutions.models import Division, Institution, Licence, Merge
from tests.histories.bureau import TOWNSHIPS, Bureau, NothingThere

STATUSES = ["full", "registration_only", "permit_only", "none"]


def register(bureau: Bureau) -> None:
    columns = {
        "name": f"绘声馆{bureau.chance.randrange(100_000)}",
        "operating_address": f"示例路{bureau.chance.randrange(900)}号",
        "division": bureau.township(),
    }
    if bureau.perhaps(0.5):
        columns |= {"surveyed_on": bureau.day(), "licence_status_at_survey": bureau.one_of(STATUSES)}
    register_institution(by=bureau.somebody(), columns=columns, at=bureau.now)


def move(bureau: Bureau) -> None:
    school = bureau.registered()
    move_institution(
        school,
        by=bureau.somebody(),
        version=school.version,
        division=bureau.township(),
        operating_address=f"青竹路{bureau.chance.randrange(99)}号",
        from_on=bureau.day(),
        at=bureau.now,
    )


def rename(bureau: Bureau) -> None:
    school = bureau.registered()
    name = f"青竹教育{bureau.chance.randrange(999)}"
    rename_institution(
        school, by=bureau.somebody(), version=school.version, name=name, from_on=bureau.day(), at=bureau.now
    )


def edit(bureau: Bureau) -> None:
    """A column that has no past, or a name or a place without saying since when."""
    school = bureau.registered()
    columns = bureau.one_of(
        [
            {"principal": "示例甲"},
            {"name": f"晨曦教育{bureau.chance.randrange(999)}"},
            {"division": bureau.township(), "operating_address": f"晨曦路{bureau.chance.randrange(99)}号"},
        ]
    )
    from_on = bureau.one_of([None, bureau.day()])
    edit_institution(
        school, by=bureau.somebody(), version=school.version, columns=columns, from_on=from_on, at=bureau.now
    )


def withdraw(bureau: Bureau) -> None:
    school = bureau.registered()
    withdraw_institution(school, by=bureau.somebody(), version=school.version, reason="登错", at=bureau.now)


def take_survey_back(bureau: Bureau) -> None:
    school = bureau.one_of(Institution.objects.filter(merged_at=None, withdrawn_at=None, surveyed_on__isnull=False))
    instead = bureau.one_of([None, Survey(bureau.day(), bureau.one_of(STATUSES))])
    withdraw_survey(school, by=bureau.somebody(), instead=instead, at=bureau.now)


def merge(bureau: Bureau) -> None:
    into, merged = bureau.registered(), bureau.registered(merges_here__ended_at=None, has_merges=True)
    merge_institutions(into=into, merged=merged, by=bureau.somebody(), reason="同一家", at=bureau.now)


def part(bureau: Bureau) -> None:
    """What was merged is taken apart."""
    standing = bureau.last_of(Merge.objects.filter(ended_at=None))
    take_apart(standing, by=bureau.somebody(), reason="不是同一家", at=bureau.now)


def enter_licence(bureau: Bureau) -> None:
    """Of long ago, or of these days; often of an institution that has another one."""
    permit = f"教民1330382{bureau.chance.randrange(10**7, 10**8):08d}"
    kind, number = bureau.one_of([("permit", permit), ("registration", "91350200MA2YJ1XR9G")])
    stated = {"kind": kind, "number": number, "valid_to": None, "issued_by": ""}
    stated["valid_from"] = bureau.one_of([date(2017, 9, 1), bureau.day()])
    school = bureau.registered(licences__isnull=False)
    add_licence(school, by=bureau.somebody(), columns=stated, shared=True, at=bureau.now)


def change_licence(bureau: Bureau) -> None:
    """Withdrawn, revoked, ended or corrected."""
    licence = bureau.one_of(Licence.objects.filter(withdrawn_at=None))
    seen = {"by": bureau.somebody(), "version": licence.version, "at": bureau.now}
    acts = [
        lambda: withdraw_licence(licence, reason="登错", **seen),
        lambda: revoke_licence(licence, on=bureau.day(), **seen),
        lambda: end_licence(licence, on=bureau.day(), reason="停办", **seen),
        lambda: correct_licence(licence, columns={"valid_from": bureau.day()}, reason="抄错", shared=True, **seen),
    ]
    bureau.one_of(acts)()


def call_division_otherwise(bureau: Bureau) -> None:
    name = f"示例{bureau.chance.randrange(99)}街道"
    rename_division(bureau.township(), by=None, name=name, from_on=bureau.day(), at=bureau.now)


def end_division(bureau: Bureau) -> None:
    """Never the last but one: there has to be somewhere to move to."""
    left = list(Division.objects.filter(pk__in=TOWNSHIPS, in_force_to=None).order_by("pk"))
    if len(left) < 3 or bureau.done.total() < 20:
        raise NothingThere
    ended, into = bureau.chance.sample(left, 2)
    merge_division(ended, by=None, into=into, from_on=bureau.day(), at=bureau.now)


REGISTER_ACTS = {
    register: 20,
    move: 4,
    rename: 4,
    edit: 4,
    withdraw: 1,
    take_survey_back: 2,
    merge: 5,
    part: 4,
    enter_licence: 4,
    change_licence: 4,
    call_division_otherwise: 1,
    end_division: 1,
}
