"""What goes over the line: the first time, and again. Counted on the line itself, whoever asks."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.browser.field.phones import Phone

FIRST, AGAIN = 250_000, 5_000  # bytes


class Line:
    """A line to the server that counts what comes down."""

    def __init__(self, port: int):
        self.port, self.bytes = port, 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._take, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}"

    def _take(self) -> None:
        while True:
            try:
                phone, _address = self.listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.port))
            for ends in ((phone, server, False), (server, phone, True)):
                threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, from_: socket.socket, to: socket.socket, down: bool) -> None:
        try:
            while data := from_.recv(65536):
                self.bytes += len(data) if down else 0
                to.sendall(data)
            to.shutdown(socket.SHUT_WR)
        except OSError:
            to.close()


@pytest.fixture
def line(server) -> Iterator[Line]:
    made = Line(server.port)
    yield made
    made.listening.close()


def test_first_load_and_loading_again_are_small(browser, server, line):
    phone = Phone(browser, server, address=line.address)
    phone.sign_in("inspector")
    line.bytes = 0

    phone.open()
    phone.wait_for_worker()
    phone.page.wait_for_load_state("networkidle")
    first, line.bytes = line.bytes, 0
    phone.page.reload()
    phone.page.wait_for_selector(".card")
    phone.page.wait_for_load_state("networkidle")
    again = line.bytes
    phone.close()

    assert first <= FIRST
    assert again <= AGAIN
