"""Every URL pattern of the project, and what an answer is made of once tokens are taken out."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import URLResolver, get_resolver, reverse

from accounts.requests import asked_of

TOKENS = [
    re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+'),
    re.compile(rb'(nonce=")[^"]+'),
    re.compile(rb'("(?:known_at|next_since)":")[^"]+'),  # the moment of an answer
    re.compile(rb"(map_)[0-9a-f]{32}"),  # folium numbers its elements at random
    re.compile(rb"(sha256-)[^'&]+"),  # and so does the digest of its script
    re.compile(rb'("timeStamp": "|known_at=|<dd>)20\d\d-\d\d-\d\d[T ][^"&<]+'),  # the moment, in links and in a file
    re.compile("(，)20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d(?=</dd>)".encode()),  # when a file was made
]


@dataclass(frozen=True)
class Url:
    route: str
    name: str
    view: Callable

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/v1/")

    @property
    def is_for_programs(self) -> bool:
        """Whether a token opens it and a refusal is JSON: the API and the open doors of the map."""
        return self.is_api or self.route.startswith(("ogc", "tiles/"))

    @property
    def is_admin(self) -> bool:
        return self.route.startswith("admin/")

    @property
    def asks(self) -> tuple[str, ...]:
        """The query parameters that it takes."""
        return asked_of(self.view)

    def at(self, **arguments) -> str:
        return reverse(self.name, kwargs=arguments)


def every_url() -> Iterator[Url]:
    """Every pattern that answers, recursively; those of the administration are told apart by `is_admin`."""

    def walk(resolver, prefix: str) -> Iterator[Url]:
        for pattern in resolver.url_patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, route)
            else:
                yield Url(route, pattern.name or "", pattern.callback)

    return walk(get_resolver(), "")


def body(response: HttpResponse) -> bytes:
    """The bytes of an answer without the tokens that differ each time."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    for token in TOKENS:
        content = token.sub(rb"\1", content)
    return content
