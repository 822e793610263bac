"""The wall: it shows the lagging divisions in turn, says troubles large, and runs for a week without growing."""

import pytest

from tests.browser.map_answers import answering, square, township
from tests.browser.waiting import wait_until

WALL = {"width": 1920, "height": 1080}
BELOW = [
    township("330382108", "柳市镇", 120.9, 28.03, 0.62, overdue=3),
    township("330382109", "北白象镇", 120.85, 28.1, 0.95),
    township("330382001", "乐成街道", 120.97, 28.12, 0.78, overdue=1),
]


@pytest.fixture
def on_wall(signed_in, address):
    """The wall with answers that change with every question, its clock in the test's hand."""
    page = signed_in("taskforce")
    page.set_viewport_size(WALL)
    counts = iter(range(1, 1_000_000))
    squares = [(120.85 + place % 5 / 20, 28.0 + place // 5 / 20) for place in range(25)]
    answering(
        page, lambda query: [square(n, *at, clear=next(counts), overdue=n % 3) for n, at in enumerate(squares)], BELOW
    )
    page.clock.install()
    page.goto(f"{address}/map/?wall=1&as_of=2018-12-31")
    wait_rounds(page, 1)
    return page


def wait_rounds(page, number: int) -> None:
    wait_until(page, "(n) => Number(document.body.dataset.rounds) >= n", number)


def next_round(page, number: int, seconds: int = 30) -> None:
    page.clock.run_for(seconds * 1000)
    wait_rounds(page, number)


def test_lagging_divisions_come_first_in_turn(on_wall):
    seen = []
    for number in range(2, 6):
        seen.append(on_wall.locator("#wall-name").inner_text())
        next_round(on_wall, number)

    assert seen == ["柳市镇", "乐成街道", "北白象镇", "柳市镇"]
    assert on_wall.locator("[data-figure=completion_percent]").inner_text() == "94.33%"
    sizes = on_wall.evaluate(
        """[...document.querySelectorAll("dt, dd, h1, h2, h3, #wall-said, #wall-list, .place span, #wall-legend")]
          .map((each) => parseFloat(getComputedStyle(each).fontSize))"""
    )
    assert min(sizes) >= 22


def measure(page, devtools) -> dict[str, float]:
    for _ in range(2):
        devtools.send("HeapProfiler.collectGarbage")
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    wanted = ("Nodes", "JSHeapUsedSize", "JSEventListeners")
    return {each["name"]: each["value"] for each in metrics if each["name"] in wanted}


def test_two_hundred_refreshes_do_not_grow(on_wall):
    devtools = on_wall.context.new_cdp_session(on_wall)
    devtools.send("Performance.enable")
    for number in range(2, 22):
        next_round(on_wall, number)
    early = measure(on_wall, devtools)

    for number in range(22, 202):
        next_round(on_wall, number)

    late = measure(on_wall, devtools)
    assert int(on_wall.evaluate("document.body.dataset.rounds")) >= 201
    assert late["Nodes"] <= early["Nodes"] * 1.05
    assert late["JSEventListeners"] <= early["JSEventListeners"] * 1.05
    assert late["JSHeapUsedSize"] <= early["JSHeapUsedSize"] * 1.1


NO_ANSWER = "none within the wall's patience"
SHOWN = "#wall-figures dd, #wall-legend b, #wall-unlocated, .wall-township :is(p, h2, h3, ol), .place"


@pytest.mark.parametrize(
    ("status", "said", "dark"),
    [(0, "连不上服务器", False), (NO_ANSWER, "连不上服务器", False), (401, "登录已失效", True), (404, "404", True)],
)
def test_trouble_is_said_large_and_asked_again(page, address, status, said, dark):
    from tests.browser.server import sign_in

    page.set_default_timeout(10_000)
    sign_in(page, address, "taskforce")
    page.set_viewport_size(WALL)
    answering(page, lambda query: [square(1, 120.9, 28.0, clear=5)], BELOW)
    page.clock.install()
    page.goto(f"{address}/map/?wall=1&as_of=2018-12-31")
    wait_rounds(page, 1)
    broken = "**/api/v1/map/townships/**"
    if status != NO_ANSWER:
        page.route(broken, lambda route: route.fulfill(status=status, body="{}") if status else route.abort())
    else:
        page.route(broken, lambda route: None)

    next_round(page, 2, 30 if status != NO_ANSWER else 55)
    trouble = page.locator("#wall-trouble")
    assert trouble.is_visible()
    assert said in trouble.inner_text()
    assert float(trouble.evaluate("(box) => parseFloat(getComputedStyle(box).fontSize)")) >= 40
    assert trouble.locator("a").count() == (1 if status == 401 else 0)
    left = "".join(page.locator(SHOWN).all_text_contents()).strip()
    assert (not left, page.evaluate("document.body.dataset.marks")) == (dark, "0" if dark else "1")
    assert page.locator(".leaflet-overlay-pane path").count() == (0 if dark else 1)
    covered = trouble.bounding_box()
    assert (covered["height"] == WALL["height"]) == dark
    page.unroute(broken)
    next_round(page, 3, 15)

    assert not trouble.is_visible()
    assert (page.locator("#wall-name").inner_text() != "", page.evaluate("document.body.dataset.marks")) == (True, "1")


def test_wall_of_the_server_shows_its_figures(signed_in, address):
    page = signed_in("taskforce")
    page.set_viewport_size(WALL)

    page.goto(f"{address}/map/?wall=1&division=330382&as_of=2018-12-31")
    wait_rounds(page, 1)

    figures = page.locator("#wall-figures dd").all_inner_texts()
    assert [figures[0], figures[1], figures[2], figures[4]] == ["1495", "1270", "1198", "94.33%"]
    drawn = page.request.get(f"{address}/api/v1/map/?division=330382&as_of=2018-12-31&zoom=10").json()
    shown = page.locator("#wall-legend li:not([hidden]) b").all_inner_texts()
    assert sum(map(int, shown)) == drawn["located"]
    assert page.locator("#wall-unlocated").inner_text() == f"其中 {drawn['unlocated']} 家未定位"
    assert page.locator("#wall-next li").count() == 5

    page.goto(f"{address}/map/?wall=1&division=330382&as_of=2018-12-31&standing=overdue")
    wait_rounds(page, 1)
    assert page.locator("#wall-figures dd").all_inner_texts() == figures
    drawn = page.request.get(f"{address}/api/v1/map/?division=330382&as_of=2018-12-31&zoom=10&standing=overdue").json()
    assert page.locator("#wall-legend li:not([hidden]) b").all_inner_texts() == [str(drawn["located"])]
    assert page.locator(".wall-asked").inner_text().split() == ["地图只显示：逾期", "位置为现在登记的"]


def test_division_with_nothing_below_it_is_shown_itself(signed_in, address):
    page = signed_in("taskforce")
    page.set_viewport_size(WALL)
    answering(page, lambda query: [square(1, 120.9, 28.0, clear=5)], [])

    page.goto(f"{address}/map/?wall=1&division=330382&as_of=2018-12-31")
    wait_rounds(page, 1)

    assert page.locator("#wall-name").inner_text() == "乐清市"
    assert page.locator("#wall-rate").inner_text() == "94.33%"
    assert page.locator("#wall-trouble").is_hidden()


def test_screen_with_a_pass_goes_on_when_the_session_is_over(signed_in, address):
    page = signed_in("taskforce")
    page.set_viewport_size(WALL)
    page.goto(f"{address}/map/?division=330382&as_of=2018-12-31")
    page.click(".on-wall summary")
    page.fill("#wall-name", "会议室大屏")
    page.check("input[name=sign_out]")
    page.click("text=开始挂图")
    page.wait_for_url(f"{address}/map/wall/?division=330382&as_of=2018-12-31")
    wait_rounds(page, 1)

    assert page.locator("#wall-figures dd").first.inner_text() == "1495"
    assert "会议室大屏" in page.locator(".wall-screen").inner_text()
    assert "sessionid" not in {each["name"] for each in page.context.cookies()}
