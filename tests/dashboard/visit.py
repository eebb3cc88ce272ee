"""A small page served by the middleware of the dashboard, and a visitor who is no browser."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path

import uvicorn
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.web.server.starlette import App
from websockets.sync.client import ClientConnection, connect

from face2bone.dashboard.common.serving import MIDDLEWARE
from face2bone.dashboard.common.visitors import swept

SECONDS = 30.0


def until(true: Callable[[], bool]) -> bool:
    """Whether it came true within ``SECONDS``."""
    end = time.monotonic() + SECONDS
    while not (done := true()) and time.monotonic() < end:
        time.sleep(0.05)
    return done


@contextmanager
def served(script: Path, sweep_seconds: float = 0.2) -> Iterator[int]:
    """The port of a server for this page, in a thread of this process."""
    before = Runtime._instance
    Runtime._instance = None
    app = App(script, middleware=MIDDLEWARE, lifespan=lambda _: swept(sweep_seconds))
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="error", ws="websockets-sansio", lifespan="on")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert until(lambda: server.started)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        # A stopped runtime leaves the event loop of a session that it did not end unclosed.
        for left in Runtime.instance()._session_mgr.list_sessions():
            left.session.shutdown()
        server.should_exit = True
        thread.join(SECONDS)
        Runtime._instance = before


class Visitor:
    """An open page: its websocket, its session, and what the server set as a cookie."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookie = self.get("/_stcore/health")[1]["Set-Cookie"].split(";")[0]
        self._open = ExitStack()
        self.socket: ClientConnection = self._open.enter_context(
            connect(f"ws://127.0.0.1:{port}/_stcore/stream", max_size=None, proxy=None)
        )
        self.session_id = ""
        self.downloads: list[str] = []
        self.draw()

    def draw(self, query: str = "") -> None:
        """Let the page be drawn, as at the first look and after each click."""
        message = BackMsg()
        message.rerun_script.query_string = query
        self.socket.send(message.SerializeToString())
        self.read_to_the_end()

    def get(self, path: str) -> tuple[int, Message, bytes]:
        """Status, headers and body of an answer."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)) as connection:
            connection.request("GET", path)
            with connection.getresponse() as answer:
                return answer.status, answer.headers, answer.read()

    def read_to_the_end(self) -> None:
        """Take in what the script sends, until it has ended."""
        while (found := self.next()).WhichOneof("type") != "script_finished":
            if found.HasField("new_session"):
                self.session_id = found.new_session.initialize.session_id
            button = found.delta.new_element.download_button
            if button.deferred_file_id:
                self.downloads.append(button.deferred_file_id)

    def next(self) -> ForwardMsg:
        """The next message of the server."""
        data = self.socket.recv(SECONDS)
        assert isinstance(data, bytes)
        message = ForwardMsg()
        message.ParseFromString(data)
        return message

    def upload(self, name: str, data: bytes, chunked: bool = False) -> int:
        """Send a file as the uploader does; returns the status."""
        edge = "0123456789abcdef"
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
            "Content-Type: image/png\r\n\r\n"
        ).encode()
        body = head + data + f"\r\n--{edge}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "Cookie": self.cookie,
            "X-Xsrftoken": self.cookie.partition("=")[2],
        }
        path = f"/_stcore/upload_file/{self.session_id}/{name}"
        pieces = (body[i : i + 2**20] for i in range(0, len(body), 2**20))
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)) as connection:
            try:
                sent = pieces if chunked else body
                connection.request("PUT", path, sent, headers, encode_chunked=chunked)
            except OSError:
                return 0  # cut off while it was sending
            with connection.getresponse() as answer:
                return answer.status

    def download(self, file_id: str) -> str:
        """Press a download button; returns the path of the file."""
        message = BackMsg()
        message.backend_operation_request.request_id = "1"
        message.backend_operation_request.session_id = self.session_id
        message.backend_operation_request.deferred_file.file_id = file_id
        self.socket.send(message.SerializeToString())
        while (found := self.next()).WhichOneof("type") != "backend_operation_response":
            pass
        return found.backend_operation_response.deferred_file.url

    def leave(self) -> None:
        """Close the tab."""
        self._open.close()
