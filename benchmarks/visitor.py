"""A visitor without a browser: speaks the app's own protocol, so that thirty of them cost the machine next to nothing.

As a browser does, it opens the websocket, asks for a run of the script with the address and the state of the widgets,
and puts an upload where the server says. What the server answers is kept as far as a test of load wants to know it.
"""

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import aiohttp
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from yarl import URL

XSRF = "_streamlit_xsrf"  # the cookie that an upload must name, too
PATIENCE = 600  # seconds for one run of a script
MAX_MESSAGE = 64 << 20  # bytes


@dataclass
class Shown:
    """What one run of the script drew.

    Attributes:
        elements: every element, in the order in which it was drawn last.
        failures: the messages of exceptions that a visitor would see.
        meanwhile: sentences that stood there for a while, in the order in which they came.
        silence: the longest time in which nothing came, seconds.
    """

    elements: list[Element] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    meanwhile: list[str] = field(default_factory=list)
    silence: float = 0.0

    def widget(self, kind: str, ending: str) -> str:
        """The id of the widget of a kind ("file_uploader") whose key ends so.

        Raises:
            LookupError: none was drawn.
        """
        for element in self.elements:
            if element.WhichOneof("type") == kind and getattr(element, kind).id.endswith(ending):
                found: str = getattr(element, kind).id
                return found
        raise LookupError(f"No {kind} whose key ends in {ending} was drawn.")

    def payload(self, ending: str) -> dict[str, Any]:
        """What the component whose key ends so was given.

        Raises:
            LookupError: none was drawn.
        """
        for element in self.elements:
            if element.WhichOneof("type") == "bidi_component" and element.bidi_component.id.endswith(ending):
                component = element.bidi_component
                text = component.mixed.json if component.WhichOneof("data") == "mixed" else component.json
                found: dict[str, Any] = json.loads(text)
                return found
        raise LookupError(f"No component whose key ends in {ending} was drawn.")

    def texts(self) -> list[str]:
        """The sentences of alerts."""
        return [element.alert.body for element in self.elements if element.WhichOneof("type") == "alert"]


class Visitor:
    """One session of the app at ``address`` (http://127.0.0.1:8501); use it as a context, for it ends with it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.session_id = ""
        self._files: dict[str, tuple[str, str, int, Any]] = {}  # widget -> file id, name, bytes, its addresses

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))  # cookies of an IP address, too
        async with self._http.get(f"{self.address}/_stcore/health") as answer:
            answer.raise_for_status()
        async with self._http.get(f"{self.address}/_stcore/host-config") as answer:
            answer.raise_for_status()
        cookies = self._http.cookie_jar.filter_cookies(URL(self.address))
        self._token = cookies[XSRF].value if XSRF in cookies else ""
        stream = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        protocols = ("streamlit", self._token) if self._token else ("streamlit",)
        self._socket = await self._http.ws_connect(stream, protocols=protocols, max_msg_size=MAX_MESSAGE)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._socket.close()
        await self._http.close()

    async def open(self, page: str, query: str = "") -> Shown:
        """Run a page ("compare", "" for the first) at an address and wait until it is drawn.

        Raises:
            TimeoutError: it was not within :data:`PATIENCE`.
            ConnectionError: the server closed the stream.
        """
        await self.ask(page, query)
        return await asyncio.wait_for(self._drawn(), PATIENCE)

    async def ask(self, page: str, query: str = "") -> None:
        """Ask for a page, and do not wait for it."""
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        for widget, (file, name, size, urls) in self._files.items():
            state = message.rerun_script.widget_states.widgets.add(id=widget)
            state.file_uploader_state_value.uploaded_file_info.add(file_id=file, name=name, size=size, file_urls=urls)
        await self._socket.send_bytes(message.SerializeToString())

    async def upload(self, widget: str, name: str, data: bytes) -> None:
        """Put a file where the server says; the next :meth:`open` hands it to the widget."""
        message = BackMsg()
        message.file_urls_request.request_id = str(uuid.uuid4())
        message.file_urls_request.file_names.append(name)
        message.file_urls_request.session_id = self.session_id
        await self._socket.send_bytes(message.SerializeToString())
        while True:
            answer = await asyncio.wait_for(self._next(), PATIENCE)
            if answer.WhichOneof("type") == "file_urls_response":
                break
        urls = answer.file_urls_response.file_urls[0]
        form = aiohttp.FormData()
        form.add_field("file", data, filename=name)
        async with self._http.put(
            self.address + urls.upload_url, data=form, headers={"X-Xsrftoken": self._token}
        ) as put:
            put.raise_for_status()
        self._files[widget] = urls.file_id, name, len(data), urls

    async def fetch(self, path: str) -> bytes:
        """A picture of the page, as the server hands it out."""
        async with self._http.get(self.address + path) as answer:
            answer.raise_for_status()
            return await answer.read()

    async def _next(self) -> ForwardMsg:
        received = await self._socket.receive()
        if received.type != aiohttp.WSMsgType.BINARY:
            raise ConnectionError(f"The server closed the stream: {received.type.name} {received.data}.")
        return ForwardMsg.FromString(received.data)

    async def _drawn(self) -> Shown:
        places: dict[tuple[int, ...], Element] = {}
        passed: list[Element] = []  # what something else took the place of
        silence, last = 0.0, time.monotonic()
        while True:
            message = await self._next()
            silence, last = max(silence, time.monotonic() - last), time.monotonic()
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session_id = message.new_session.initialize.session_id or self.session_id
                places.clear()  # also where the script began again by itself
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                place = tuple(message.metadata.delta_path)
                if place in places:
                    passed.append(places.pop(place))
                places[place] = message.delta.new_element
            elif kind == "script_finished" and message.script_finished in (
                ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
            ):  # fmt: skip
                break
        elements = list(places.values())
        failures = [e.exception.message for e in elements if e.WhichOneof("type") == "exception"]
        meanwhile = [e.markdown.body for e in passed if e.WhichOneof("type") == "markdown"]
        return Shown(elements, failures, meanwhile, silence)
