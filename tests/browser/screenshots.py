"""Takes the screenshots of docs/images from the demonstration: `make images`; with names, `python -m
tests.browser.screenshots map wall`, those of these pages only."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.server import CHROMIUM, DESKTOP, PHONE, ROOT, running_server, sign_in

IMAGES = ROOT / "docs" / "images"
AS_OF = "division=330382&as_of=2018-12-31"
PAGES = {
    "today": "/",
    "institutions": "/institutions/?standing=open",
    "rectifications": "/rectifications/",
    "map": "/map/",
    "statistics": f"/statistics/?{AS_OF}",
    "reports": f"/reports/?{AS_OF}",
}


WALL = {"width": 1920, "height": 1080}
FILES = ("institution", "visit")  # pages of one institution, found on the way


def main(wanted: list[str]) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with running_server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        for size, suffix in ((DESKTOP, ""), (PHONE, "-phone")):
            page = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
            sign_in(page, address, "taskforce")
            for name, path in PAGES.items():
                if name in wanted:
                    _take(page, address + path, IMAGES / f"{name}{suffix}.png")
            if not set(FILES) & set(wanted):
                continue
            page.goto(f"{address}/rectifications/?state=submitted")
            page.locator("tbody a").first.click()
            page.locator("h1 a").first.click()
            _take(page, page.url, IMAGES / f"institution{suffix}.png")
            page.locator("text=登记走访").first.click()
            _take(page, page.url, IMAGES / f"visit{suffix}.png")
        if "wall" in wanted:
            page = browser.new_context(viewport=WALL, locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
            sign_in(page, address, "taskforce")
            _take(page, f"{address}/map/?{AS_OF}&wall=1", IMAGES / "wall.png")
        browser.close()


def _take(page, url: str, place: Path) -> None:
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=place)
    print(place.relative_to(ROOT))


if __name__ == "__main__":
    main(sys.argv[1:] or [*PAGES, *FILES, "wall"])
