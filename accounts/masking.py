"""What somebody reads who may not see personal data: telephone numbers masked wherever they stand.

A name in running text cannot be told from other words: it stays as it was written, except where it is known to be one
(the principal's column, a word that was searched for).
"""

import re

_MOBILE = r"(?:(?:\+|00)?86[-\s]?)?1[3-9]\d[-\s.]?\d{4}[-\s.]?\d{4}"
_LANDLINE = r"[(（]?0\d{2,3}[)）]?[-‐–—\s]?[2-9]\d{2,3}[-‐–—\s]?\d{4}"
_SERVICE = r"[48]00[-\s]?\d{3}[-\s]?\d{4}"
_PHONE = re.compile(rf"(?<![\d+])(?:{_MOBILE}|{_LANDLINE}|{_SERVICE})(?!\d)")
_PERSON = re.compile(r"(?<![\u4e00-\u9fff·\d])[\u4e00-\u9fff·]{2,5}(?![\u4e00-\u9fff·\d])")
_NARROW = str.maketrans("０１２３４５６７８９（）－＋", "0123456789()-+")
SHOWN_BEFORE, SHOWN_AFTER = 3, 4


def mask_phones(text: str) -> str:
    """A text with every mainland mobile, landline (with its area code) and service number masked: 138****0000."""
    shown, rest = [], 0
    for found in _PHONE.finditer(text.translate(_NARROW)):
        shown += [text[rest : found.start()], _masked(found[0])]
        rest = found.end()
    return "".join([*shown, text[rest:]])


def mask_words(text: str) -> str:
    """What was searched for: numbers masked, and of runs of two to five Chinese characters all but the first.

    Such a word may be somebody's name; whether it is one is not looked up, for the answer would give the name away.
    """
    return _PERSON.sub(lambda found: found[0][0] + "*" * (len(found[0]) - 1), " ".join(mask_phones(text).split()))


def _masked(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    if re.match(r"(?:00)?86\d{11}$", digits):
        digits = digits[-11:]
    return f"{digits[:SHOWN_BEFORE]}****{digits[-SHOWN_AFTER:]}"
