"""A visit that was kept aside is as it came, and `verify_ledger` finds one that is not."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import guards
from accounts.canonical import canonical, digest_of
from inspections.as_sent import check_copies
from inspections.errors import VisitConflict
from inspections.models import QuarantinedVisit


@pytest.fixture
def kept_aside(record) -> QuarantinedVisit:
    """Sent under the id of a visit, with another content."""
    first = record()
    with pytest.raises(VisitConflict):
        record(id=first.id, note="另一次")
    return QuarantinedVisit.objects.get()


def test_copy_agrees_with_its_digest(kept_aside):
    out = StringIO()

    call_command("verify_ledger", stdout=out)

    assert [altered for _copy, altered in check_copies()] == [None]
    assert "1 visits and 1 kept aside compared with what was sent, no difference." in out.getvalue()


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"content": "{}"}, "digest"),
        ({"digest": "b" * 64}, "digest"),
        ({"content": "{}", "digest": digest_of("{}")}, "content"),
        ({"content": "[]", "digest": digest_of("[]")}, "content"),
        ({"content": '{"id": "x"}', "digest": digest_of('{"id": "x"}')}, "id"),
    ],
    ids=["content", "digest", "both", "no visit at all", "of another visit"],
)
def test_copy_that_was_altered_is_found(kept_aside, columns, what):
    guards.drop_all(connection)
    QuarantinedVisit.objects.update(**columns)
    out = StringIO()

    with pytest.raises(CommandError, match="0 of 1 visits and 1 of 1 kept aside from what was sent"):
        call_command("verify_ledger", stdout=out)

    assert f"visit {kept_aside.visit_id} kept aside #{kept_aside.pk} {what}: " in out.getvalue()


def test_copy_that_was_rewritten_with_its_digest_is_found(kept_aside):
    guards.drop_all(connection)
    other = canonical(kept_aside.stated | {"note": "改过"})

    QuarantinedVisit.objects.update(content=other, digest=digest_of(other))

    [(_copy, altered)] = check_copies()
    assert altered is not None
    assert (altered.what, altered.sent) == (f"kept aside #{kept_aside.pk} digest", kept_aside.digest)
