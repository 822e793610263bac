"""A value that is not understood is refused by the name of its parameter, at every page and door that takes one."""

import pytest

from tests.factories import LIUSHI
from tests.test_questions import URLS
from tests.test_scope_leaks import RULES, OfAnObject
from tests.worlds import full_file

WORDS = {"q", "inspector", "next"}  # any text is understood: words to look for, a page of ours or none
# The packages' own; a person by name, of whom who is out of sight reads like who is not there; and a base map by its key,
# which a setting may have taken away since the link was made: the first one is drawn.
NOT_OURS = {("api/v1/docs/", "script"), ("api/v1/schema/", "format"), ("audit/", "by"), ("map/", "base")}
ASKED = [
    (route, name)
    for route, url in URLS.items()
    for name in url.asks
    if name not in WORDS
    and (route, name) not in NOT_OURS
    and not route.startswith("map/wall/")  # the map's own doors, opened by a pass
]
REFUSED = (404, 405)  # 404, 405: the arguments of the address are of nothing, or the door is not for reading


@pytest.fixture(scope="module")
def own(for_the_module):
    return full_file(LIUSHI, "甲培训", "13800001111", "red")


@pytest.mark.parametrize(("route", "name"), ASKED)
def test_value_that_means_nothing_is_refused_by_name(own, browse, taskforce, auditor, route, name):
    rule = RULES[route]
    arguments = rule.arguments(own)[0] if isinstance(rule, OfAnObject) else {}
    others = {"<uuid:pk>": own.school.pk, "<int:merge>": 1, "<int:number>": 1, "<str:kind>": "json"}
    others |= {"<str:name>": "approve", "<uuid:filled>": own.school.pk, "<int:pk>": 1}
    others |= {"<slug:key>": "xyz", "<int:z>": 1, "<int:x>": 1, "<int:y>": 1}
    if not isinstance(rule, OfAnObject):
        arguments |= {each.split(":")[1][:-1]: given for each, given in others.items() if each in route}
    client = browse(auditor if route.startswith("audit/") else taskforce)

    answers = [
        client.get(URLS[route].at(**arguments), {name: value}) for value in ("无此值", "-1", "2018-02-30", "9" * 30)
    ]

    invalid = 400 if route.startswith("ogc") else 422  # as the standard of that door has it
    assert [each.status_code for each in answers if each.status_code not in (*REFUSED, invalid)] == []
    assert all(name in each.content.decode() for each in answers if each.status_code == invalid)
