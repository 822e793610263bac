"""What a file is by its first bytes, whatever its name and its sender say."""

HEAD = 64 * 1024  # bytes that are looked at

ISO_BRANDS = {  # of a file that begins with an "ftyp" box: the first of these that is among its brands
    b"avif": "AVIF", b"avis": "AVIF", b"heic": "HEIC", b"heix": "HEIC", b"heim": "HEIC", b"heis": "HEIC",
    b"hevc": "HEIC", b"hevx": "HEIC", b"mif1": "HEIC", b"msf1": "HEIC",
}  # fmt: skip
BEGINNINGS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0", "office"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"\x1aE\xdf\xa3", "video"),
)
USABLE = ("JPEG", "PNG", "WEBP", "HEIC", "AVIF")


def kind_of(head: bytes) -> str:
    """One of USABLE, or in lower case what it is else: empty, pdf, zip, office, gif, bmp, tiff, video, svg, html, text
    or unknown."""
    if not head:
        return "empty"
    if head[4:8] == b"ftyp":
        return _iso(head)
    if head[:4] == b"RIFF":
        return {b"WEBP": "WEBP", b"AVI ": "video"}.get(head[8:12], "unknown")
    for beginning, kind in BEGINNINGS:
        if head.startswith(beginning):
            return kind
    return _text(head)


def _iso(head: bytes) -> str:
    """A picture is told from a video by its brands; the box says how many it lists."""
    end = min(int.from_bytes(head[:4], "big"), 256)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end, 4))]
    kinds = {ISO_BRANDS[brand] for brand in brands if brand in ISO_BRANDS}
    if "AVIF" in kinds:
        return "AVIF"
    return "HEIC" if kinds else "video"


def _text(head: bytes) -> str:
    try:
        text = head[:-4].decode() if len(head) >= HEAD else head.decode()
    except UnicodeDecodeError:
        return "unknown"
    if any(sign < " " and sign not in "\t\n\r\f" for sign in text):
        return "unknown"
    begin = text.lstrip("\ufeff \t\r\n")[:1000].lower()
    if "<svg" in begin:
        return "svg"
    return "html" if begin.startswith(("<!doctype html", "<html", "<head", "<script", "<body")) else "text"
