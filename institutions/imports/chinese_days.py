"""Days in Chinese numerals."""

import re

_IN_CHINESE = re.compile(
    r"([〇零○一二三四五六七八九]{4}|\d{4})年(\d{1,2}|[一二三四五六七八九]|十[一二]?)月"
    r"(\d{1,2}|[一二]?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九])[日号]",
    re.ASCII,
)


def with_digits(written: str) -> str:
    """二〇一八年九月三日 -> 2018年9月3日; anything else as it is."""
    found = _IN_CHINESE.fullmatch(written)
    if found is None:
        return written
    year = "".join(
        str("〇一二三四五六七八九".find(sign)) if sign in "一二三四五六七八九" else sign for sign in found[1]
    )
    year = re.sub("[〇零○]", "0", year)
    month, day_of_month = (_number_of(each) for each in (found[2], found[3]))
    return f"{year}年{month}月{day_of_month}日"


def _number_of(written: str) -> int:
    """十二 -> 12, 三十一 -> 31, 12 -> 12."""
    if written.isdigit():
        return int(written)
    tens, ten, ones = written.rpartition("十")
    digits = "一二三四五六七八九"
    return (digits.find(tens) + 1 if tens else 1) * 10 * bool(ten) + (digits.find(ones) + 1 if ones else 0)
