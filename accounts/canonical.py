"""What is kept by value: canonical JSON, and the digest over it."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def canonical(content: Any) -> str:
    """The one text of a content: keys in order, days and moments in ISO 8601, nothing escaped that need not be."""
    return json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)


def digest_of(text: str) -> str:
    """SHA-256 of a kept text in UTF-8, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
