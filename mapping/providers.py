"""Map services that find an address: how each is asked through geopy, how its answer is read, which datum it speaks.

Sources: 天地图 地理编码/逆地理编码 (lbs.tianditu.gov.cn), 高德 Web 服务 v3/geocode (lbs.amap.com), 百度 geocoding/v3,
reverse_geocoding/v3 (lbsyun.baidu.com), Nominatim search (nominatim.org).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from geopy import exc
from geopy.geocoders import BaiduV3, Nominatim
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from institutions.positions import Datum
from mapping.models import Precision

USER_AGENT = "training-institutions-registry"
COARSE_M = 20_000.0  # what an answer is good for that names a county or less
TOWNSHIP_M = 5_000.0


@dataclass(frozen=True)
class Where:
    """The divisions in which a service says that a point lies: their codes, "" where it says none, and their names."""

    county: str = ""
    township: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """Where a service found an address: degrees in its own datum, how close it came, an accuracy in metres."""

    longitude: float
    latitude: float
    precision: str
    accuracy_m: float
    where: Where


def _text(value: Any) -> str:
    """高德 sends [] for an empty text."""
    return str(value) if isinstance(value, str | int) else ""


# --- 高德


class AMap(Geocoder):
    """高德 Web 服务, v3."""

    # By infocode. 3xxxx is what an address gets that its engine makes nothing of.
    KEY = {"10001", "10007", "10008", "10013"}
    PRIVILEGE = {"10002", "10005", "10006", "10009", "10012", "10026"}
    QUOTA = {"10003", "10044", "10045", "40000", "40002", "40003"}
    TOO_FAST = {"10004", "10010", "10014", "10015", "10019", "10020", "10021", "10029"}
    BUSY = {"10016", "10017"}

    def __init__(self, key: str, *, url: str, **kwargs: Any):
        super().__init__(scheme=urlsplit(url).scheme, **kwargs)
        self.key, self.url = key, url

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL) -> Location | None:
        return self._ask("geo", {"address": query}, self._first_of_geocodes, timeout)

    def reverse(self, query: Any, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL) -> Location | None:
        place = self._coerce_point_to_string(query, "%(lon)s,%(lat)s")
        return self._ask("regeo", {"location": place, "extensions": "base"}, self._regeocode, timeout)

    def _ask(self, what: str, asked: Mapping[str, str], callback: Callable[[Any], Any], timeout: Any) -> Any:
        query = urlencode({"key": self.key, **asked, "output": "JSON"})
        return self._call_geocoder(f"{self.url}/v3/geocode/{what}?{query}", callback, timeout=timeout)

    def _first_of_geocodes(self, page: Any) -> Location | None:
        self._check_status(page)
        if not page["geocodes"]:
            return None
        first = page["geocodes"][0]
        longitude, latitude = first["location"].split(",")
        return Location(_text(first["formatted_address"]), (float(latitude), float(longitude)), first)

    def _regeocode(self, page: Any) -> Location:
        self._check_status(page)
        found = page["regeocode"]
        return Location(_text(found["formatted_address"]), (0, 0), found)

    def _check_status(self, page: Any) -> None:
        code, said = str(page.get("infocode")), str(page.get("info"))
        if str(page["status"]) == "1":
            return
        for codes, problem in (
            (self.KEY, exc.GeocoderAuthenticationFailure),
            (self.PRIVILEGE, exc.GeocoderInsufficientPrivileges),
            (self.QUOTA, exc.GeocoderQuotaExceeded),
            (self.TOO_FAST, exc.GeocoderRateLimited),
            (self.BUSY, exc.GeocoderUnavailable),
        ):
            if code in codes:
                raise problem(f"{code} {said}")
        raise exc.GeocoderQueryError(f"{code} {said}")


AMAP_LEVELS: dict[str, tuple[str, float]] = {
    "门牌号": (Precision.DOOR, 50.0),
    "单元号": (Precision.DOOR, 50.0),
    "楼栋号": (Precision.DOOR, 50.0),
    "门址": (Precision.DOOR, 50.0),
    "兴趣点": (Precision.DOOR, 100.0),
    "公交站台、地铁站": (Precision.DOOR, 200.0),
    "公交站": (Precision.DOOR, 200.0),
    "公交地铁站点": (Precision.DOOR, 200.0),
    "住宅区": (Precision.DOOR, 200.0),
    "道路交叉路口": (Precision.ROAD, 200.0),
    "热点商圈": (Precision.ROAD, 1000.0),
    "道路": (Precision.ROAD, 1000.0),
    "村庄": (Precision.VILLAGE, 1000.0),
    "乡镇": (Precision.TOWNSHIP, TOWNSHIP_M),
    "开发区": (Precision.TOWNSHIP, TOWNSHIP_M),
}


def _read_amap(raw: Any) -> Match:
    longitude, latitude = map(float, raw["location"].split(","))
    precision, accuracy_m = AMAP_LEVELS.get(_text(raw["level"]), (Precision.COUNTY, COARSE_M))
    names = (_text(raw.get("district")) or _text(raw.get("city")), _text(raw.get("township")))
    where = Where(_text(raw.get("adcode")), "", tuple(filter(None, names)))
    return Match(longitude, latitude, precision, accuracy_m, where)


def _where_amap(raw: Any) -> Where:
    parts = raw["addressComponent"]
    names = (_text(parts.get("district")) or _text(parts.get("city")), _text(parts.get("township")))
    return Where(_text(parts["adcode"]), _text(parts.get("towncode"))[:9], tuple(filter(None, names)))


# --- 天地图


class Tianditu(Geocoder):
    """天地图 geocoder; its degrees are CGCS2000."""

    def __init__(self, key: str, *, url: str, **kwargs: Any):
        super().__init__(scheme=urlsplit(url).scheme, **kwargs)
        self.key, self.url = key, url

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL) -> Location | None:
        asked = {"ds": json.dumps({"keyWord": query}, ensure_ascii=False), "tk": self.key}
        return self._call_geocoder(f"{self.url}/geocoder?{urlencode(asked)}", self._location, timeout=timeout)

    def reverse(self, query: Any, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL) -> Location | None:
        place = self._coerce_point_to_string(query, '{"lon":%(lon)s,"lat":%(lat)s,"ver":1}')
        asked = {"postStr": place, "type": "geocode", "tk": self.key}
        return self._call_geocoder(f"{self.url}/geocoder?{urlencode(asked)}", self._result, timeout=timeout)

    def _location(self, page: Any) -> Location | None:
        if not self._found(page) or not page.get("location"):
            return None
        place = page["location"]
        return Location(_text(place.get("keyWord")), (float(place["lat"]), float(place["lon"])), page)

    def _result(self, page: Any) -> Location | None:
        if not self._found(page):
            return None
        return Location(_text(page["result"].get("formatted_address")), (0, 0), page["result"])

    def _found(self, page: Any) -> bool:
        """Status "0": found; "404": nothing there. Without a status it is the gate that speaks, with a code."""
        status, said = _text(page.get("status")), f"{page.get('code')} {page.get('msg')}"
        if status in ("0", "404"):
            return status == "0"
        if any(word in said for word in ("超限", "配额", "上限", "次数")):
            raise exc.GeocoderQuotaExceeded(said)
        if "频繁" in said:
            raise exc.GeocoderRateLimited(said)
        if "code" in page:
            privilege = "权限" in said or "白名单" in said
            raise (exc.GeocoderInsufficientPrivileges if privilege else exc.GeocoderAuthenticationFailure)(said)
        raise exc.GeocoderQueryError(said)


TIANDITU_LEVELS: dict[str, tuple[str, float]] = {
    "门址": (Precision.DOOR, 100.0),
    "门牌号": (Precision.DOOR, 100.0),
    "兴趣点": (Precision.DOOR, 200.0),
    "地名地址": (Precision.DOOR, 200.0),
    "道路": (Precision.ROAD, 1000.0),
    "村": (Precision.VILLAGE, 1000.0),
    "行政村": (Precision.VILLAGE, 1000.0),
    "自然村": (Precision.VILLAGE, 1000.0),
    "社区": (Precision.VILLAGE, 1000.0),
    "乡镇": (Precision.TOWNSHIP, TOWNSHIP_M),
    "街道": (Precision.TOWNSHIP, TOWNSHIP_M),
}
TIANDITU_SURE = 60.0  # of 100: below it the service has guessed


def _read_tianditu(raw: Any) -> Match:
    place = raw["location"]
    precision, accuracy_m = TIANDITU_LEVELS.get(_text(place.get("level")), (Precision.TOWNSHIP, TOWNSHIP_M))
    if float(place.get("score", 100)) < TIANDITU_SURE:
        precision, accuracy_m = Precision.COUNTY, COARSE_M
    return Match(float(place["lon"]), float(place["lat"]), precision, accuracy_m, Where())


def _where_tianditu(raw: Any) -> Where:
    """Its codes have 156, China's, before them."""
    parts = raw["addressComponent"]
    names = (_text(parts.get("county")) or _text(parts.get("city")), _text(parts.get("town")))
    county, town = (_text(parts.get(name)).removeprefix("156") for name in ("county_code", "town_code"))
    return Where(county[:6], town[:9], tuple(filter(None, names)))


# --- 百度


class Baidu(BaiduV3):
    """geopy's BaiduV3 at an address of one's own, with townships in what it says of a point, and its codes told apart:
    401 and 402 are "too fast", 302 is the day's quota, 5 is a key that does not exist."""

    def __init__(self, key: str, *, url: str, **kwargs: Any):
        super().__init__(key, scheme=urlsplit(url).scheme, **kwargs)
        self.api, self.reverse_api = f"{url}{self.api_path}", f"{url}{self.reverse_path}"

    def _construct_url(self, url: str, path: str, params: dict[str, str]) -> str:
        more = {"extensions_town": "true"} if path == self.reverse_path else {}
        return str(super()._construct_url(url, path, params | more))

    def _check_status(self, status: int) -> None:
        if status in (5, 101):
            raise exc.GeocoderAuthenticationFailure(str(status))
        if 200 < status < 300 or status == 102:
            raise exc.GeocoderInsufficientPrivileges(str(status))
        if status in (401, 402):
            raise exc.GeocoderRateLimited(str(status))
        super()._check_status(status)


# Documented: at least so much confidence, at most so many metres off.
BAIDU_CONFIDENCE = [
    (100, 20.0), (90, 50.0), (80, 100.0), (75, 200.0), (70, 300.0), (60, 500.0), (50, 1000.0), (40, 2000.0),
    (30, 5000.0), (25, 8000.0), (20, 10_000.0),
]  # fmt: skip
BAIDU_LEVELS = {
    "道路": Precision.ROAD, "交叉路口": Precision.ROAD, "商圈": Precision.ROAD, "桥": Precision.ROAD,
    "村庄": Precision.VILLAGE, "工业园区": Precision.VILLAGE,
    "乡镇": Precision.TOWNSHIP, "区县": Precision.COUNTY, "城市": Precision.COUNTY, "省": Precision.COUNTY,
    "国家": Precision.COUNTY, "UNKNOWN": Precision.COUNTY, "": Precision.COUNTY,
}  # fmt: skip


def _read_baidu(raw: Any) -> Match:
    sure = float(raw["confidence"])
    accuracy_m = next((metres for least, metres in BAIDU_CONFIDENCE if sure >= least), COARSE_M)
    precision = BAIDU_LEVELS.get(_text(raw.get("level")), Precision.DOOR)  # every other level is a kind of building
    if accuracy_m > 2000:
        precision = Precision.COUNTY if accuracy_m > TOWNSHIP_M else Precision.TOWNSHIP
    place = raw["location"]
    return Match(float(place["lng"]), float(place["lat"]), precision, accuracy_m, Where())


def _where_baidu(raw: Any) -> Where:
    parts = raw["addressComponent"]
    names = (_text(parts.get("district")) or _text(parts.get("city")), _text(parts.get("town")))
    return Where(_text(parts["adcode"]), _text(parts.get("town_code"))[:9], tuple(filter(None, names)))


# --- Nominatim


# Least rank of the place: 30 is a house, 26 a street, 19 to 25 are hamlets and villages, 16 is a town.
NOMINATIM_RANKS = [
    (28, Precision.DOOR, 50.0), (26, Precision.ROAD, 500.0), (19, Precision.VILLAGE, 1000.0),
    (16, Precision.TOWNSHIP, TOWNSHIP_M), (0, Precision.COUNTY, COARSE_M),
]  # fmt: skip


def _read_nominatim(raw: Any) -> Match:
    rank = int(raw.get("place_rank", 0))
    precision, accuracy_m = next((word, metres) for least, word, metres in NOMINATIM_RANKS if rank >= least)
    names = tuple(str(value) for value in raw["address"].values())
    return Match(float(raw["lon"]), float(raw["lat"]), precision, accuracy_m, Where(names=names))


def _nominatim(_key: str, *, url: str, **kwargs: Any) -> Geocoder:
    parts = urlsplit(url)
    return Nominatim(domain=f"{parts.netloc}{parts.path}", scheme=parts.scheme, **kwargs)


# --- The table


@dataclass(frozen=True)
class Provider:
    """A map service. `url` is where it is unless set otherwise, "" when a bureau must say; `says_where` reads its
    answer about a point, None when the one about an address says it already; `longest` is of an address, in bytes."""

    name: str
    label: str | Promise
    datum: str
    url: str
    needs_key: bool
    make: Callable[..., Geocoder]
    read: Callable[[Any], Match]
    says_where: Callable[[Any], Where] | None
    options: Mapping[str, Any] | None = None
    longest: int = 300


PROVIDERS = {
    each.name: each
    for each in (
        Provider(
            "tianditu", _("天地图"), Datum.CGCS2000, "https://api.tianditu.gov.cn", True, Tianditu, _read_tianditu,
            _where_tianditu,
        ),
        Provider("amap", _("高德"), Datum.GCJ02, "https://restapi.amap.com", True, AMap, _read_amap, _where_amap),
        Provider(
            "baidu", _("百度"), Datum.BD09, "https://api.map.baidu.com", True, Baidu, _read_baidu, _where_baidu,
            longest=84,
        ),
        Provider(
            "nominatim", "Nominatim", Datum.WGS84, "", False, _nominatim, _read_nominatim, None,
            {"addressdetails": True, "language": "zh", "country_codes": "cn"},
        ),
    )
}  # fmt: skip
OFFLINE = "offline"
