"""What a person does with the app, and what the server has of it."""

import io
import itertools
import random

from PIL import Image
from playwright.sync_api import expect

from tests.browser.server import PASSWORD, WHOLE_CHROMIUM, sign_in
from tests.browser.waiting import wait_until

SIZE = {"width": 390, "height": 844}
HERE = {"longitude": 120.9, "latitude": 28.03, "accuracy": 12}
EXPECTED = (
    "Failed to load resource", "net::ERR_", "Service Worker registration blocked by Playwright",
    "The Cross-Origin-Opener-Policy header has been ignored",  # over plain http
)  # fmt: skip
_numbers = itertools.count(1)


def jpeg(width: int = 640, height: int = 480, grain: int = 8) -> bytes:
    """A photo unlike every other; the finer its grain, the more bytes."""
    picture = Image.frombytes(
        "RGB",
        (width // grain, height // grain),
        random.Random(next(_numbers)).randbytes((width // grain) * (height // grain) * 3),
    )
    written = io.BytesIO()
    picture.resize((width, height)).save(written, "JPEG", quality=90)
    return written.getvalue()


class Phone:
    def __init__(self, browser, server, *, size=None, script="", address="", folder="", room=0, **settings):
        given = {"viewport": size or SIZE, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", "has_touch": True}
        given |= {"is_mobile": True, "geolocation": HERE, "permissions": ["geolocation", "background-sync"]}
        self.server = server
        self.address = address or server.address
        self.complaints: list[str] = []
        self.sent: list[str] = []  # requests that write, as "PUT /path"
        if folder:  # a browser of its own with its profile there
            self.context = browser.browser_type.launch_persistent_context(folder, **WHOLE_CHROMIUM | given | settings)
        else:
            self.context = browser.new_context(**given | settings)
        if script:
            self.context.add_init_script(script)
        self.context.on("request", self._note)
        self.page = self.new_page()
        if room:  # bytes; the browser asks at the first write, and not again for a while
            self.devtools = self.context.new_cdp_session(self.page)
            self.has_room(room)

    def has_room(self, room: int) -> None:
        self.devtools.send("Storage.overrideQuotaForOrigin", {"origin": self.address, "quotaSize": room})

    def _note(self, request) -> None:
        if "/api/v1/visits/" in request.url or "/api/v1/field/visits/" in request.url:
            self.sent.append(f"{request.method} {request.url.removeprefix(self.address)}")

    def new_page(self):
        page = self.context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._said)
        return page

    def _said(self, message) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            self.complaints.append(message.text)

    def close(self) -> None:
        self.context.close()

    def sign_in(self, username: str) -> None:
        sign_in(self.page, self.address, username)

    def sign_in_again(self, username: str = "inspector") -> None:
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("main button.primary")

    def open(self, page=None) -> None:
        (page or self.page).goto(f"{self.address}/field/")
        (page or self.page).wait_for_selector("#age:not(:empty)")

    def wait_for_worker(self) -> None:
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        wait_until(self.page, "navigator.serviceWorker.controller !== null")

    def offline(self, on: bool = True) -> None:
        self.context.set_offline(on)

    # --- The form

    def begin(self, place: int = 0, result: str = "inspected") -> str:
        """Opens the form of the so-manieth institution that has no open round; the id of the visit."""
        self.page.click("[data-filter=everything]")
        rounds = self.page.locator(".standing.open, .standing.overdue")
        self.page.locator(".card", has_not=rounds).locator("[data-visit]").nth(place).click()
        self.page.wait_for_selector("#save")
        self.page.click(f"#s-result [data-value={result}]")
        return self.page.url.rpartition("/")[2]

    def photo(self, *, wait: bool = True, **of) -> None:
        there = self.page.locator(".thumb img").count()
        self.page.set_input_files("#camera", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg(**of)})
        if wait:
            expect(self.page.locator(".thumb img")).to_have_count(there + 1)

    def save(self) -> None:
        self.page.click("#save")
        self.page.wait_for_url("**/field/#/done/**")

    def says(self, state: str, seconds: float = 15) -> None:
        """The page of a visit says where it stands."""
        self.page.wait_for_selector(f"[data-state={state}]", timeout=seconds * 1000)

    def send(self) -> None:
        """Presses the button when no sending is on its way, unless nothing waits any more."""
        wait_until(self.page, "!document.querySelector('.bar .send:disabled')")
        self.page.evaluate("document.querySelector('.bar .send:enabled')?.click()")

    # --- What the server has

    def on_server(self, visit: str) -> tuple[int, int]:
        """(visits of this id, photos of it that are stored)"""
        code = "from inspections.models import Visit, Photo; "
        code += f"print(Visit.objects.filter(pk='{visit}').count(), "
        code += f"Photo.objects.filter(visit_id='{visit}', stored_at__isnull=False).count())"
        visits, photos = self.server.run(code).split()
        return int(visits), int(photos)

    def all_on_server(self) -> int:
        return int(self.server.run("from inspections.models import Visit; print(Visit.objects.count())"))
