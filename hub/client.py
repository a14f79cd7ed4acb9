"""A student as the hub sees one: logs in by the form, opens a lesson, runs it, moves a slider."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect


class KernelDied(Exception):
    """The kernel ended while a cell ran."""


class ClientError(Exception):
    """What a student could not do, as a sentence."""


@dataclass
class Client:
    """One student with a name, a password and a browser's cookies."""

    name: str
    password: str
    address: str
    lesson: str
    moves: int = 0
    stage: str = "outside"
    cells: int = 0
    deaths: int = 0
    kernel: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    slider: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the browser."""
        self.http = httpx.AsyncClient(
            base_url=self.address, follow_redirects=True, timeout=300, trust_env=False
        )
        self.comms: dict[str, dict[str, Any]] = {}
        self.news: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @property
    def home(self) -> str:
        """Where this student's server answers."""
        return f"/user/{self.name}/"

    def cookies(self, path: str) -> dict[str, str]:
        """Return the cookies that a browser sends to a path; the narrowest path counts."""
        jar = sorted(self.http.cookies.jar, key=lambda each: len(each.path))
        return {each.name: each.value or "" for each in jar if path.startswith(each.path)}

    async def work(self) -> None:
        """Come in, run the lesson from top to bottom and move a slider; time each part."""
        async with self.timed("spawn"):
            await self.login()
        async with self.timed("open"):
            content = await self.open()
        async with self.timed("run"):
            await self.run(content)
        for number in range(self.moves):
            await self.move(0.02 + 0.002 * number)
        self.stage = "save"
        saved = await self.api(
            "PUT",
            f"api/contents/{self.lesson}",
            {"type": "notebook", "format": "json", "content": content},
        )
        if saved["path"] != self.lesson:
            raise ClientError("the lesson was not saved")
        self.stage = "done"

    @contextlib.asynccontextmanager
    async def timed(self, stage: str) -> Any:
        """Note how long a part of the work takes."""
        self.stage, begin = stage, time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - begin

    async def login(self) -> None:
        """Log in by the form and wait until the own server shows its page."""
        await self.http.get("/hub/login")
        form = {"username": self.name, "password": self.password}
        token = self.cookies("/hub/")["_xsrf"]
        answer = await self.http.post("/hub/login", params={"_xsrf": token}, data=form)
        while not answer.url.path.startswith(self.home):
            if answer.status_code != 200:
                raise ClientError(f"the hub answers {answer.status_code} at {answer.url.path}")
            await asyncio.sleep(1)
            answer = await self.http.get(f"/hub/spawn-pending/{self.name}")
        answer.raise_for_status()

    async def api(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the student's own server, as JupyterLab in the browser does."""
        headers = {"X-XSRFToken": self.cookies(self.home).get("_xsrf", "")}
        answer = await self.http.request(method, self.home + path, json=body, headers=headers)
        if answer.status_code >= 400:
            raise ClientError(f"{method} {path} answers {answer.status_code}")
        return answer.json()

    async def open(self) -> dict[str, Any]:
        """Read the own copy of the lesson, start its kernel and listen to it."""
        model = await self.api("GET", f"api/contents/{self.lesson}?content=1")
        session = await self.api(
            "POST",
            "api/sessions",
            {"path": self.lesson, "name": "", "type": "notebook", "kernel": {"name": "python3"}},
        )
        self.kernel = session["kernel"]["id"]
        path = f"{self.home}api/kernels/{self.kernel}/channels"
        cookie = "; ".join(f"{key}={value}" for key, value in self.cookies(path).items())
        url = self.address.replace("http", "ws", 1) + path
        request = HTTPRequest(url, headers={"Cookie": cookie}, request_timeout=300)
        self.socket = await websocket_connect(request, on_message_callback=self.receive)
        return model["content"]

    def receive(self, text: str | bytes | None) -> None:
        """Keep what the kernel says; models of widgets are kept by their id."""
        if not isinstance(text, str):
            return
        message = json.loads(text)
        content = message.get("content", {})
        if message.get("msg_type") == "comm_open":
            self.comms[content["comm_id"]] = content["data"].get("state", {})
        self.news.put_nowait(message)

    async def send(self, kind: str, content: dict[str, Any]) -> str:
        """Send the kernel a message and return its number."""
        number = uuid.uuid4().hex
        header = {
            "msg_id": number,
            "msg_type": kind,
            "username": self.name,
            "session": self.kernel,
            "date": "",
            "version": "5.3",
        }
        await self.socket.write_message(
            json.dumps(
                {
                    "header": header,
                    "parent_header": {},
                    "metadata": {},
                    "content": content,
                    "channel": "shell",
                    "buffers": [],
                }
            )
        )
        return number

    async def wait_for(self, wanted: Any) -> dict[str, Any]:
        """Return the next message that is wanted."""
        while True:
            message = await self.news.get()
            state = message.get("content", {}).get("execution_state")
            if state in ("restarting", "autorestarting", "dead"):
                raise KernelDied
            if wanted(message):
                return message

    async def run(self, content: dict[str, Any]) -> None:
        """Run every cell of code; if the kernel dies, wait for the next and begin again."""
        try:
            for cell in content["cells"]:
                if cell["cell_type"] == "code":
                    await self.execute(cell)
        except KernelDied:
            self.deaths += 1
            if self.deaths > 2:
                raise ClientError("the kernel died three times") from None
            self.comms.clear()
            self.cells = 0
            await self.run(content)

    async def execute(self, cell: dict[str, Any]) -> None:
        """Run one cell and hold that it raises nothing that the lesson does not show."""
        number = await self.send(
            "execute_request",
            {
                "code": cell["source"],
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": True,
            },
        )
        reply = await self.wait_for(
            lambda each: (
                each["msg_type"] == "execute_reply"
                and each["parent_header"].get("msg_id") == number
            )
        )
        shown = "raises-exception" in cell["metadata"].get("tags", [])
        if reply["content"]["status"] != "ok" and not shown:
            raise ClientError(f"a cell raises {reply['content'].get('ename')}")
        self.cells += 1

    async def move(self, value: float) -> None:
        """Move the explorer's learning rate and wait for the new picture."""
        self.stage = "slider"
        sliders = [
            key
            for key, state in self.comms.items()
            if state.get("_model_name") == "FloatSliderModel"
            and "learning rate" in state.get("description", "")
        ]
        if not sliders:
            raise ClientError("the lesson shows no slider for the learning rate")
        begin = time.perf_counter()
        await self.send(
            "comm_msg",
            {
                "comm_id": sliders[0],
                "data": {"method": "update", "state": {"value": value}, "buffer_paths": []},
            },
        )
        await self.wait_for(
            lambda each: (
                each["msg_type"] == "comm_msg"
                and "picture" in each["content"]["data"].get("state", {})
            )
        )
        self.slider.append(time.perf_counter() - begin)

    async def close(self) -> None:
        """Close the browser; the server stays until it is culled."""
        with contextlib.suppress(AttributeError):
            self.socket.close()
        await self.http.aclose()
