"""Every URL as somebody of other townships, with data that could leak: nothing of it shows, in no byte.

Asked as an inspector of one other township, and as one who has two grants, each of another role in another township.
A URL pattern without a rule here makes `test_every_url_has_a_rule` fail: decide what an outsider may get from it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from accounts.models import AuditRow, User
from inspections.models import QuarantinedVisit, Rectification, RectificationEvent, Visit
from institutions.models import Institution, Licence
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution, licence_of, move_of, picture, round_of, user_with
from tests.urls import body, every_url
from tests.worlds import File, full_file

ABSENT = UUID("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa")
MOVES = ["submit", "verify", "return", "extend", "replace", "withdraw", "void"]


@dataclass(frozen=True)
class OfAnObject:
    """A URL of one row. `methods` are those it answers; out of scope each is the 404 of an absent row."""

    arguments: Callable[[File], list[dict]]
    methods: tuple[str, ...] = ("get",)
    key: str = "pk"


@dataclass(frozen=True)
class List_:
    """A URL that shows rows: its bytes do not change with rows out of scope, whatever is asked."""

    queries: tuple[str, ...]
    where: dict | None = None  # what else is in its address


@dataclass(frozen=True)
class Nothing:
    """A URL that shows no row of the registry."""

    why: str


GRAMMAR = (
    "",
    "known_at=2019-01-03T09:00:00Z",
    f"division={NEXT_TO_LIUSHI}&as_of=2018-12-31",
    "as_of=2018-12-31&figure=with_problems",
    "as_of=2018-12-31&figure=outstanding&licence_status=none",
    "standing=open",
    "standing=overdue,open,unseen",
    "finding_type=T01",
    "licence_now=registration_only",
    "outcome=closed&as_of=2018-06-30",
    "located=yes",
    "located=no",
    "q=培训",
    "q=甲方",
    "q=1111",
    "division=all",
)
SCHOOL = OfAnObject(lambda file: [{"pk": file.school.pk}])
VISIT = OfAnObject(lambda file: [{"pk": file.visit.pk}])
ROUND = OfAnObject(lambda file: [{"pk": file.round_.pk}, {"pk": file.submitted.pk}])
NOTICE = OfAnObject(lambda file: [{"pk": notice.pk} for notice in file.round_.notices.all()])
ROUND_MOVE = OfAnObject(ROUND.arguments, ("post",))
RULES: dict[str, OfAnObject | List_ | Nothing] = {
    "": List_(("",)),
    "institutions/": List_(
        (*GRAMMAR, "format=csv", "format=csv&figure=surveyed", "format=xlsx", "sort=-name", "sort=standing",
         "columns=name,credit_code,permit,registration,principal,phone", "page_size=200", "page=2")
    ),
    "institutions/<uuid:pk>/": SCHOOL,
    "institutions/<uuid:pk>/phone/": OfAnObject(SCHOOL.arguments, ("post",)),
    "institutions/new/": Nothing("a form for those who edit the registry"),
    "first-steps/": Nothing("whether there is anything at all"),
    "institutions/divisions/new/": Nothing("divisions, for an administrator"),
    "institutions/duplicates/": Nothing("held by tests/institutions/test_duplicates_pages.py"),
    "institutions/duplicates/decide/": Nothing("held by test_pairs_are_of_what_one_may_edit"),
    "institutions/<uuid:pk>/merge/": OfAnObject(SCHOOL.arguments, ("get", "post")),
    "institutions/<uuid:pk>/merges/<int:merge>/apart/": Nothing(
        "held by test_merge_of_a_registration_out_of_scope_is_not_taken_apart"
    ),
    "api/v1/institutions/<uuid:pk>/merge/": OfAnObject(SCHOOL.arguments, ("post",)),
    "api/v1/institutions/<uuid:pk>/take-apart/": OfAnObject(SCHOOL.arguments, ("post",)),
    "institutions/import/example/": Nothing("a blank form, the same for everybody"),
    "institutions/import/": Nothing("for a county's task force; held by test_file_of_another_county_is_absent"),
    **{
        f"institutions/import/<uuid:pk>/{act}": Nothing("held by test_file_of_another_county_is_absent")
        for act in (
            "", "columns/", "row/", "answers/", "fix/", "decide/", "leave-out/", "plan/", "confirm/", "undo/",
        )  # fmt: skip
    },
    "api/v1/imports/": Nothing("a register is handed in; held by test_register_of_another_county_is_not_taken"),
    **{
        f"api/v1/imports/<uuid:pk>/{act}": Nothing("held by test_register_of_another_county_is_absent")
        for act in ("", "rows/", "answers/", "fixes/", "decisions/", "plan/", "commit/", "undo/")
    },
    "institutions/<uuid:pk>/edit/": OfAnObject(SCHOOL.arguments, ("get", "post")),
    "institutions/<uuid:pk>/withdraw/": OfAnObject(SCHOOL.arguments, ("get", "post")),
    "institutions/<uuid:pk>/licences/new/": OfAnObject(SCHOOL.arguments, ("get", "post")),
    **{
        f"institutions/<uuid:pk>/licences/<int:licence>/{act}/": OfAnObject(
            lambda file: [{"pk": file.school.pk, "licence": file.school.licences.get().pk}], ("get", "post")
        )
        for act in ("correct", "end", "revoke", "withdraw")
    },
    "visits/new/": List_(("", "q=甲方", "q=照", "q=0000-1111", "q=培训")),
    "institutions/<uuid:pk>/colleagues/": SCHOOL,
    "institutions/<uuid:pk>/licences/": SCHOOL,
    "visits/<uuid:pk>/": VISIT,
    "visits/<uuid:pk>/withdraw/": OfAnObject(VISIT.arguments, ("get", "post")),
    "visits/<uuid:pk>/order/": OfAnObject(VISIT.arguments, ("get", "post")),
    "institutions/<uuid:pk>/quarantined/<int:copy>/": OfAnObject(
        lambda file: [{"pk": file.school.pk, "copy": file.visit.quarantined.get().pk}], ("get", "post")
    ),
    "visits/<uuid:pk>/photos/<int:slot>/": OfAnObject(lambda file: [{"pk": file.visit.pk, "slot": 1}]),
    "visits/<uuid:pk>/photos/<int:slot>/original/": OfAnObject(lambda file: [{"pk": file.visit.pk, "slot": 1}]),
    "visits/<uuid:pk>/photos/<int:slot>/<int:edge>/": OfAnObject(
        lambda file: [{"pk": file.visit.pk, "slot": 1, "edge": edge} for edge in (240, 480, 960, 1600)]
    ),
    "rectifications/": List_(
        ("", "state=open", "state=overdue", "state=recheck", "state=submitted", "state=verified", "state=month", "state=returned",
         "state=voided", "q=甲方", "q=责改", "q=1111", "as_of=2018-12-31", "as_of=2018-12-31&state=overdue", "as_of=2018-12-31&state=submitted",
         "figure=with_problems", "figure=outstanding&as_of=2018-12-31", "division=all",
         "as_of=2018-12-31&state=verified", "finding_type=T01",
         "inspector=visitor", "due_from=2018-01-01", "sort=-name", "columns=name,inspectors,principal,phone",
         "format=csv", "format=xlsx&state=verified")
    ),
    "rectifications/strike-offs/": Nothing("for who verifies; held by tests/inspections/test_strike_offs_page.py"),
    "rectifications/<uuid:pk>/": ROUND,
    "rectifications/<uuid:pk>/notice/": ROUND,
    "notices/<uuid:pk>/": NOTICE,
    "rectifications/<uuid:pk>/<str:move>/": OfAnObject(
        lambda file: [{"pk": file.submitted.pk, "move": move} for move in [*MOVES, "unknown"]], ("get", "post")
    ),
    "search/": List_(("", "q=甲方", "q=0000-1111", "q=1111", "q=责改", "q=330382", "q=王某某", "q=培训")),
    "lists/columns/": Nothing("leads back to a list with other columns"),
    "statistics/": List_((
        *GRAMMAR[:3], "as_of=2018-12-31", "format=csv", "as_of=2018-12-31&format=csv",
        "as_of=2018-12-31&compare=2018-06-30", "as_of=2018-12-31&compare=2018-06-30&format=xlsx",
    )),
    "statistics/contradictions/": List_(
        tuple(
            f"known_at=2019-01-03T09:00:00Z&as_of=2018-12-31{more}"
            for more in ("", "&code=base_shrank", "&code=one_photo_at_two_institutions", "&format=csv")
        )
    ),
    "statistics/difference/": List_(
        tuple(
            f"known_at=2019-01-03T09:00:00Z&before=2018-05-31&as_of=2018-12-31{more}"
            for more in ("", "&part=newly_found", "&figure=outstanding", "&format=csv",
                         "&before_known_at=2018-06-03T09:00:00Z")
        )
    ),
    "statistics/trend/": List_(("as_of=2018-12-31", "")),
    "map/": Nothing("rows come by the API; held by test_page_holds_no_institution_whatever_there_are"),
    "map/handover/": Nothing("held by test_what_is_out_of_sight_is_not_handed_over"),
    "map/handovers/": Nothing("held by test_who_sees_a_part_of_it_sees_that_part"),
    **{f"map/handovers/<uuid:pk>/{act}": Nothing("held by test_who_sees_a_part_of_it_sees_that_part") for act in ("", "file/")},
    "map/walls/": Nothing("one's own screens; held by test_screens_are_listed_for_their_account_alone"),
    "map/walls/<uuid:pk>/end/": Nothing("held by test_screens_are_listed_for_their_account_alone"),
    **{f"map/wall/{door}": Nothing("opened by a pass; held by test_screen_sees_what_its_account_sees")
       for door in ("", "map/", "list/", "townships/")},
    "map/export/": List_(GRAMMAR),
    **{route: Nothing("where and when the institutions are; held by test_extent_is_of_what_one_sees") for route in
       ("ogc/collections", "ogc/collections/institutions")},
    "ogc/collections/institutions/items": List_(
        (*GRAMMAR, "limit=1", "bbox=120,27,122,29", "datetime=../2018-12-31", "bbox=120,27,122,29&q=培训&as_of=2018-12-31")
    ),
    "ogc/collections/institutions/items/<uuid:pk>": SCHOOL,
    **{f"ogc{each}": Nothing("the shape of /ogc/") for each in
       ("", "/", "/api", "/conformance", "/collections/institutions/schema")},
    "tiles/institutions/<int:z>/<int:x>/<int:y>.mvt": List_(
        ("", f"division={NEXT_TO_LIUSHI}&as_of=2018-12-31", "as_of=2018-12-31&figure=with_problems", "q=培训", "division=all"),
        {"z": 0, "x": 0, "y": 0},
    ),
    "map/geocoding/": Nothing("a form for those who edit the registry; held by test_runs_of_another_county_are_absent"),
    "map/geocoding/<uuid:pk>/": Nothing("held by test_runs_of_another_county_are_absent"),
    "map/boundaries/": Nothing("a form for those who edit the registry; held by test_file_of_another_county_is_absent"),
    **{
        f"map/boundaries/<uuid:pk>/{act}": Nothing("held by test_file_of_another_county_is_absent")
        for act in ("", "file/", "take-back/")
    },
    "map/mismatches/": Nothing("held by test_inspector_sees_those_of_the_own_township_alone"),
    "map/tiles/<slug:key>/<int:z>/<int:x>/<int:y>": Nothing("a base map, the same for everybody"),
    "api/v1/map/boundaries/": Nothing("areas of divisions; held by test_who_sees_one_township_gets_its_own_area"),
    "map/geocoding/<uuid:pk>/stop/": Nothing("held by test_runs_of_another_county_are_absent"),
    "reports/": List_(("", "as_of=2018-12-31", "as_of=2018-10-31")),
    "reports/download/": Nothing("held by test_report_download_of_a_division_out_of_scope_is_absent"),
    # An inspector finds nothing there: held by tests/misconduct/test_scope.py, for those who see it elsewhere.
    **{
        url.route: Nothing("the second ledger, absent for an inspector")
        for url in every_url()
        if url.route.startswith(("misconduct/", "api/v1/misconduct/"))
    },
    "reports/new/": Nothing("a form for who prepares reports"),
    "reports/letterhead/": Nothing("for who prepares reports; held by tests/reports/test_document_pages.py"),
    "reports/templates/": Nothing("for who prepares reports; held by tests/reports/test_document_pages.py"),
    "reports/templates/shipped/": Nothing("the template of the release, the same for everybody"),
    "reports/templates/use-shipped/": Nothing("held by tests/reports/test_document_pages.py"),
    **{
        f"reports/templates/<uuid:pk>/{page}": Nothing("held by tests/reports/test_document_pages.py")
        for page in ("", "file/", "filled/")
    },
    **{
        f"reports/prepared/<uuid:pk>/{page}": Nothing("held by tests/reports/test_prepared_files.py")
        for page in ("", "file/")
    },
    **{
        f"reports/<uuid:pk>/{page}": Nothing("held by tests/reports/test_report_scope.py")
        for page in (
            "", "check/", "explain/", "edit/", "draft/", "preview/", "<str:name>/", "versions/<int:number>/",
            "versions/<int:number>/annex/", "versions/<int:number>/changes/",
            "versions/<int:number>/files/<str:kind>/",
        )  # fmt: skip
    },
    "reports/forms/": Nothing("held by tests/reports/superior/test_form_pages.py"),
    **{
        f"reports/forms/<uuid:pk>/{page}": Nothing("held by test_form_of_another_county_is_absent_and_its_division_no_choice")
        for page in ("", "file/", "bind/", "fill/", "filled/<uuid:filled>/")
    },
    "reports/schedule/": Nothing("held by test_period_is_set_on_its_page"),
    "reports/collected/": Nothing("of a city's; held by tests/reports/collecting/test_collected_page.py"),
    "reports/collected/<int:pk>/": Nothing("held by test_collected_report_of_another_city_is_absent"),
    "api/v1/reports/": Nothing("held by tests/reports/test_api_of_reports.py"),
    **{
        f"api/v1/reports/<uuid:pk>/{name}/": Nothing("held by tests/reports/test_api_of_steps.py")
        for name in ("approve", "send-back", "withdraw", "hand-over", "correct")
    },
    "api/v1/reports/<uuid:pk>/": Nothing("held by test_report_of_a_division_that_one_does_not_see_whole_is_absent"),
    "audit/": Nothing("held by tests/desk/test_audit_scope.py: an inspector may not open it"),
    "audit/verify/": Nothing("how many rows of the trail were checked, nothing of what is in them"),
    "field/": Nothing("the same for everybody; rows come by the API"),
    "field/who/": Nothing("who asks, and what time it is"),
    "field/manifest.webmanifest": Nothing("the name of the app"),
    "sw.js": Nothing("names of files"),
    "field/shrink.js": Nothing("a module of the app"),
    "field/handin/": Nothing("takes visits, as api/v1/visits/<uuid:pk>/ does"),
    "accounts/login/": Nothing("sign-in"),
    "accounts/login/code/": Nothing("sign-in"),
    "accounts/password/": Nothing("one's own password"),
    "accounts/second-factor/": Nothing("one's own second factor"),
    "accounts/logout/": Nothing("sign-out"),
    "accounts/language/": Nothing("a cookie"),
    "livez": Nothing("is the process up"),
    "readyz": Nothing("can it write"),
    "favicon.ico": Nothing("an icon"),
    "api/v1/institutions/": List_((*GRAMMAR, "page_size=200")),
    "api/v1/institutions/<uuid:pk>/": SCHOOL,
    "api/v1/statistics/completion/": List_(
        tuple(
            f"known_at=2019-01-03T09:00:00Z&as_of={day}{by}"
            for day in ("2018-06-30", "2018-12-31")
            for by in ("", "&by=division", "&by=licence_status", "&by=finding_type")
        )
    ),
    "api/v1/statistics/difference/": List_(
        tuple(
            f"known_at=2019-01-03T09:00:00Z&before=2018-05-31&as_of=2018-12-31{more}"
            for more in ("", "&part=newly_found", "&figure=outstanding", "&before_known_at=2018-06-03T09:00:00Z")
        )
    ),
    "api/v1/statistics/trend/": List_(("known_at=2019-01-03T09:00:00Z&from=2018-01&to=2018-12",)),
    "api/v1/visits/<uuid:pk>/": OfAnObject(VISIT.arguments, ("get",)),
    "api/v1/visits/<uuid:pk>/withdraw/": OfAnObject(VISIT.arguments, ("post",)),
    "api/v1/visits/<uuid:pk>/photos/<str:sha256>/": OfAnObject(
        lambda file: [{"pk": file.visit.pk, "sha256": file.sha256}], ("put",)
    ),
    "api/v1/rectifications/": List_(
        ("", "page_size=200", f"division={NEXT_TO_LIUSHI}", "state=open", "state=recheck&as_of=2018-12-31",
         "figure=overdue", "q=1111", "known_at=2019-01-03T09:00:00Z")
    ),
    "api/v1/rectifications/<uuid:pk>/": ROUND,
    "api/v1/notices/<uuid:pk>/": NOTICE,
    **{f"api/v1/rectifications/<uuid:pk>/{move}/": ROUND_MOVE for move in MOVES},
    "api/v1/map/": List_(
        (*GRAMMAR, "zoom=18", "zoom=5", "bbox=120,27,122,29&zoom=16", "bbox=120,27,122,29&zoom=8", "change_since=2018-05-31")
    ),
    "api/v1/map/list/": List_(
        (*GRAMMAR, "bbox=120,27,122,29", "order=distance&near=120.9,28.0", "page_size=1", "change_since=2018-05-31")
    ),
    "api/v1/map/unlocated/": List_((*GRAMMAR, "page_size=1", "change_since=2018-05-31")),
    "api/v1/map/townships/": List_((*GRAMMAR, "as_of=2018-12-31&standing=overdue,open")),
    "api/v1/map/places/<uuid:pk>/": OfAnObject(SCHOOL.arguments, ("post",)),
    "api/v1/map/places/<uuid:pk>/take-back/": OfAnObject(SCHOOL.arguments, ("post",)),
    "api/v1/institutions/<uuid:pk>/phone/": OfAnObject(SCHOOL.arguments, ("post",)),
    "api/v1/visits/<uuid:pk>/receipt/": OfAnObject(VISIT.arguments, ("get",)),
    "api/v1/field/worklist/": List_(
        ("", f"division={NEXT_TO_LIUSHI}", f"division={NEXT_TO_LIUSHI}&updated_since=2018-06-01T00:00:00Z",
         "division=all")
    ),
    "api/v1/field/divisions/": List_(("",)),
    "api/v1/field/mine/": Nothing("what one sent oneself; held by tests/field/test_lookups.py"),
    "api/v1/field/catalogue/": Nothing("the catalogue; held by tests/field/test_lookups.py"),
    "api/v1/field/colleagues/": Nothing("who may be named; held by tests/field/test_lookups.py"),
    "api/v1/field/visits/": Nothing("takes visits, as api/v1/visits/<uuid:pk>/ does"),
    "api/v1/schema/": Nothing("the shape of the API"),
    "api/v1/docs/": Nothing("the shape of the API"),
}  # fmt: skip
URLS = {url.route: url for url in every_url() if not url.is_admin}
OBJECTS = [route for route, rule in RULES.items() if isinstance(rule, OfAnObject)]
LISTS = [(route, query) for route, rule in RULES.items() if isinstance(rule, List_) for query in rule.queries]
METHODS = ["get", "head", "options", "post", "put", "patch", "delete"]


def address_of(route: str) -> str:
    rule = RULES[route]
    where = (rule.where or {}) if isinstance(rule, List_) else {"pk": ABSENT} if "<uuid:pk>" in route else {}
    return URLS[route].at(**where)


def test_every_url_has_a_rule():
    assert set(RULES) == set(URLS)


@pytest.fixture(scope="module")
def secret(for_the_module) -> File:
    """Everything about an institution in 柳市镇."""
    return full_file(LIUSHI, "甲方秘密培训", "13800001111", "red")


@pytest.fixture(scope="module")
def own(for_the_module) -> File:
    """The same about one in the outsider's own township."""
    return full_file(NEXT_TO_LIUSHI, "乙方培训", "13900002222", "blue")


@pytest.fixture(params=["outsider", "seconded"])
def stranger(request) -> User:
    """Somebody to whom 柳市镇 is out of scope, and the township next to it is not."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def ask(client, stranger):
    """Ask as the stranger, signed in; POST and PUT send what would be taken if the row were theirs."""
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"version": 2, "on": "2018-10-02", "outcome": "closed", "reason": "试", "due_on": "2030-01-01"}

    def answer(method: str, path: str, data=None):
        if method in ("get", "head", "options"):
            return getattr(client, method)(path)
        return getattr(client, method)(path, data=data or sent, content_type="application/json")

    return answer


def everything() -> list:
    """Every row that a leak could change."""
    models = (Institution, Licence, Visit, Rectification, RectificationEvent, QuarantinedVisit, AuditRow)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("route", OBJECTS)
def test_object_out_of_scope_is_absent_in_every_byte(secret, ask, route):
    rule, url, before = RULES[route], URLS[route], everything()

    for arguments in rule.arguments(secret):
        for method in METHODS:
            hidden = ask(method, url.at(**arguments))
            absent = ask(method, url.at(**arguments | {rule.key: ABSENT}))
            assert (hidden.status_code, body(hidden)) == (absent.status_code, body(absent)), method
            assert hidden.headers.items() >= {"Content-Type": absent.headers.get("Content-Type", "")}.items()
            if method in rule.methods:
                assert hidden.status_code == 404, (method, arguments)
    assert everything() == before


@pytest.mark.parametrize("route", OBJECTS)
def test_object_within_scope_is_not_absent(own, ask, route):
    """The test above would pass on a URL that is always absent."""
    rule, url = RULES[route], URLS[route]

    arguments = rule.arguments(own)[0]
    answers = [ask(method, url.at(**arguments)) for method in rule.methods]

    assert all(body(answer) or answer.status_code == 302 for answer in answers)
    assert {answer.status_code for answer in answers} <= {200, 302, 403, 409, 412, 422}


@pytest.mark.parametrize(("route", "query"), LISTS, ids=[f"{route}?{query}" for route, query in LISTS])
def test_list_does_not_change_with_rows_out_of_scope(own, ask, route, query):
    path = f"{address_of(route)}?{query}"
    before = ask("get", path)

    secret = full_file(LIUSHI, "甲方秘密培训", "13800001111", "red")
    after = ask("get", path)

    assert before.status_code == 200
    assert body(after) == body(before)
    assert [word for word in secret.secrets if word in body(after)] == []


PAST_LISTS = [(route, query) for route, query in LISTS if "as_of=2018-12-31" in query or not query]


@pytest.mark.parametrize(("route", "query"), PAST_LISTS, ids=[f"{route}?{query}" for route, query in PAST_LISTS])
def test_list_of_a_past_day_does_not_change_with_what_has_left_the_scope_since(own, ask, route, query):
    """Scope follows the present place, also where figures count an institution where it was."""
    path = f"{address_of(route)}?{query}"
    before = ask("get", path)

    gone = full_file(NEXT_TO_LIUSHI, "丁方秘密培训", "13600004444", "black")
    for school in Institution.objects.filter(name__startswith="丁方秘密培训"):
        move_of(school, LIUSHI, "2019-06-01")
    after = ask("get", path)

    assert body(after) == body(before)
    assert [word for word in gone.secrets if word in body(after)] == []


@pytest.mark.parametrize("route", sorted({route for route, _query in LISTS}))
def test_list_changes_with_rows_in_scope(ask, own, route):
    """The test above would pass on a page that shows nothing."""
    queries = RULES[route].queries
    path = f"{address_of(route)}?{next((query for query in queries if '2018-12-31' in query), queries[-1])}"
    before = ask("get", path)

    full_file(NEXT_TO_LIUSHI, "丙方培训", "13700003333", "green")
    round_of(institution(NEXT_TO_LIUSHI), "2018-06-01", verified_on="2018-07-01")  # another completion rate
    for _each in range(2):  # a contradiction
        licence_of(institution(NEXT_TO_LIUSHI), "permit", number="教民133038200000009号")
    after = ask("get", path)

    assert body(after) != body(before)


DIVISION_URLS = sorted(route for route, url in URLS.items() if "division" in url.asks)


@pytest.mark.parametrize("division", [LIUSHI, "330382", "330381", "33"])
@pytest.mark.parametrize("route", DIVISION_URLS)
def test_division_out_of_scope_reads_like_an_unknown_one(secret, ask, route, division):
    path, asked = address_of(route), {"as_of": "2018-12-31", "from": "2018-01", "to": "2018-12"}
    rest = "".join(f"&{name}={value}" for name, value in asked.items() if name in URLS[route].asks)

    hidden = ask("get", f"{path}?division={division}{rest}")
    absent = ask("get", f"{path}?division=999999{rest}")

    def without(code: str, answer) -> bytes:
        """The answer names the code that was asked for, and is the same in every other byte."""
        return body(answer).replace(f"“{code}”".encode(), b"")

    assert (hidden.status_code, without(division, hidden)) == (absent.status_code, without("999999", absent))
    # These pages ask for their permission first: who has none reads that for any division.
    first = ("audit/", "institutions/duplicates/", "reports/letterhead/")
    by_pass = route.startswith("map/wall/")  # a screen is asked for its pass first, or to sign in
    assert hidden.status_code in ({302, 401} if by_pass else {403, 404} if route in first else {404})


@pytest.mark.parametrize("fmt", ["docx", "xlsx", "pdf"])
def test_report_download_of_a_division_out_of_scope_is_absent(secret, client, fmt):
    clerk = user_with("task_force", NEXT_TO_LIUSHI)
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")

    for division in (LIUSHI, "330382", "999999"):
        path = f"{reverse('report_download')}?division={division}&as_of=2018-12-31&format={fmt}"
        assert client.get(path).status_code == 404


def test_visit_form_of_an_institution_out_of_scope_is_absent(secret, ask):
    path = reverse("visit_new")

    for method in ("get", "post"):
        hidden = ask(method, f"{path}?institution={secret.school.pk}")
        absent = ask(method, f"{path}?institution={ABSENT}")
        assert (hidden.status_code, body(hidden)) == (404, body(absent))


def visit_body(school: Institution | UUID, **changes) -> dict:
    return {
        "institution": str(getattr(school, "pk", school)),
        "purpose": "routine",
        "result": "inspected",
        "happened_at": "2018-10-02T10:00:00+08:00",
    } | changes


def test_visit_to_an_institution_out_of_scope_is_refused_as_to_an_absent_one(secret, ask):
    before, path = everything(), reverse("api-visit", args=[uuid4()])

    hidden = ask("put", path, visit_body(secret.school))
    absent = ask("put", path, visit_body(ABSENT))

    assert hidden.status_code == absent.status_code == 422
    assert body(hidden).replace(str(secret.school.pk).encode(), str(ABSENT).encode()) == body(absent)
    assert everything() == before


def test_visit_that_hands_in_a_round_out_of_scope_is_refused_as_an_absent_one(secret, own, ask):
    path = reverse("api-visit", args=[uuid4()])

    def sent(round_):
        return visit_body(own.school, submits={"rectification": str(round_), "outcome": "closed"})

    hidden, absent = ask("put", path, sent(secret.round_.pk)), ask("put", path, sent(ABSENT))

    assert hidden.status_code == 422
    assert body(hidden).replace(str(secret.round_.pk).encode(), str(ABSENT).encode()) == body(absent)


def test_hash_of_a_photo_out_of_scope_does_not_open_it(secret, own, ask):
    """A hash is no permission: naming a picture one never had does not make it one's own, however often."""
    visit = uuid4()
    photo = {"sha256": secret.sha256, "slot": 1}
    ask("put", reverse("api-visit", args=[uuid4()]), visit_body(own.school, photos=[photo]))

    receipt = ask("put", reverse("api-visit", args=[visit]), visit_body(own.school, photos=[photo]))
    shown = ask("get", reverse("visit_photo", args=[visit, 1]))
    body(shown)

    assert receipt.json()["missing_photos"] == [secret.sha256]
    assert shown.status_code == 404


def test_picture_of_ones_own_is_shown_once_its_bytes_have_come(secret, own, ask, client):
    visit = uuid4()
    ask(
        "put", reverse("api-visit", args=[visit]), visit_body(own.school, photos=[{"sha256": secret.sha256, "slot": 1}])
    )

    put = client.put(reverse("api-visit-photo", args=[visit, secret.sha256]), picture("red"), content_type="image/jpeg")

    assert put.json()["evidence"] == "complete"
    shown = ask("get", reverse("visit_photo", args=[visit, 1]))
    assert body(shown).startswith(b"\xff\xd8")


def test_id_of_a_visit_out_of_scope_tells_nothing_about_it(secret, own, ask):
    answer = ask("put", reverse("api-visit", args=[secret.visit.pk]), visit_body(own.school))

    shown = body(answer).replace(str(secret.visit.pk).encode(), b"")
    assert answer.status_code == 409  # an id holds one visit for ever, whoever asks
    assert [word for word in secret.secrets if word in shown] == []


# --- Seen but not permitted: 403


def test_auditor_cannot_record_a_visit(browse, api, auditor):
    school, before = institution(), everything()

    answers = [
        browse(auditor).get(reverse("visit_new")),
        browse(auditor).post(reverse("visit_new"), {"institution": str(school.pk)}),
        api(auditor).put(reverse("api-visit", args=[uuid4()]), visit_body(school), format="json"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert everything()[1:] == before[1:]


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        ("inspector", {"verify", "return", "extend", "replace", "withdraw", "void"}),
        ("task_force", {"withdraw", "void"}),
        ("supervisor", {"submit", "return", "extend", "replace"}),
        ("auditor", set(MOVES)),
    ],
)
def test_move_that_is_seen_but_not_permitted_is_403(own, api, browse, role, refused):
    user = user_with(role, "330382")

    by_api = {move: api(user).post(reverse(f"api-{move}", args=[own.submitted.pk])).status_code for move in MOVES}
    by_page = {
        move: browse(user).post(reverse("rectification_move", args=[own.submitted.pk, move])).status_code
        for move in MOVES
    }

    assert {move for move, status in by_api.items() if status == 403} == refused
    assert {move for move, status in by_page.items() if status == 403} == refused


def test_registry_is_edited_by_the_task_force_only(own, browse, inspector, supervisor, auditor):
    for user in (user_with("inspector", "330382"), supervisor, auditor):
        assert browse(user).get(reverse("institution_new")).status_code == 403
        assert browse(user).get(reverse("institution_edit", args=[own.school.pk])).status_code == 403
        assert browse(user).post(reverse("licence_new", args=[own.school.pk]), {}).status_code == 403
        for act in ("licence_correct", "licence_end", "licence_revoke", "licence_withdraw"):
            path = reverse(act, args=[own.school.pk, own.school.licences.get().pk])
            assert browse(user).post(path, {}).status_code == 403


def test_order_is_given_by_the_task_force_only(own, browse, supervisor):
    for user in (user_with("inspector", "330382"), supervisor):
        assert browse(user).post(reverse("visit_order", args=[own.visit.pk]), {}).status_code == 403


def test_report_is_downloaded_by_those_who_prepare_or_approve_it(own, browse, auditor):
    for user in (user_with("inspector", "330382"), auditor):
        path = f"{reverse('report_download')}?division=330382&as_of=2018-12-31&format=xlsx"
        assert browse(user).get(path).status_code == 403


def test_auditor_sees_personal_data_masked(secret, browse, api, auditor):
    paths = [reverse("institutions"), reverse("institution", args=[secret.school.pk]), reverse("visit_new")]
    paths += [reverse("rectifications"), reverse("rectification", args=[secret.round_.pk]), reverse("map")]
    answers = [browse(auditor).get(path) for path in paths]
    answers += [api(auditor).get(reverse("api-institutions"))]
    answers += [api(auditor).get(reverse("api-institution", args=[secret.school.pk]))]
    answers += [api(auditor).get(reverse("api-map"), {"zoom": 18})]

    shown = b"".join(body(answer) for answer in answers)
    assert secret.school.name.encode() in shown
    assert b"13800001111" not in shown
    assert "王某某".encode() not in shown


def test_auditor_does_not_find_people_by_name_or_phone(secret, api, auditor):
    """A search that answers to a hidden name gives the name away."""
    found = api(auditor).get(reverse("api-institutions"), {"q": "王某某"})

    assert found.json()["results"] == []


# --- The administration


def test_administration_is_closed_to_everybody_without_the_role(client, outsider, supervisor):
    for user in (outsider, supervisor):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        for url in (url for url in every_url() if url.is_admin):
            path = "/" + url.route.split("<")[0].split("^")[0].split("(")[0]
            answer = client.get(path)
            assert answer.status_code in (302, 403, 404) or path == "/admin/logout/", path


def test_administration_holds_no_records_of_institutions():
    from django.contrib import admin

    records = {"institution", "visit", "finding", "photo", "rectification", "rectificationevent", "licence"}
    assert {model._meta.model_name for model in admin.site._registry} & records == set()


def test_admin_role_sees_no_institution(secret, browse):
    answer = browse(user_with("admin", "")).get(reverse("institution", args=[secret.school.pk]))

    assert answer.status_code == 404
    assert at("2018-10-01")  # the row is there: only not for this role
    assert Institution.objects.filter(pk=secret.school.pk).exists()
