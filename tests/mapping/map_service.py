"""Map services on this machine: a small HTTP server that speaks the JSON their manuals document, and keeps what it was
asked. What each says of one place in 柳市镇 is here, in its own datum and words."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from institutions.positions import from_wgs84

HERE = (120.9012, 28.0345)  # WGS-84, some 1.5 km from the centre of 柳市镇
ADDRESS = "井大路8号"
ASKED = "浙江省温州市乐清市柳市镇井大路8号"


class MapService:
    """`says` gives the answers to a path, one after another, the last for ever: JSON, or (status, text)."""

    def __init__(self, url: str):
        self.url, self.asked, self.answers = url, [], {}

    def says(self, path: str, *answers) -> None:
        self.answers[path] = list(answers)

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, str]:
        self.asked.append((path, query))
        answers = self.answers.get(path)
        if not answers:
            return 404, "no such path"
        said = answers.pop(0) if len(answers) > 1 else answers[0]
        return said if isinstance(said, tuple) else (200, json.dumps(said, ensure_ascii=False))


@contextmanager
def listening():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            status, text = service.answer(parts.path, dict(parse_qsl(parts.query)))
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = MapService(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# --- What they say


def amap_geo(place=HERE, *, level="门牌号", adcode="330382", district="乐清市", township=()):
    longitude, latitude = from_wgs84(*place, "gcj02")
    found = {
        "formatted_address": f"浙江省温州市{district}{ADDRESS}", "country": "中国", "province": "浙江省",
        "citycode": "0577", "city": "温州市", "district": district, "township": list(township) or [],
        "neighborhood": {"name": [], "type": []}, "building": {"name": [], "type": []}, "adcode": adcode,
        "street": "井大路", "number": "8号", "location": f"{longitude:.6f},{latitude:.6f}", "level": level,
    }  # fmt: skip
    return {"status": "1", "info": "OK", "infocode": "10000", "count": "1", "geocodes": [found]}


def amap_regeo(*, adcode="330382", district="乐清市", township="柳市镇", towncode="330382114000"):
    parts = {
        "country": "中国", "province": "浙江省", "city": "温州市", "citycode": "0577", "district": district,
        "adcode": adcode, "township": township, "towncode": towncode, "neighborhood": {"name": [], "type": []},
    }  # fmt: skip
    found = {"formatted_address": f"浙江省温州市{district}{township}", "addressComponent": parts}
    return {"status": "1", "info": "OK", "infocode": "10000", "regeocode": found}


def amap_nothing():
    return {"status": "1", "info": "OK", "infocode": "10000", "count": "0", "geocodes": []}


def amap_refuses(infocode: str, info: str):
    return {"status": "0", "info": info, "infocode": infocode}


def tianditu_geo(place=HERE, *, level="门址", score=100):
    found = {"score": score, "level": level, "lon": f"{place[0]:.6f}", "lat": f"{place[1]:.6f}", "keyWord": ASKED}
    return {"msg": "ok", "location": found, "searchVersion": "6.4.9V", "status": "0"}


def tianditu_regeo(*, county_code="156330382", county="乐清市", town_code="156330382114", town="柳市镇"):
    parts = {
        "nation": "中国", "province": "浙江省", "province_code": "156330000", "city": "温州市",
        "city_code": "156330300", "county": county, "county_code": county_code, "town": town, "town_code": town_code,
        "road": "井大路", "road_distance": 12, "address": "井大路8号", "address_distance": 8, "poi": "柳市小学",
    }  # fmt: skip
    result = {"formatted_address": f"浙江省温州市{county}{town}", "addressComponent": parts}
    return {"result": result, "msg": "ok", "status": "0"}


def baidu_geo(place=HERE, *, level="门址", confidence=90):
    longitude, latitude = from_wgs84(*place, "bd09")
    found = {"location": {"lng": longitude, "lat": latitude}, "precise": 1, "confidence": confidence}
    return {"status": 0, "result": found | {"comprehension": 100, "level": level}}


def baidu_regeo(*, adcode=330382, district="乐清市", town="柳市镇", town_code="330382114"):
    parts = {
        "country": "中国", "province": "浙江省", "city": "温州市", "district": district, "town": town,
        "town_code": town_code, "adcode": adcode, "street": "井大路", "street_number": "8号",
    }  # fmt: skip
    found = {"location": {"lng": 120.9, "lat": 28.0}, "formatted_address": f"浙江省温州市{district}{town}"}
    return {"status": 0, "result": found | {"addressComponent": parts}}


def nominatim_search(place=HERE, *, rank=30, county="乐清市", town="柳市镇"):
    address = {"house_number": "8", "road": "井大路", "town": town, "county": county, "state": "浙江省"}
    found = {
        "place_id": 1, "lat": f"{place[1]:.7f}", "lon": f"{place[0]:.7f}", "class": "building", "type": "yes",
        "place_rank": rank, "addresstype": "building", "display_name": ASKED, "address": address,
    }  # fmt: skip
    return [found]


PATHS = {
    "amap": {"/v3/geocode/geo": amap_geo(), "/v3/geocode/regeo": amap_regeo()},
    "baidu": {"/geocoding/v3/": baidu_geo(), "/reverse_geocoding/v3/": baidu_regeo()},
    "nominatim": {"/search": nominatim_search()},
}
