"""Names as they are compared."""

import re
import unicodedata


def normal_name(name: str) -> str:
    """A name for comparing: no spaces, brackets or the words every name has."""
    return re.sub(r"[\s()·.\-]|有限公司|有限责任公司", "", unicodedata.normalize("NFKC", name)).lower()
