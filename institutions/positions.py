"""Positions: WGS-84 degrees in the database, whatever datum they came in; a Morton key that groups on any engine."""

from collections.abc import Callable
from math import atan2, cos, log, pi, radians, sin, sqrt, tan

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Degrees = tuple[float, float]  # longitude, latitude
MOST_ACCURACY_M = 40_000_000  # metres, once round the earth: what is less accurate is no position

DOUBTFUL_FROM_M = 200  # an accuracy of so many metres is said beside a position


class Datum(models.TextChoices):
    WGS84 = "wgs84", "WGS-84"
    GCJ02 = "gcj02", _("GCJ-02（高德、腾讯）")
    BD09 = "bd09", _("BD-09（百度）")
    CGCS2000 = "cgcs2000", "CGCS2000"
    UNKNOWN = "unknown", _("不明")


class LocationSource(models.TextChoices):
    PHONE = "phone", _("手机定位")
    GEOCODER = "geocoder", _("地址解析")
    IMPORT = "import", _("导入")
    MAP_PIN = "map_pin", _("地图标注")
    TOWNSHIP_CENTRE = "township_centre", _("乡镇中心")


def doubt_of(datum: str, source: str, accuracy_m: float | None) -> str:
    """Why a position may be off by hundreds of metres, in a sentence without its full stop; "" when nothing says so."""
    metres = {"m": round(accuracy_m or 0)}
    if source == LocationSource.TOWNSHIP_CENTRE:
        return gettext("乡镇（街道）中心，误差约 %(m)s 米") % metres
    if datum == Datum.UNKNOWN:
        return gettext("坐标系不明，可能偏差数百米")
    if accuracy_m is not None and accuracy_m >= DOUBTFUL_FROM_M:
        return gettext("误差约 %(m)s 米") % metres
    return ""


def is_nowhere(longitude: float | None, latitude: float | None) -> bool:
    """0°, 0° in the Gulf of Guinea is what a phone says that knows no position."""
    return longitude == 0 and latitude == 0


def to_wgs84(longitude: float, latitude: float, datum: str) -> Degrees:
    """Degrees in `datum` -> degrees in WGS-84, to within 1 mm of what `from_wgs84` takes back.

    cgcs2000 is WGS-84 to within centimetres; unknown is taken as WGS-84 and may be some 500 m off: whoever shows such a
    position says so (`Institution.position_doubts`). Outside of the rectangle of `in_china` the Chinese datums are
    WGS-84: there is no offset to take away.
    """
    if not in_china(longitude, latitude):
        return longitude, latitude
    if datum == Datum.BD09:
        return _backwards(_wgs84_to_bd09, longitude, latitude)
    if datum == Datum.GCJ02:
        return _backwards(_wgs84_to_gcj02, longitude, latitude)
    return longitude, latitude


def from_wgs84(longitude: float, latitude: float, datum: str = Datum.GCJ02) -> Degrees:
    """Degrees in WGS-84 -> degrees in `datum`, as a Chinese map provider wants them."""
    if datum not in (Datum.GCJ02, Datum.BD09) or not in_china(longitude, latitude):
        return longitude, latitude
    return (_wgs84_to_bd09 if datum == Datum.BD09 else _wgs84_to_gcj02)(longitude, latitude)


def in_china(longitude: float, latitude: float) -> bool:
    """Within the rectangle in which GCJ-02 is defined, edges included: the one every published implementation since
    eviltransform has. Hong Kong, Macau, Taiwan and parts of the neighbours lie in it too."""
    return 72.004 <= longitude <= 137.8347 and 0.8293 <= latitude <= 55.8271


def _wgs84_to_gcj02(longitude: float, latitude: float) -> Degrees:
    east, north = _offset(longitude - 105.0, latitude - 35.0)
    a, eccentricity = 6378245.0, 0.00669342162296594323
    magic = 1 - eccentricity * sin(radians(latitude)) ** 2
    north = north * 180.0 / (a * (1 - eccentricity) / (magic * sqrt(magic)) * pi)
    east = east * 180.0 / (a / sqrt(magic) * cos(radians(latitude)) * pi)
    return longitude + east, latitude + north


def _wgs84_to_bd09(longitude: float, latitude: float) -> Degrees:
    x, y = _wgs84_to_gcj02(longitude, latitude)
    turn = pi * 3000.0 / 180.0
    z = sqrt(x * x + y * y) + 0.00002 * sin(y * turn)
    theta = atan2(y, x) + 0.000003 * cos(x * turn)
    return z * cos(theta) + 0.0065, z * sin(theta) + 0.006


def _backwards(forwards: Callable[[float, float], Degrees], longitude: float, latitude: float) -> Degrees:
    """What `forwards` makes these degrees of, found by going back by the error until it is gone."""
    lon, lat = longitude, latitude
    for _step in range(30):
        there = forwards(lon, lat)
        lon, lat = lon + longitude - there[0], lat + latitude - there[1]
    return lon, lat


def _offset(x: float, y: float) -> Degrees:
    """Metres east and north of the GCJ-02 offset at (x, y) degrees from 105°E 35°N."""
    wave = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + wave
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + wave
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    return east, north


def cell_of(longitude: float, latitude: float) -> int:
    """62-bit Morton key: web-mercator x and y at zoom 31, interleaved; `cell >> n` is the square that holds it."""
    size = 1 << 31
    phi = radians(max(-85.05112878, min(85.05112878, latitude)))
    x = int((longitude + 180.0) / 360.0 * size)
    y = int((1.0 - log(tan(phi) + 1.0 / cos(phi)) / pi) / 2.0 * size)
    return _spread(min(max(x, 0), size - 1)) | _spread(min(max(y, 0), size - 1)) << 1


def _spread(value: int) -> int:
    """The bits of a 31-bit number moved to the even places."""
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        value = (value | value << shift) & mask
    return value


def distance_m(here: Degrees, there: Degrees) -> float:
    """Geodesic metres on WGS-84 between two (longitude, latitude) in degrees."""
    from geopy.distance import geodesic

    return geodesic(here[::-1], there[::-1]).meters
