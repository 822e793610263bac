"""A provider of tiles that breaks off in the middle: a blank tile and a sentence, never a fault of ours."""

import socket
import threading

import pytest

from mapping import basemaps, tiles_kept
from mapping.tiles_page import BLANK

TILE = "/map/tiles/xyz/3/1/1"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"
ANSWERS = {
    "shorter than it says": (HEAD + b"Content-Length: 1000\r\n\r\nabc", "unreachable"),
    "no gzip": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", "unreachable"),
    "a bad chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", "unreachable"),
    "stops in the middle": (HEAD + b"Content-Length: 1000\r\n\r\nabc", "timeout"),
}


@pytest.fixture
def provider(settings, monkeypatch):
    """`provider(content, hangs)`: answers so, then closes, or hangs until the test is over."""
    monkeypatch.setattr(tiles_kept, "_allowance", tiles_kept._Allowance())
    monkeypatch.setattr(tiles_kept, "_rests_until", {})
    over, listening = threading.Event(), socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def answering(content: bytes, hangs: bool) -> None:
        def answer() -> None:
            connection, _address = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(content)
                if hangs:
                    over.wait(10)

        threads.append(threading.Thread(target=answer))
        threads[0].start()
        settings.BASEMAPS, settings.XYZ_URL = (
            ["xyz"],
            f"http://127.0.0.1:{listening.getsockname()[1]}/{{z}}/{{x}}/{{y}}",
        )
        settings.XYZ_DATUM, settings.XYZ_ATTRIBUTION, settings.XYZ_APPROVAL_NUMBER = (
            "wgs84",
            "测绘院",
            "浙S（2018）16号",
        )
        settings.BASEMAP_TIMEOUT_S = 0.3

    yield answering
    over.set()
    for thread in threads:
        thread.join()
    listening.close()


@pytest.mark.parametrize("how", ANSWERS)
def test_answer_that_breaks_off_is_a_blank_tile_and_said(browse, inspector, provider, how):
    content, reason = ANSWERS[how]
    provider(content, hangs=reason == "timeout")

    answer = browse(inspector).get(TILE)

    assert (answer.status_code, answer.content, answer["X-Tile-Problem"]) == (200, BLANK, reason)
    assert basemaps.for_page()[0]["problem"] == tiles_kept._says(reason)
