"""Where an address is, asked of the map service that is configured; without one nothing leaves this machine.

An answer is kept as received and not asked for again within GEOCODER_CACHE_DAYS. It is taken as an institution's
position only when it names a place, not merely a township, and lies in the township where the institution is.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.utils import timezone
from geopy import exc
from geopy.adapters import URLLibAdapter
from geopy.extra.rate_limiter import RateLimiter

from institutions.models import Division, Institution
from institutions.places import County
from institutions.positions import Degrees, distance_m, to_wgs84
from mapping import reasons
from mapping.centres import Centre
from mapping.models import GeocodingAnswer, Precision
from mapping.providers import OFFLINE, PROVIDERS, USER_AGENT, Match, Provider, Where

RETRIES = 3
BACKOFF_S, LONGEST_BACKOFF_S = 1.0, 60.0  # before the first repetition; doubled before each further one
TAKEN = (Precision.DOOR, Precision.ROAD, Precision.VILLAGE)  # what is more than a township


class ServiceProblem(Exception):
    """The map service did not do what was asked. `reason` is one of reasons.py; `fatal` when the next address would
    fare the same."""

    def __init__(self, reason: str, said: str, *, fatal: bool = False):
        super().__init__(said)
        self.reason, self.fatal = reason, fatal


def provider_in_use() -> Provider | None:
    """The map service of GEOCODER; None without one."""
    return PROVIDERS.get(settings.GEOCODER)


def provider_name() -> str:
    return provider.name if (provider := provider_in_use()) else OFFLINE


# What geopy raises: worth another try, or why not. Of two that fit the first counts: they are classes of each other.
PASSING: list[tuple[type[exc.GeopyError], str]] = [
    (exc.GeocoderRateLimited, reasons.BUSY),
    (exc.GeocoderTimedOut, reasons.TIMEOUT),
    (exc.GeocoderUnavailable, reasons.UNREACHABLE),
    (exc.GeocoderParseError, reasons.UNREADABLE),
]
LASTING: list[tuple[type[exc.GeopyError], str, bool]] = [
    (exc.GeocoderAuthenticationFailure, reasons.WRONG_KEY, True),
    (exc.GeocoderInsufficientPrivileges, reasons.FORBIDDEN, True),
    (exc.GeocoderQuotaExceeded, reasons.QUOTA, True),
    (exc.GeocoderQueryError, reasons.BAD_QUERY, False),
]
NOT_AS_DOCUMENTED = (KeyError, TypeError, ValueError, AttributeError, IndexError)


class Service:
    """A map service that is asked at most GEOCODER_PER_SECOND times a second, and again when it fails in passing.

    geopy's RateLimiter would repeat a refused key and a spent quota as well: those are raised past it.
    """

    def __init__(self, provider: Provider):
        self.provider = provider
        self.geocoder = provider.make(
            settings.GEOCODER_KEY,
            url=(settings.GEOCODER_URL or provider.url).rstrip("/"),
            timeout=settings.GEOCODER_TIMEOUT_S,
            user_agent=USER_AGENT,
            adapter_factory=URLLibAdapter,
        )
        delay = 1 / settings.GEOCODER_PER_SECOND
        self.first_wait, self._failures = max(BACKOFF_S, delay), 0
        self._limited = RateLimiter(
            self._try,
            min_delay_seconds=delay,
            max_retries=RETRIES,
            error_wait_seconds=self.first_wait,
            swallow_exceptions=False,
        )

    def geocode(self, asked: str) -> Any:
        """The answer about an address as received, None when it finds nothing. Raises ServiceProblem."""
        return self._ask(self.geocoder.geocode, asked, **(self.provider.options or {}))

    def reverse(self, match: Match) -> Any:
        """The answer about a point, which the provider gave, as received; None for nothing. Raises ServiceProblem."""
        return self._ask(self.geocoder.reverse, (match.latitude, match.longitude))

    def _ask(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._failures = 0
        try:
            found = self._limited(method, *args, **kwargs)
        except exc.GeopyError as problem:
            reason = next((reason for kind, reason in PASSING if isinstance(problem, kind)), reasons.UNREACHABLE)
            raise ServiceProblem(reason, str(problem)) from problem
        return found.raw if found is not None else None

    def _try(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except tuple(kind for kind, _reason in PASSING):
            self._wait_longer_next_time()
            raise
        except tuple(kind for kind, _reason, _fatal in LASTING) as problem:
            reason, fatal = next((said, fatal) for kind, said, fatal in LASTING if isinstance(problem, kind))
            raise ServiceProblem(reason, str(problem), fatal=fatal) from problem
        except NOT_AS_DOCUMENTED as problem:
            self._wait_longer_next_time()
            raise exc.GeocoderParseError(repr(problem)) from problem
        except exc.GeopyError:
            self._wait_longer_next_time()
            raise

    def _wait_longer_next_time(self) -> None:
        self._limited.error_wait_seconds = min(LONGEST_BACKOFF_S, self.first_wait * 2**self._failures)
        self._failures += 1


def address_of(institution: Institution, longest: int = 300) -> str:
    """What is asked of a map service: province, city, county, township and address, each once. Nothing else of the
    institution is sent. At most `longest` bytes; what is cut off is the end: floor and room."""
    above: list[str] = []
    each: Division | None = institution.division
    while each is not None:
        above.insert(0, each.name)
        each = each.parent
    address = institution.operating_address.strip()
    asked = "".join(name for name in above if name not in address) + address
    return asked.encode()[:longest].decode(errors="ignore")


def answer_about(asked: str, provider: Provider, service: Service | None) -> GeocodingAnswer | None:
    """The answer that is kept, else that of the service, which is then kept; None when it must not be asked.

    Raises ServiceProblem, after which nothing is kept.
    """
    since = timezone.now() - timedelta(days=settings.GEOCODER_CACHE_DAYS)
    kept = GeocodingAnswer.objects.filter(provider=provider.name, asked=asked, answered_at__gte=since).first()
    if kept is not None or service is None:
        return kept
    raw = service.geocode(asked)
    match = _read(provider, raw)
    received = {"address": raw}
    if match is not None and match.precision in TAKEN and provider.says_where and not match.where.township:
        received["point"] = service.reverse(match)
        _where(provider, match, received["point"])
    return _keep(provider, asked, received, match, timezone.now())


def _keep(
    provider: Provider, asked: str, received: dict[str, Any], match: Match | None, at: datetime
) -> GeocodingAnswer:
    if not _can_be_kept(received):
        raise ServiceProblem(reasons.UNREADABLE, "an answer that no database keeps")
    precision, accuracy_m = (match.precision, match.accuracy_m) if match else ("", None)
    return GeocodingAnswer.objects.create(
        provider=provider.name, asked=asked, received=received, precision=precision, accuracy_m=accuracy_m,
        answered_at=at,
    )  # fmt: skip


def _can_be_kept(received: dict[str, Any]) -> bool:
    """PostgreSQL keeps no NUL, no half of a surrogate pair and no number that is none."""
    try:
        text = json.dumps(received, allow_nan=False, ensure_ascii=False)
        return "\\u0000" not in text.encode().decode()
    except ValueError:
        return False


def _read(provider: Provider, raw: Any) -> Match | None:
    if raw is None:
        return None
    try:
        return provider.read(raw)
    except NOT_AS_DOCUMENTED as problem:
        raise ServiceProblem(reasons.UNREADABLE, repr(problem)) from problem


def _where(provider: Provider, match: Match, point: Any) -> Where:
    """Where a match lies, by what the provider says of the point if it was asked about it."""
    if not provider.says_where or not point:
        return match.where
    try:
        return provider.says_where(point)
    except NOT_AS_DOCUMENTED as problem:
        raise ServiceProblem(reasons.UNREADABLE, repr(problem)) from problem


def judge(
    answer: GeocodingAnswer, institution: Institution, county: County, centre: Centre | None, provider: Provider
) -> tuple[Match | None, str, dict[str, Any]]:
    """What of an answer is taken as the institution's position, in the provider's datum; else why not."""
    match = _read(provider, answer.received["address"])
    if match is None:
        return None, reasons.NO_MATCH, {}
    if match.precision not in TAKEN:
        return None, reasons.TOO_COARSE, {"precision": match.precision}
    where = _where(provider, match, answer.received.get("point"))
    township = _township(institution)
    if _outside(where, county.division):
        return None, reasons.OUTSIDE_COUNTY, {"where": _county_said(where), "county": county.division.name}
    elsewhere = _other_township(where, township, county)
    if elsewhere:
        return None, reasons.OTHER_TOWNSHIP, {"where": elsewhere, "township": township.name}
    if elsewhere is None and (away := _away_m(match, provider, centre)) is not None:
        return None, reasons.FAR_AWAY, {"township": township.name, "km": ceil(away / 1000)}
    return match, "", {}


def _township(institution: Institution) -> Division:
    division = institution.division
    if division.level == "village" and division.parent is not None:
        return division.parent
    return division


def _outside(where: Where, county: Division) -> bool:
    """By its code or its name; a place of which neither is said lies outside: nobody knows."""
    return where.county != county.code and county.name not in where.names


def _county_said(where: Where) -> str:
    return next((name for name in where.names if name[-1:] in "市县区"), where.county or "?")


def _other_township(where: Where, township: Division, county: County) -> str | None:
    """The name of another township in which the point lies; "" when it is said to be in this one, None when no township
    is said."""
    named = [found for name in where.names if (found := county.named(name)) is not None]
    if township in named or where.township == township.code:
        return ""
    if named:
        return named[0].name
    return (where.names[-1] if len(where.names) > 1 else where.township) if where.township else None


def _away_m(match: Match, provider: Provider, centre: Centre | None) -> float | None:
    """Metres from the township's centre where they are more than twice as many as it is wide; None otherwise."""
    if centre is None:
        return None
    away = distance_m(wgs84(match, provider), (centre.longitude, centre.latitude))
    return away if away > 2 * centre.accuracy_m else None


def wgs84(match: Match, provider: Provider) -> Degrees:
    return to_wgs84(match.longitude, match.latitude, provider.datum)
