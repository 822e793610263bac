"""axe-core finds nothing to complain about: WCAG 2.1 A and AA, on phone and desktop, by day and by night."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.server import DESKTOP, PHONE, sign_in

AS_OF = "division=330382&as_of=2018-12-31"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}  # all that the night changes
PAGES = {
    "today": "/",
    "list": f"/institutions/?{AS_OF}",
    "search": "/search/?q=王",
    "search by number": "/search/?q=330382-001",
    "search that found nothing": "/search/?q=没有这样一家",
    "question that is not understood": "/institutions/?figur=overdue&standing=open",
    "empty list": "/institutions/?q=没有这样一家",
    "wide list": "/institutions/?columns=name,standing,principal,due_on,credit_code,permit,permit_valid,registration,phone>details.columns summary",
    "file": "/institutions/?standing=overdue>tbody a",
    "edit": "/institutions/?standing=overdue>tbody a>.head a[href$='edit/']",
    "registering": "/institutions/new/",
    "choosing": "/visits/new/",
    "visit form": "/visits/new/>main a[href*='institution=']",
    "ledger": "/rectifications/",
    "ledger of a day": "/rectifications/?as_of=2018-12-31&finding_type=L01&sort=-ordered_on>details.columns summary",
    "round to verify": "/rectifications/?state=submitted>tbody a",
    "round that is open": "/rectifications/?state=ordered>tbody a",
    "notice to print": "/rectifications/?state=ordered>tbody a>a[href$='notice/']",
    "visit": "/institutions/?standing=overdue>tbody a>.timeline a[href^='/visits/']",
    "withdrawing a visit": "/institutions/?standing=overdue>tbody a>.timeline a[href^='/visits/']>a[href$='withdraw/']",
    "voided round": "/rectifications/?state=voided>tbody a",
    "withdrawal to print": "/rectifications/?state=voided>tbody a>.worklist li:last-child a[href^='/notices/']",
    "revoking a licence": "/institutions/?standing=overdue>tbody a>a[href$='licences/']>a[href$='revoke/']",
    "licences": "/institutions/?standing=overdue>tbody a>a[href$='licences/']",
    "correcting a licence": "/institutions/?standing=overdue>tbody a>a[href$='licences/']>a[href$='correct/']",
    "ending a licence": "/institutions/?standing=overdue>tbody a>a[href$='licences/']>a[href$='end/']",
    "map": f"/map/?{AS_OF}",
    "map with a popup": f"/map/?{AS_OF}>#list button",
    "map of rates": f"/map/?{AS_OF}&layer=townships",
    "map of changes": f"/map/?{AS_OF}&layer=change&change_since=2018-11-30",
    "map, unlocated": f"/map/?{AS_OF}>#unlocated summary",
    "map, nothing found": "/map/?q=没有这样一家",
    "wall": f"/map/?{AS_OF}&wall=1",
    "map of heat": f"/map/?{AS_OF}&layer=heat",
    "screens": "/map/walls/",
    "handovers, none yet": "/map/handovers/",
    "automatic positioning": "/map/geocoding/",
    "boundaries": "/map/boundaries/",
    "positions outside of their township": "/map/mismatches/",
    "statistics": f"/statistics/?{AS_OF}",
    "trend": f"/statistics/trend/?{AS_OF}",
    "difference": f"/statistics/difference/?{AS_OF}",
    "contradictions": f"/statistics/contradictions/?{AS_OF}",
    "reports": f"/reports/?{AS_OF}",
    "cases of misconduct": "/misconduct/",
    "case of misconduct": "/misconduct/>tbody a",
    "new case": "/misconduct/new/",
    "persons concerned": "/misconduct/persons/?state=concluded",
    "figures of the patrol": "/misconduct/figures/?since=2018-01-01&as_of=2018-12-31",
    "list of reports": "/reports/",
    "new report": "/reports/new/",
    "letterhead": "/reports/letterhead/",
    "word templates": "/reports/templates/",
    "forms of superiors": "/reports/forms/",
    "reports by themselves": "/reports/schedule/",
    "own password": "/accounts/password/",
    "second factor": "/accounts/second-factor/",
    "refused": "/institutions/?as_of=nope",
    "absent": "/rectifications/00000000-0000-4000-8000-000000000000/",
}


# What somebody else sees: the administrator, and the auditor.
OF_THE_ADMINISTRATOR = {
    "first steps": "/first-steps/",
    "divisions": "/institutions/divisions/new/",
    "administration": "/admin/",
    "accounts": "/admin/accounts/user/",
    "new account": "/admin/accounts/user/add/",
    "account": "/admin/accounts/user/>#result_list tbody th a",
    "catalogue": "/admin/inspections/findingtype/",
    "item of the catalogue": "/admin/inspections/findingtype/>#result_list tbody th a",
    "list of divisions": "/admin/institutions/division/",
    "failed sign-ins": "/admin/axes/accessattempt/",
    "failed sign-ins and locks": "/admin/accounts/failedsignin/?q=x",
    "tokens": "/admin/accounts/apitoken/?q=x",
    "trail": "/admin/accounts/auditrow/?q=x",
}
OF_THE_LEADER = {
    "today": "/",
    "collected reports": "/reports/collected/?as_of=2018-12-31",
    "list of reports": "/reports/",
}
OF_THE_AUDITOR = {"trail": "/audit/", "check of the trail": "/audit/verify/"}


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize(
    ("user", "pages"),
    [
        ("taskforce", PAGES),
        ("supervisor", OF_THE_LEADER),
        ("admin", OF_THE_ADMINISTRATOR),
        ("auditor", OF_THE_AUDITOR),
    ],
    ids=["taskforce", "supervisor", "admin", "auditor"],
)
def test_axe_finds_nothing(page, address, size, user, pages):
    page.set_default_timeout(10_000)
    page.set_viewport_size(size)
    page.goto(f"{address}/accounts/login/")
    found = {"sign-in": _by_day_and_night(page)}
    sign_in(page, address, user)
    for name, path in pages.items():
        start, *clicks = path.split(">")
        page.goto(address + start)
        for selector in clicks:
            page.locator(selector).first.click()
        page.wait_for_load_state("networkidle")
        found[name] = _by_day_and_night(page)

    assert {name: said for name, said in found.items() if said} == {}


def _by_day_and_night(page) -> list[str]:
    page.emulate_media(color_scheme="light")
    by_day = _complaints(page, WCAG)
    page.emulate_media(color_scheme="dark")
    return by_day + _complaints(page, COLOURS)


def _complaints(page, rules: dict) -> list[str]:
    """rule: where, for everything that axe-core finds on the page."""
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")  # colours that fade
    only = {"resultTypes": ["violations"]}  # of the rest nothing is put together
    violations = Axe().run(page, options=rules | only).response["violations"]
    return [f"{each['id']}: {node['target']} {node['html'][:120]}" for each in violations for node in each["nodes"][:5]]


def test_axe_would_find_something(page, address):
    page.goto(f"{address}/accounts/login/")
    page.evaluate("document.querySelector('main').appendChild(document.createElement('img')).src = '/favicon.ico'")

    assert any(said.startswith("image-alt") for said in _complaints(page, WCAG))


def test_axe_would_find_a_colour_of_the_night(page, address):
    page.goto(f"{address}/accounts/login/")
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.querySelector('main label').style.color = '#222'")

    assert any(said.startswith("color-contrast") for said in _complaints(page, COLOURS))
