"""The description of /ogc/ as OpenAPI 3.0, made from what the views read."""

from typing import Any

from django.utils.translation import gettext as _

from figures.api import QUESTION
from mapping.ogc.asked import MOST, USUAL
from mapping.ogc.features import schema

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
GEOJSON = "application/geo+json"
COLLECTION = "/collections/institutions"


def document(root: str) -> dict[str, Any]:
    """`root` is the address of the landing page."""
    asked = [_reference(name) for name in _question()]
    paged = [_reference(name) for name in _paging()]
    one = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    return {
        "openapi": "3.0.3",
        "info": {"title": _("校外培训机构（OGC API Features）"), "version": "1"},
        "servers": [{"url": root}],
        "security": [{"token": []}, {"token_as_password": []}, {"session": []}],
        "paths": {
            "/": _get("landing", _("首页"), "application/json", asked),
            "/conformance": _get("conformance", _("符合的标准"), "application/json", asked),
            "/api": _get("api", _("本说明"), OPENAPI, asked),
            "/collections": _get("collections", _("全部图层"), "application/json", asked),
            COLLECTION: _get("collection", _("机构图层"), "application/json", asked),
            f"{COLLECTION}/schema": _get("schema", _("机构的字段"), "application/schema+json", asked),
            f"{COLLECTION}/items": _get("items", _("机构，分页"), GEOJSON, [*asked, *paged]),
            f"{COLLECTION}/items/{{featureId}}": _get("item", _("一家机构"), GEOJSON, [one, *asked], missing=True),
        },
        "components": {
            "parameters": _question() | _paging(),
            "responses": {
                "Refused": _answer(
                    _("不明白或越权的查询，说明原因"), "application/json", _reference("Refusal", "schemas")
                ),
            },
            "schemas": {
                "Refusal": {
                    "type": "object",
                    "required": ["code", "description"],
                    "properties": {"code": {"type": "string"}, "description": {"type": "string"}},
                },
                "institution": schema(),
            },
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "token_as_password": {"type": "http", "scheme": "basic"},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
        },
    }


def _question() -> dict[str, Any]:
    """The drill-down grammar, as /institutions/ has it."""
    return {
        each.name: {
            "name": each.name,
            "in": "query",
            "required": False,
            "description": str(each.description),
            "schema": {"type": "string"},
        }
        for each in QUESTION
    }


def _paging() -> dict[str, Any]:
    box = {"type": "array", "oneOf": [{"minItems": n, "maxItems": n} for n in (4, 6)], "items": {"type": "number"}}
    days = _(
        "排摸日期的日期或时间段（含两端），开放端写 ..：2018-12-31，2018-01-01/2018-12-31，2018-01-01/..，../2018-12-31"
    )
    described: dict[str, tuple[str, dict[str, Any]]] = {
        "bbox": (_("范围：西，南，东，北，WGS-84 度，西大于东的跨过 180° 经线；没有位置的机构不在任何范围内"), box),
        "datetime": (days, {"type": "string"}),
        "limit": (_("每页至多多少家"), {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}),
        "after": (_("从这家机构之后起，由 next 链接给出"), {"type": "string", "format": "uuid"}),
        "before": (_("到这家机构之前止，由 prev 链接给出"), {"type": "string", "format": "uuid"}),
    }
    paging = {
        name: {"name": name, "in": "query", "required": False, "description": text, "schema": how}
        for name, (text, how) in described.items()
    }
    for name in ("bbox", "datetime"):
        paging[name] |= {"style": "form", "explode": False}
    return paging


def _reference(name: str, among: str = "parameters") -> dict[str, Any]:
    return {"$ref": f"#/components/{among}/{name}"}


def _answer(text: str, media_type: str, how: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"description": text, "content": {media_type: {"schema": how or {"type": "object"}}}}


def _get(
    name: str, text: str, media_type: str, parameters: list[dict[str, Any]], missing: bool = False
) -> dict[str, Any]:
    refused = ["400", "401", "403", "404", "429"] if missing else ["400", "401", "403", "429"]
    responses = {"200": _answer(text, media_type)} | {status: _reference("Refused", "responses") for status in refused}
    return {"get": {"operationId": name, "summary": text, "parameters": parameters, "responses": responses}}
