"""Boundary files made for tests with pyshp, pyproj and the project's datums: three townships in a row, of Yueqing."""

import io
import json
import zipfile

import pyproj
import shapefile

from institutions.positions import from_wgs84

WEST, SOUTH, WIDE = 120.88, 28.00, 0.06
NAMES = {"330382114": "柳市镇", "330382115": "北白象镇", "330382125": "磐石镇"}
CODES = list(NAMES)
DEGREES = {
    "esri": 'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]',
    "short": 'GEOGCS["CGCS2000",DATUM["CGCS2000",SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]',
    "supermap": 'GEOGCS["GCS_CGCS2000",DATUM["D_CGCS2000",SPHEROID["S_CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]',
    "chinese": 'GEOGCS["国家大地坐标系2000",DATUM["2000国家大地坐标系",SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]',
    "proj": 'GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4490"]]',
    "wgs84": 'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]',
}  # fmt: skip
XIAN = 'GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
BEIJING = 'PROJCS["Beijing_1954_3_Degree_GK_Zone_40",GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",40500000.0],PARAMETER["Central_Meridian",120.0],UNIT["Meter",1.0]]'


def square(place: float) -> list[tuple[float, float]]:
    """The ring of the township at a place in the row, clockwise; neighbours share their edge."""
    west = WEST + place * WIDE
    return [(west, SOUTH), (west, SOUTH + WIDE), (west + WIDE, SOUTH + WIDE), (west + WIDE, SOUTH), (west, SOUTH)]


def inside(place: int, east: float = 0.5, north: float = 0.5) -> tuple[float, float]:
    """A position in the township at a place in the row, by the shares of its width and height."""
    return WEST + (place + east) * WIDE, SOUTH + north * WIDE


def rows(rings=None, names=NAMES):
    """(attributes, rings) of each township: nothing but its name."""
    rings = rings or [[square(place)] for place in range(len(names))]
    return [({"NAME": name}, ring) for name, ring in zip(names.values(), rings, strict=True)]


def geojson(features=None, *, crs: str = "", encoding: str = "utf-8", **more) -> bytes:
    features = features if features is not None else rows()
    content = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": values, "geometry": {"type": "Polygon", "coordinates": rings}}
            for values, rings in features
        ],
    } | more
    if crs:
        content["crs"] = {"type": "name", "properties": {"name": crs}}
    return json.dumps(content, ensure_ascii=False).encode(encoding)


def moved(features, move):
    """The same with every place moved: `move(x, y)` -> (x, y)."""
    return [(values, [[tuple(move(x, y)) for x, y in ring] for ring in rings]) for values, rings in features]


def shifted(datum: str):
    return moved(rows(), lambda x, y: from_wgs84(x, y, datum))


def gauss_krueger(meridian: float, easting: float):
    """In CGCS2000 Gauss-Krüger metres."""
    to_metres = pyproj.Proj(f"+proj=tmerc +lat_0=0 +lon_0={meridian} +k=1 +x_0={easting} +y_0=0 +ellps=GRS80 +units=m")
    return moved(rows(), to_metres)


def gk_prj(meridian: float, easting: float, name: str = "CGCS2000_3_Degree_GK_Zone_40", method="Gauss_Kruger") -> str:
    return (
        f'PROJCS["{name}",{DEGREES["esri"]},PROJECTION["{method}"],PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],'
        f'PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )


def shapefile_parts(features=None, *, encoding="gbk", language_byte=0x57, kind=shapefile.POLYGON) -> dict[str, bytes]:
    """.shp, .shx and .dbf, as programs in China write them: GBK, language byte 0x57."""
    features = features if features is not None else rows()
    files = {part: io.BytesIO() for part in ("shp", "shx", "dbf")}
    with shapefile.Writer(**files, shapeType=kind, encoding=encoding) as writer:
        for name in features[0][0]:
            writer.field(name, "C", 40)
        for values, rings in features:
            if kind == shapefile.POINT:
                writer.point(*rings[0][0])
            elif kind == shapefile.POLYLINE:
                writer.line(rings)
            elif rings is None:
                writer.null()
            else:
                writer.poly(rings)
            writer.record(*values.values())
    parts = {f".{part}": file.getvalue() for part, file in files.items()}
    parts[".dbf"] = parts[".dbf"][:29] + bytes([language_byte]) + parts[".dbf"][30:]
    return parts


def zipped(
    parts: dict[str, bytes], *, prj: str = DEGREES["esri"], cpg: str = "", stem: str = "townships", more=None
) -> bytes:
    parts = parts | ({".prj": prj.encode()} if prj else {}) | ({".cpg": cpg.encode()} if cpg else {})
    return packed({f"{stem}{suffix}": content for suffix, content in parts.items()} | (more or {}))


def packed(files: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return whole.getvalue()
