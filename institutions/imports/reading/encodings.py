"""In what encoding a text is, of those that Excel, WPS and the web pages of bureaus write."""

import codecs

BLOCK = 1 << 20


def encoding_of(data: bytes) -> str | None:
    """None where it is none of those that Excel and WPS write."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig" if _decodes(data, "utf-8-sig") else None
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16" if _decodes(data, "utf-16") else None
    is_utf8 = _decodes(data, "utf-8")
    if is_utf8 and not data.isascii():
        return "utf-8"
    if wide := _wide(data):
        return wide if _decodes(data, wide) else None
    if is_utf8:
        return "utf-8"
    return "gb18030" if not _is_damaged_utf8(data) and _decodes(data, "gb18030") else None


def damaged_row(data: bytes) -> int:
    """The row, from 1, of the first sign that is none in a text that is UTF-8 otherwise; 0 where it is no such text."""
    if not data.startswith(codecs.BOM_UTF8) and not _is_damaged_utf8(data):
        return 0
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as problem:
        return data.count(b"\n", 0, problem.start) + 1
    return 0


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark at its beginning shows in the noughts beside digits, separators and line ends."""
    head = data[: 1 << 16]
    odd, even = head[1::2].count(0), head[::2].count(0)
    if 20 * max(odd, even) < len(head) or len(data) % 2:
        return None
    return "utf-16-le" if odd > 9 * even else "utf-16-be" if even > 9 * odd else None


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), BLOCK):
            decoder.decode(data[start : start + BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_damaged_utf8(data: bytes) -> bool:
    """What is UTF-8 but for a few bytes is not tried as anything else: the row of the first can be named."""
    text = data[:BLOCK].decode("utf-8", "replace")
    return 5 * text.count("\ufffd") < sum("\u4e00" <= sign <= "\u9fff" for sign in text)
