"""Names and numbers as they are compared."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

NEAR = 0.66  # of difflib: one sign in three differs, not one in two

_NOT_COMPARED = re.compile(r"[\s()·.\-]|有限公司|有限责任公司")


@lru_cache(maxsize=2_000)  # of a row it is asked several times
def normal_name(name: str) -> str:
    """A name for comparing: no spaces, brackets or the words every name has."""
    return _NOT_COMPARED.sub("", unicodedata.normalize("NFKC", name)).lower()


def bare_permit(number: str) -> str:
    """A permit number for comparing: 教民133038200000077号, 教民 133038200000077 and 133038200000077 are one."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", number))
    return re.sub(r"^教民|号$", "", plain).upper()


def nearest(core: str, others: Iterable[str]) -> str | None:
    """Of what distinguishes other names (County.core) the one most like it; None when none is nearly the same."""
    return next(iter(get_close_matches(core, others, n=1, cutoff=NEAR)), None)
