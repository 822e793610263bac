"""Telephone numbers as they stand on file, and as a telephone takes them."""

import re


def numbers_of(phone: str) -> list[dict[str, str]]:
    """Each number of a column as it is written (`text`), and to be dialled (`tel`)."""
    return [{"text": number, "tel": dialled(number)} for number in phone.split("、") if number]


def dialled(number: str) -> str:
    """Digits alone, as a telephone takes them: 0577-62550000 -> 057762550000; an extension after a pause."""
    main, *extension = re.split(r"转|ext|#|\*", number, maxsplit=1)
    digits = re.sub(r"[^0-9+]", "", main)
    behind = re.sub(r"[^0-9]", "", extension[0]) if extension else ""
    return f"{digits},{behind}" if behind else digits
