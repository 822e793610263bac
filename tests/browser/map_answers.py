"""Answers of the map's doors as a test needs them, in place of the server's: `answering(page, features, …)`."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

Feature = dict[str, Any]


def square(number: int, longitude: float, latitude: float, **counts: int) -> Feature:
    """Institutions counted together."""
    count = sum(counts.values())
    box = [longitude - 0.01, latitude - 0.01, longitude + 0.01, latitude + 0.01]
    return _feature(f"square-{number}", longitude, latitude, {"count": count, "bbox": box, **counts})


def point(number: int, longitude: float, latitude: float, name: str, standing: str = "clear") -> Feature:
    about = {"licence_status": "none", "township": "乐成街道", "due_on": None, "doubt": ""}
    key = f"00000000-0000-4000-8000-{number:012d}"
    return _feature(key, longitude, latitude, {"id": key, "name": name, "standing": standing, **about})


def _feature(key: str, longitude: float, latitude: float, properties: dict[str, Any]) -> Feature:
    place = {"type": "Point", "coordinates": [longitude, latitude]}
    return {"type": "Feature", "id": key, "geometry": place, "properties": properties}


def township(code: str, name: str, longitude: float, latitude: float, rate: float, overdue: int = 0) -> Feature:
    figures = {"surveyed": 100, "with_problems": 100, "rectified": round(rate * 100), "outstanding": 0}
    figures |= {"completion_rate": f"{rate:.6f}", "completion_percent": f"{rate:.2%}", "overdue": overdue}
    return _feature(code, longitude, latitude, {"code": code, "name": name, "rank": 1, "below": True, **figures})


def rows_of(features: list[Feature]) -> list[dict[str, Any]]:
    """As the list beside the map has them."""
    return [
        each["properties"]
        | dict(zip(("longitude", "latitude"), each["geometry"]["coordinates"], strict=True))
        | {"township_code": "330382001", "days_left": None}
        for each in features
        if "id" in each["properties"]
    ]


def answering(
    page: Any,
    features_of: Callable[[dict[str, str]], list[Feature]],
    townships: list[Feature] | None = None,
    headers: dict[str, str] | None = None,
) -> list[str]:
    """The doors of the map answer these features, whatever is asked; the URLs that were asked are in the list."""
    asked: list[str] = []
    total = {"surveyed": 1495, "with_problems": 1270, "rectified": 1198, "overdue": 23}
    total |= {"completion_rate": "0.943307", "completion_percent": "94.33%"}

    def answer(route: Any) -> None:
        url = urlsplit(route.request.url)
        asked.append(route.request.url)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        features = features_of(query)
        count = sum(each["properties"].get("count", 1) for each in features)
        if url.path.endswith("/list/"):
            said: dict[str, Any] = {"count": count, "next": None, "results": rows_of(features)}
        elif url.path.endswith("/townships/"):
            said = {"features": townships or [], "total": total, "name": "乐清市", "as_of": "2018-12-31"}
        elif url.path.endswith("/boundaries/"):
            said = {"type": "FeatureCollection", "features": []}
        else:
            said = {"features": features, "total": count, "located": count, "unlocated": 0, "approximate": 0}
        route.fulfill(body=json.dumps(said), content_type="application/json", headers=headers)

    page.route("**/api/v1/map/**", answer)
    return asked
