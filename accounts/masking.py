"""What somebody reads who may not see personal data: telephone numbers masked wherever they stand.

A name in running text cannot be told from other words: it stays as it was written, except where it is known to be one
(the principal's column, a word that was searched for).
"""

import re
from datetime import datetime

_APART = r"[-\s.·•・‧‐‑‒–—―−]{0,3}"  # as people divide a number
_MOBILE = rf"(?:(?:\+|00)?86{_APART})?1[3-9]\d{_APART}\d{{4}}{_APART}\d{{4}}"
_LANDLINE = rf"[(（]?0\d{{2,3}}[)）]?{_APART}[2-9]\d{{2,3}}{_APART}\d{{4}}"
_SERVICE = rf"[48]00{_APART}\d{{3}}{_APART}\d{{4}}"
# Without its area code, as in its own county: 7 or 8 digits by themselves, no amount and no part of another number.
_LOCAL = (
    r"(?<![0-9A-Za-z._/+-])[2-9]\d{6,7}(?:-\d{1,4})?"
    r"(?![0-9A-Za-z_/]|[-.][0-9A-Za-z]|\s*(?:元|万|人|米|平方|㎡|%|号(?!码)))"
)
_PHONE = re.compile(rf"(?<![\d+])(?:{_MOBILE}|{_LANDLINE}|{_SERVICE})(?!\d)|(?P<local>{_LOCAL})", re.ASCII)
_NARROW = str.maketrans("０１２３４５６７８９（）－＋　", "0123456789()-+ ")
SHOWN_BEFORE, SHOWN_AFTER = 3, 4

_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇·•・‧]"
# In a long run of characters what an institution is called by, and no person; any of them by itself, too.
_CALLED = (
    "培训|学校|教育|中心|辅导|幼儿园|托管|艺术|舞蹈|美术|书法|音乐|体育|英语|数学|语文|科技|文化|咨询|有限|责任|公司|分公司"
    "|分校|校区|机构|工作室|俱乐部|学院|中学|小学|街道|大厦|广场|小区|教民|责改|通知书|许可证"
)
_PIECE = re.compile(rf"({_CALLED})|(?:(?!{_CALLED}){_HAN})+")
_RUN = re.compile(rf"{_HAN}+|(?<![0-9A-Za-z])[A-Za-z]{{2,}}(?![0-9A-Za-z])")
LONGEST_NAME_OF_FEW = 5  # characters: up to so many are masked whole, whatever they say


def mask_phones(text: str) -> str:
    """A text with every mainland mobile, landline and service number masked: 138****0000; a local one whole."""
    shown, rest = [], 0
    for found in _PHONE.finditer(text.translate(_NARROW)):
        if found["local"] and _is_day(found["local"]):
            continue
        shown += [text[rest : found.start()], "****" if found["local"] else _masked(found[0])]
        rest = found.end()
    return "".join([*shown, text[rest:]])


def mask_words(text: str) -> str:
    """What was searched for: numbers masked, and of every run of Chinese characters, and every word of letters, all but
    the first. Of a long run what an institution is called by stays: 示*培训中心.

    Such a word may be somebody's name; whether it is one is not looked up, for the answer would give the name away.
    """
    return _RUN.sub(lambda found: _but_the_first(found[0]), " ".join(mask_phones(text).split()))


def _but_the_first(run: str) -> str:
    may_be_a_name = len(run) <= LONGEST_NAME_OF_FEW and not re.fullmatch(_CALLED, run)
    if may_be_a_name or run.isascii():
        return _starred(run)
    return _PIECE.sub(lambda found: found[0] if found[1] else _starred(found[0]), run)


def _starred(word: str) -> str:
    return word[0] + "*" * (len(word) - 1)


def _is_day(digits: str) -> bool:
    """20181001"""
    try:
        return len(digits) == 8 and datetime.strptime(digits, "%Y%m%d").year < 2100
    except ValueError:
        return False


def _masked(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    if re.match(r"(?:00)?86\d{11}$", digits):
        digits = digits[-11:]
    return f"{digits[:SHOWN_BEFORE]}****{digits[-SHOWN_AFTER:]}"
