from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.utils import json

from accounts.api_bodies import once


class BoundedJSON(JSONParser):
    """JSON of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes (413) that is not nested beyond all use (400) and says nothing
    twice (422)."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        announced = int(parser_context["request"].META.get("CONTENT_LENGTH") or 0)  # no more than this is read
        if announced > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        encoding = parser_context.get("encoding", settings.DEFAULT_CHARSET)
        try:
            return json.loads(stream.read().decode(encoding), object_pairs_hook=once)
        except RecursionError:
            raise ParseError(_("JSON 嵌套层数过多，无法读取。")) from None
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error
