"""A run of 自动定位 asked for and carried out, as a worker does it."""

from accounts.models import User
from institutions.models import Division
from mapping.actions import start_run
from mapping.models import GeocodingRun
from mapping.placing import carry_out


def carried_out(
    division: str = "330382", *, provider: str = "offline", by: User | None = None, limit: int | None = None, **how
) -> GeocodingRun:
    run = start_run(Division.objects.get(pk=division), by=by, provider=provider, limit=limit)
    return carry_out(run, **how)
