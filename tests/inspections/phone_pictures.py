"""Pictures as phones make them, of one scene with a colour in each corner, made with public libraries."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy
import pillow_heif
from PIL import Image, ImageCms
from PIL.Image import Transpose

SIZE = (640, 480)
CORNERS = {"red": (200, 40, 40), "green": (40, 160, 60), "blue": (40, 60, 200), "yellow": (220, 200, 40)}
GREYS = {"red": 40, "green": 100, "blue": 160, "yellow": 220}
# How it lies in the file so that the tag sets it upright.
LAID = {
    1: None, 2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE, 6: Transpose.ROTATE_90, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_270,
}  # fmt: skip
VIDEO = (
    struct.pack(">I4s4sI4s", 20, b"ftyp", b"mp42", 0, b"isom") + struct.pack(">I4s", 4008, b"mdat") + b"\0\xff" * 2000
)
GOOGLE = "http://ns.google.com/photos/1.0"

pillow_heif.register_heif_opener()


def scene(size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    """Red, green / blue, yellow; in grey dark to light in the same order."""
    colours = GREYS if mode == "L" else CORNERS
    drawn = Image.new(mode, size)
    half = (size[0] // 2, size[1] // 2)
    for number, colour in enumerate(colours.values()):
        left, top = half[0] * (number % 2), half[1] * (number // 2)
        drawn.paste(colour, (left, top, left + half[0], top + half[1]))
    return drawn


def saved(picture: Image.Image, kind: str, **given) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **given)
    return written.getvalue()


def exif(orientation: int = 1, place: bool = False) -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "绘声相机"
    if place:
        tags.get_ifd(0x8825).update({1: "N", 2: (28.0, 1.0, 48.0), 3: "E", 4: (120.0, 54.0, 0.0)})
    return tags


def laid(orientation: int) -> Image.Image:
    turn = LAID[orientation]
    return scene() if turn is None else scene().transpose(turn)


def turned(orientation: int, kind: str = "JPEG", **given) -> bytes:
    return saved(laid(orientation), kind, exif=exif(orientation).tobytes(), **given)


def several(**given) -> bytes:
    """MPO: a second, other picture behind the first."""
    return saved(scene(), "MPO", save_all=True, append_images=[Image.new("RGB", SIZE, "white")], **given)


def ultra_hdr() -> bytes:
    """The gain map behind the picture, and the sentence of XMP that says so."""
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"/></rdf:RDF></x:xmpmeta>'
    )
    map_ = Image.new("L", (SIZE[0] // 4, SIZE[1] // 4), 128)
    return saved(scene(), "MPO", save_all=True, append_images=[map_], xmp=xmp.encode(), exif=exif())


def broken_index() -> bytes:
    """Several pictures whose index points nowhere."""
    data = several()
    at = data.index(b"MPF\0")
    return data[: at + 8] + b"\xff" * 40 + data[at + 48 :]


def motion_photo() -> bytes:
    xmp = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><m xmlns:GCamera="{GOOGLE}camera/" GCamera:MotionPhoto="1"/></x:xmpmeta>'
    )
    return saved(scene(), "JPEG", quality=90, xmp=xmp.encode(), exif=exif()) + VIDEO


def with_exif(block: bytes) -> bytes:
    """A JPEG with this instead of sound metadata."""
    return saved(scene(), "JPEG", quality=90, exif=b"Exif\0\0" + block)


def png(rows: numpy.ndarray, colour: int) -> bytes:
    """A PNG of 16 bits a channel, which Pillow reads and does not write in colour; 0 is grey, 2 RGB."""
    height, width = rows.shape[:2]

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    lines = b"".join(b"\0" + row.astype(">u2").tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def large(width: int = 16_320, height: int = 12_240) -> bytes:
    """A JPEG of so many pixels in one colour, made of one strip: its rows begin anew each (restart markers), so the
    strip's are said again and again."""
    strip = saved(Image.new("RGB", (width, 16), CORNERS["green"]), "JPEG", subsampling="4:2:0", restart_marker_rows=1)
    frame = strip.index(b"\xff\xc0") + 5
    begin = strip.index(b"\xff\xda")
    begin += 2 + int.from_bytes(strip[begin + 2 : begin + 4], "big")
    row = strip[begin:-2]
    rows = b"".join(row + bytes((0xFF, 0xD0 + number % 8)) for number in range(height // 16 - 1)) + row
    return strip[:frame] + struct.pack(">H", height) + strip[frame + 2 : begin] + rows + b"\xff\xd9"


def display_p3() -> bytes:
    """The profile of a phone's screen (ICC v2, matrix): primaries of Display P3 adapted to D50, gamma 2.2."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + fixed(*values)

    tags = {
        b"wtpt": xyz(0.9642, 1, 0.8249),
        b"rXYZ": xyz(0.5151, 0.2412, -0.0011),
        b"gXYZ": xyz(0.2919, 0.6922, 0.0419),
        b"bXYZ": xyz(0.1571, 0.0666, 0.7841),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), b"curv" + struct.pack(">IIHH", 0, 1, round(2.2 * 256), 0)),
    }
    tags |= {b"desc": b"desc" + struct.pack(">II", 0, 3) + b"P3\0" + bytes(79), b"cprt": b"text\0\0\0\0-\0\0\0"}
    table, body, at = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += struct.pack(">4sII", name, at + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s", at + len(body), b"lcms", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1, 0.8249) + bytes(48)
    return head + table + body


def transparent() -> bytes:
    """The scene on nothing: around it everything is seen through."""
    sheet = Image.new("RGBA", SIZE, (255, 0, 255, 0))
    sheet.paste(scene((320, 240)), (160, 120))
    return saved(sheet, "PNG")


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

# Each shows the scene when it is upright.
IN_COLOUR: dict[str, Callable[[], bytes]] = {
    **{f"jpeg that lies as {number}": lambda number=number: turned(number, quality=90) for number in LAID},
    "jpeg with several pictures": several,
    "jpeg with a gain map": ultra_hdr,
    "jpeg whose index of pictures is broken": broken_index,
    "motion photo": motion_photo,
    "progressive jpeg": lambda: saved(scene(), "JPEG", quality=90, progressive=True),
    "jpeg with its place": lambda: saved(scene(), "JPEG", quality=90, exif=exif(place=True)),
    "jpeg with garbage for metadata": lambda: with_exif(b"\xff" * 60),
    "jpeg with metadata cut off": lambda: with_exif(exif().tobytes()[6:30]),
    "jpeg with a metadata loop": lambda: with_exif(b"II*\0\x08\0\0\0\xff\xff" + b"\x12\x01" * 40),
    "jpeg with a false profile": lambda: saved(scene(), "JPEG", quality=90, icc_profile=b"no profile"),
    "cmyk jpeg": lambda: saved(scene().convert("CMYK"), "JPEG", quality=95),
    **{f"heic that lies as {number}": lambda number=number: turned(number, "HEIF") for number in LAID},
    "heic in tiles": lambda: saved(scene(), "HEIF", tile_size=256),
    "heic with several pictures": lambda: saved(
        scene(), "HEIF", save_all=True, append_images=[Image.new("RGB", SIZE, "white")]
    ),
    **{f"avif that lies as {number}": lambda number=number: turned(number, "AVIF", speed=10) for number in LAID},
    "webp": lambda: saved(scene(), "WEBP"),
    "webp that lies as 6": lambda: turned(6, "WEBP"),
    "png": lambda: saved(scene(), "PNG"),
    "png that lies as 6": lambda: turned(6, "PNG"),
    "png of few colours": lambda: saved(scene().quantize(8), "PNG"),
    "png of 16 bits": lambda: png(numpy.asarray(scene()).astype("u2") * 257, 2),
}  # fmt: skip
IN_GREY: dict[str, Callable[[], bytes]] = {
    "grey jpeg": lambda: saved(scene(mode="L"), "JPEG", quality=90),
    "grey png of 16 bits": lambda: png(numpy.asarray(scene(mode="L")).astype("u2") * 257, 0),
}
LARGE: dict[str, tuple[int, int]] = {
    "50 megapixels": (8_192, 6_144), "108 megapixels": (12_000, 9_008), "200 megapixels": (16_320, 12_240),
}  # fmt: skip
