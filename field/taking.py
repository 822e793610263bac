"""One visit among several: answered by itself, as PUT visits/<id>/ would answer it."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.api_errors import api_exception_handler
from accounts.errors import Invalid
from accounts.models import User
from inspections.api import taken


def answer_to(by: User, body: Any, *, must_name_inspectors: bool = False) -> dict[str, Any]:
    """{"id", "status", "receipt"} or {"id", "status", "error"}. A fault of ours is raised: no receipt is made up."""
    stated = body if isinstance(body, dict) else {}
    try:
        if must_name_inspectors and not stated.get("inspectors"):
            raise Invalid({"inspectors": [_("文件里的走访须写明检查人员。")]})
        receipt = taken(by, uuid_of(stated.get("id")), body)
    except Exception as problem:
        refused = api_exception_handler(problem, {})
        if refused is None:
            raise
        return {"id": stated.get("id"), "status": refused.status_code, "error": refused.data}
    return {"id": str(receipt.id), "status": receipt.status, "receipt": receipt.as_json()}


def uuid_of(given: Any) -> UUID:
    """Raises Invalid for what is no UUID."""
    try:
        return UUID(given)
    except (ValueError, TypeError, AttributeError) as problem:
        raise Invalid({"id": [_("“%(given)s”不是 UUID。") % {"given": str(given)[:40]}]}) from problem
