"""Names and numbers as they are compared."""

import re
import unicodedata


def normal_name(name: str) -> str:
    """A name for comparing: no spaces, brackets or the words every name has."""
    return re.sub(r"[\s()·.\-]|有限公司|有限责任公司", "", unicodedata.normalize("NFKC", name)).lower()


def bare_permit(number: str) -> str:
    """A permit number for comparing: 教民133038200000077号, 教民 133038200000077 and 133038200000077 are one."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", number))
    return re.sub(r"^教民|号$", "", plain).upper()
