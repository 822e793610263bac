#!/usr/bin/env bash
# geopy 2.5 RateLimiter: a key that is refused and a quota that is spent are asked about again like a passing failure.
#
# Guess: RateLimiter repeats what may pass (timeout, unavailable, too many requests) and raises the rest at once.
# Seen: it repeats every GeocoderServiceError. GeocoderAuthenticationFailure, GeocoderInsufficientPrivileges and
# GeocoderQuotaExceeded are such: with max_retries=3 each address of a list is asked four times with a wrong key, after
# the same pause each time (error_wait_seconds does not grow), and by default the error is swallowed and the answer None,
# as for an address that does not exist. GeocoderRateLimited, which does pass, is a GeocoderQuotaExceeded besides.
# What to do: raise what lasts as an error of one's own from the function that is limited, test for GeocoderRateLimited
# before GeocoderQuotaExceeded, set error_wait_seconds anew after each failure, swallow_exceptions=False.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet 'geopy==2.5.0'
venv/bin/python - <<'PY'
import logging

from geopy import exc
from geopy.extra.rate_limiter import RateLimiter

logging.disable(logging.CRITICAL)


def asked(problem, **how):
    """How often the service is asked for one address that ends in `problem`, and the answer."""
    calls, waits = [], []

    def geocode(address):
        calls.append(address)
        raise problem("no")

    limited = RateLimiter(geocode, max_retries=3, error_wait_seconds=0.01, **how)
    limited._sleep = waits.append
    return len(calls), limited("somewhere"), len(calls), waits


for lasting in (exc.GeocoderAuthenticationFailure, exc.GeocoderInsufficientPrivileges, exc.GeocoderQuotaExceeded):
    _none, answer, calls, waits = asked(lasting)
    print(f"{lasting.__name__}: asked {calls} times, waited {waits}, answer {answer}")
    assert (calls, answer, waits) == (4, None, [0.01, 0.01, 0.01])
assert issubclass(exc.GeocoderRateLimited, exc.GeocoderQuotaExceeded)
PY
