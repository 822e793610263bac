"""What goes over the line: the first time, and again. Counted on the line itself, whoever asks."""

import contextlib
import selectors
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
        self.carrying: list[threading.Thread] = []
        self.taking = threading.Thread(target=self._take)
        self.taking.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}"

    def _take(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                phone, _address = self.listening.accept()
                ends = phone, socket.create_connection(("127.0.0.1", self.port))
                self.carrying.append(threading.Thread(target=self._carry, args=ends))
                self.carrying[-1].start()

    def _carry(self, phone: socket.socket, server: socket.socket) -> None:
        other = {phone: server, server: phone}
        with phone, server, selectors.DefaultSelector() as ready, contextlib.suppress(OSError):
            for each in other:
                ready.register(each, selectors.EVENT_READ)
            while True:
                for key, _events in ready.select():
                    data = key.fileobj.recv(65536)
                    if not data:
                        return
                    self.bytes += len(data) if key.fileobj is server else 0
                    other[key.fileobj].sendall(data)

    def close(self) -> None:
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        for each in (self.taking, *self.carrying):
            each.join()


@pytest.fixture
def line(server) -> Iterator[Line]:
    made = Line(server.port)
    yield made
    made.close()


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
