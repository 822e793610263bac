"""A provider of tiles on this machine: a small HTTP server that keeps what it was asked, and says what it is told."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.parse import urlsplit

from PIL import Image


def picture(colour, kind: str = "PNG") -> bytes:
    written = BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", (256, 256), colour).save(written, kind)
    return written.getvalue()


class TileServer:
    """`answers` by path: (status, headers, content); `asked` are (path with query, headers)."""

    def __init__(self, url: str):
        self.url, self.asked, self.answers, self.delay = url, [], {}, 0.0

    def says(self, path: str, content: bytes, status: int = 200, kind: str = "image/png", **headers: str) -> None:
        self.answers[path] = (status, {"Content-Type": kind} | headers, content)


@contextmanager
def serving():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append((self.path, dict(self.headers)))
            time.sleep(server.delay)
            path = urlsplit(self.path).path
            status, headers, content = server.answers.get(path, (404, {"Content-Type": "text/plain"}, b"nothing here"))
            if status == 200 and headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                status, content = 304, b""
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                self.wfile.write(content)
            except BrokenPipeError:
                return

        def log_message(self, *_args):
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    server = TileServer(f"http://127.0.0.1:{listening.server_port}")
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
