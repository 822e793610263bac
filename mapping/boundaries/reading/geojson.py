"""GeoJSON -> a layer. Its text is UTF-8, or GBK as some tools of ours write it."""

import json
from typing import Any

from mapping.boundaries.reading.frames import Layer, Limits, Refused, as_text


def read(data: bytes, limits: Limits) -> Layer:
    try:
        text, encoding = data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        try:
            text, encoding = data.decode("gb18030"), "gbk"
        except UnicodeDecodeError:
            raise Refused("ENCODING") from None
    try:
        content = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise Refused("TOO_DEEP") from None
    except ValueError as problem:
        line = getattr(problem, "lineno", 0)
        raise (Refused("NO_JSON", line=line) if line else Refused("NO_NUMBER")) from None
    kind = content.get("type") if isinstance(content, dict) else None
    if kind == "Feature":
        content = {"features": [content], "crs": content.get("crs")}
    elif kind != "FeatureCollection":
        raise Refused("NO_COLLECTION", kind=str(kind)[:40])
    found = content.get("features")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Refused("NO_COLLECTION", kind="FeatureCollection")
    if len(found) > limits.most_features:
        raise Refused("TOO_MANY_FEATURES", count=len(found), most=limits.most_features)
    features = [(_attributes(each, limits), _geometry(each)) for each in found]
    return Layer("", features, _system(content.get("crs")), encoding)


def _no_number(_name: str) -> float:
    raise ValueError("NaN and Infinity are no JSON")


def _attributes(feature: dict[str, Any], limits: Limits) -> dict[str, str]:
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        return {}
    first = list(properties.items())[: limits.most_attributes]
    return {as_text(name, 60): as_text(value, limits.most_characters) for name, value in first}


def _geometry(feature: dict[str, Any]) -> dict[str, Any] | None:
    geometry = feature.get("geometry")
    return geometry if isinstance(geometry, dict) else None


def _system(crs: Any) -> str:
    """The name in the `crs` that GeoJSON had until 2016 and QGIS still writes; without one it is degrees."""
    if not isinstance(crs, dict):
        return ""
    properties = crs.get("properties")
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if "CRS84" in name.upper():
        return "EPSG:4326"
    code = name.replace("::", ":").rsplit(":", 1)[-1]
    return f"EPSG:{code}" if code.isascii() and code.isdigit() else name[:60]
