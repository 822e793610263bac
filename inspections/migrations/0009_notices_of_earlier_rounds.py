"""Every round has its order notice, a voided one also the notice that withdraws it.

What was printed before notices were kept is gone: these are put together again from the rows as they stand at the
upgrade, and say so (docs/adr/0016-a-notice-is-kept-by-value.md). The numbers are those the rounds have; a withdrawal
takes the next of its county and year.
"""

from django.conf import settings
from django.db import migrations
from django.db.models import Prefetch

from accounts.canonical import canonical, digest_of

BATCH = 1000
TITLES = {"order": "责令限期整改通知书", "withdrawal": "撤回通知书"}


def fill(apps, schema_editor):
    Rectification = apps.get_model("inspections", "Rectification")
    Finding = apps.get_model("inspections", "Finding")
    Event = apps.get_model("inspections", "RectificationEvent")
    found = Finding.objects.select_related("type", "visit").order_by("visit__happened_on", "type")
    rounds = (
        Rectification.objects.filter(notices__isnull=True)
        .select_related("institution", "ordered_by", "voided_by", "opened_by_visit")
        .prefetch_related(
            Prefetch("findings", found),
            Prefetch("opened_by_visit__findings", found),
            "opened_by_visit__inspectors",
            Prefetch("events", Event.objects.filter(kind="voided"), to_attr="voids"),
        )
        .order_by("pk")
    )
    synthetic = apps.get_model("institutions", "Demonstration").objects.exists()
    batch = list(rounds[:BATCH])
    while batch:
        write(apps, batch, synthetic)
        batch = list(rounds.filter(pk__gt=batch[-1].pk)[:BATCH])


def write(apps, batch, synthetic):
    Notice = apps.get_model("inspections", "Notice")
    orders = [order_of(Notice, round_, synthetic) for round_ in batch]
    voided = [(round_, order) for round_, order in zip(batch, orders, strict=True) if round_.state == "voided"]
    withdrawals = [withdrawal_of(apps, round_, order, synthetic) for round_, order in voided]
    Notice.objects.bulk_create(orders, batch_size=200)
    Notice.objects.bulk_create(withdrawals, batch_size=200)


def order_of(Notice, round_, synthetic):
    visit = round_.opened_by_visit
    findings = list(round_.findings.all())
    if not findings and visit is not None and round_.state == "voided":  # ordered again since, in another round
        findings = list(visit.findings.all())
    on_the_spot = visit and (visit.happened_on, visit.recorded_by_id) == (round_.ordered_on, round_.ordered_by_id)
    return notice_of(
        Notice,
        "order",
        round_.number,
        round_,
        synthetic,
        by=round_.ordered_by,
        at=round_.ordered_recorded_at,
        on=round_.ordered_on,
        visit=visit,
        due_on=round_.first_due_on,
        measure=round_.measure,
        findings=findings,
        served_by=sorted(visit.inspectors.all(), key=lambda user: user.pk) if on_the_spot else [round_.ordered_by],
    )


def withdrawal_of(apps, round_, order, synthetic):
    (voided,) = round_.voids
    return notice_of(
        apps.get_model("inspections", "Notice"),
        "withdrawal",
        next_number(apps, round_.institution.scope_code[:6], voided.happened_on.year),
        round_,
        synthetic,
        by=round_.voided_by,
        at=round_.voided_at,
        on=voided.happened_on,
        reason=round_.void_reason,
        replaces=order,
        served_by=[round_.voided_by],
    )


def notice_of(
    Notice, kind, number, round_, synthetic, *, by, at, on, served_by,
    visit=None, due_on=None, measure="", reason="", findings=(), replaces=None,
):  # fmt: skip
    institution = round_.institution
    content = canonical(
        {
            "form": 1,
            "kind": kind,
            "title": TITLES[kind],
            "number": number,
            "order": round_.number,
            "bureau": settings.BUREAU_NAME,
            "addressee": {
                "name": institution.name,
                "signboard_name": institution.signboard_name,
                "credit_code": institution.credit_code,
                "operating_address": institution.operating_address,
            },
            "visited_on": visit.happened_on if visit else None,
            "findings": [
                {
                    "id": finding.pk,
                    "code": finding.type.code,
                    "name": finding.type.name_zh,
                    "severity": finding.type.severity,
                    "legal_basis": finding.type.legal_basis,
                    "note": finding.note,
                    "found_on": finding.visit.happened_on,
                }
                for finding in findings
            ],
            "due_on": due_on,
            "measure": measure,
            "reason": reason,
            "replaces": [{"number": replaces.number, "title": TITLES["order"], "served_on": replaces.served_on}]
            if replaces
            else [],
            "served_on": on,
            "served_by": [user.name or user.username for user in served_by],
            "synthetic": synthetic,
            "reconstructed": True,
        }
    )
    return Notice(
        number=number,
        kind=kind,
        rectification=round_,
        visit=visit,
        replaces=replaces,
        due_on=due_on,
        served_on=on,
        recorded_at=at,
        recorded_by=by,
        content=content,
        digest=digest_of(content),
        reconstructed=True,
    )


def next_number(apps, county, year):
    Counter = apps.get_model("inspections", "NoticeCounter")
    counter, _created = Counter.objects.get_or_create(division_prefix=county, year=year)
    counter.last += 1
    counter.save()
    return f"责改〔{year}〕{county}-{counter.last:04d}号"


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0008_visits_as_sent"),
        ("institutions", "0006_divisions_and_revocations_are_tight"),
    ]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
