"""Why a boundary file is refused: every sentence of it. What is wrong, where, and what is taken."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.errors import Refusal, TooLarge, enumerated

KINDS = {"POINTS": _("点"), "LINES": _("线"), "OTHER": _("别的几何类型")}

# Of the file.
TOO_MANY_BYTES = _("文件超过 {most} MB 的上限。请只保留本辖区的边界，或先简化到米级精度。")
NO_BOUNDARY_FILE = _("这不是边界文件。可用：GeoJSON（.geojson、.json），或把 .shp、.shx、.dbf、.prj 压成一个 .zip。")
DAMAGED = _("压缩包已损坏或打不开。请重新压成普通的 .zip。")
HAS_PASSWORD = _("压缩包有密码。请去掉密码重新压缩。")
INFLATES_TOO_MUCH = _("压缩包解开后超过 {most} MB 的上限。请只保留本辖区的边界。")
NO_SHP = _("压缩包里没有 .shp。要有同名的 .shp、.shx、.dbf（和 .prj）。")
PART_MISSING = _("压缩包里缺 {parts}。一个图层要有同名的 .shp、.shx、.dbf（和 .prj）。")
SEVERAL_LAYERS = _("压缩包里有 {count} 个图层：{names}。请一次只传一个图层。")
DAMAGED_SHAPEFILE = _("shapefile 已损坏，或 .shp 和 .dbf 不是一套。请从制图软件重新导出。")
UNEQUAL_PARTS = _(".shp 有 {shapes} 个图形，.dbf 有 {records} 行，不是一套。请从制图软件重新导出。")
ENCODING = _("属性表的文字编码不认识。可用：UTF-8、GBK（GB18030）。")
NO_JSON = _("不是完整的 JSON，第 {line} 行起读不下去。请从制图软件重新导出 GeoJSON。")
NO_NUMBER = _("JSON 里有 NaN 或 Infinity，不是坐标。请从制图软件重新导出 GeoJSON。")
TOO_DEEP = _("JSON 的嵌套太深，不是 GeoJSON。请从制图软件重新导出。")
NO_COLLECTION = _("JSON 里写的类型是“{kind}”，要的是 GeoJSON 的 FeatureCollection，内有要素（features）。")
NO_FEATURES = _("文件里一个面也没有。")
TOO_MANY_FEATURES = _("文件里有 {count} 个图形，最多 {most} 个。请只保留本辖区的边界。")
TOO_MANY_VERTICES = _("边界的顶点超过 {most} 个。请先在制图软件中简化到米级精度。")
READ_TOO_LONG = _("{seconds} 秒内没有读完这个文件。请只保留本辖区的边界，或先简化。")
BUSY = _("正在读另一份边界文件，请稍后再传。")
READ_FAILED = _("这个文件读不下去，已停止读取。请从制图软件重新导出。")
TOO_MUCH_MEMORY = _("读这个文件要占用太多内存，已停止读取。请只保留本辖区的边界，或先简化。")
# Of the system of coordinates.
XIAN_1980 = _(
    "坐标系是西安 1980。它与 CGCS2000 之间要用本地的转换参数，不能直接套用；"
    "请向自然资源部门要 CGCS2000 的成果，或用他们的参数转换后再传。"
)
BEIJING_1954 = _(
    "坐标系是北京 1954。它与 CGCS2000 之间要用本地的转换参数，不能直接套用；"
    "请向自然资源部门要 CGCS2000 的成果，或用他们的参数转换后再传。"
)
UNKNOWN_SYSTEM = _(
    "坐标系“{system}”不认识。可用：WGS-84 或 CGCS2000 的经纬度，CGCS2000 的 3 度带或 6 度带高斯-克吕格坐标。"
)
METRES_NOT_DEGREES = _("文件写的坐标系“{system}”是经纬度，坐标却是米。请附上与坐标相符的 .prj。")
DEGREES_NOT_METRES = _("文件写的坐标系“{system}”是米，坐标却像经纬度。请附上与坐标相符的 .prj。")
METRES_ARE_NOT_SHIFTED = _("坐标系“{system}”是平面坐标，不会是 GCJ-02 或 BD-09。请改选 CGCS2000，或传经纬度的文件。")
METRES_WITHOUT_ZONE = _("坐标是米，没有 .prj，横坐标也不带带号，不知道是哪一带。请附上 .prj，或传经纬度的文件。")
OTHER_ZONE = _("横坐标的带号是 {zone}，与 .prj 写的“{system}”不是一带。请核对 .prj。")
SWAPPED = _("经度和纬度颠倒了：现在的范围是东经 {west}—{east}、北纬 {south}—{north}。每个坐标要先经度、后纬度。")
OUTSIDE_CHINA = _("范围是经度 {west}—{east}、纬度 {south}—{north}，不在中国。请核对坐标系。")
FAR_AWAY = _("文件里的边界离{division}中心 {km} 公里，不在这个辖区。请核对文件和坐标系。")
# Of one area.
EMPTY = _("第 {number} 个图形是空的。每个图形要有一个面。")
NOT_AREAS = _("文件里是{kind}，不是面。边界要用面（Polygon 或 MultiPolygon）。")
NOT_AREAS_AT = _("第 {number} 个图形是{kind}，不是面。边界要用面（Polygon 或 MultiPolygon）。")
NO_COORDINATES = _("第 {number} 个图形的坐标不是数字。每个坐标是 [经度, 纬度]。")
TOO_FEW_POINTS = _("第 {number} 个图形有一圈不足 4 个点，围不成面。")
NOT_CLOSED = _("第 {number} 个图形有一圈没有闭合：起点 {first}，终点 {last}。首尾两点要相同。")
SELF_CROSSING = _("第 {number} 个图形的边界自相交，在 {place} 附近。请在制图软件中修复几何后再传。")
HOLE_OUTSIDE = _("第 {number} 个图形有一个洞在面的外面，在 {place} 附近。请在制图软件中修复几何后再传。")
NESTED = _("第 {number} 个图形的面或洞互相套叠，在 {place} 附近。请在制图软件中修复几何后再传。")
CUT_APART = _("第 {number} 个图形被洞切断，在 {place} 附近。请在制图软件中修复几何后再传。")
RING_TWICE = _("第 {number} 个图形有重复的一圈，在 {place} 附近。请在制图软件中修复几何后再传。")
INVALID = _("第 {number} 个图形的几何有误，在 {place} 附近。请在制图软件中修复几何后再传。")
# Of the names.
NO_ATTRIBUTES = _("图形没有任何属性，不知道哪个面是哪个区划。要有一列名称或代码。")
NOTHING_MATCHES = _(
    "没有一列属性对得上{division}的{level}。文件里有：{seen}。请核对所选辖区和层级，名称或代码要与行政区划一致。"
)
TWICE = _(
    "“{column}”列里有 {count} 个面都是{division}（第 {numbers} 个）。一个区划一个面；有几块的请合成一个多部件的面。"
)
OUT_OF_SCOPE = _("第 {numbers} 个面（{names}）不在{division}。请只保留这个辖区的边界。")


class UnreadableBoundaries(Refusal):
    code = "unreadable_boundaries"


class TooManyBytes(TooLarge):
    pass


def refusal(key: str, values: dict[str, Any]) -> UnreadableBoundaries:
    """What the child said, as a sentence."""
    told = dict(values)
    if "kind" in told and key == "NOT_AREAS":
        told["kind"] = KINDS[told["kind"]]
        key = "NOT_AREAS_AT" if told["number"] else key
    for listed in ("parts", "names"):
        if isinstance(told.get(listed), list):
            told[listed] = enumerated(told[listed])
    return UnreadableBoundaries(str(globals()[key]).format(**told))
