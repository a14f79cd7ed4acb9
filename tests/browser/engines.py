"""The browsers that can be driven: Chromium, Firefox and WebKit, with one way to speak to each.

Chromium is Playwright's. Firefox is spoken to in WebDriver BiDi, over the socket that it opens
itself; WebKitGTK, in which Safari's engine runs on Linux, in WebDriver, through the driver that
comes with it. Both are programs of the system, found by their names, with a profile of their own.
"""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import websocket
from playwright.sync_api import Page

from tests.browser.lab import chromium

# A page of JupyterLab takes a slow machine a minute to load.
SECONDS = 150
# The keys that the checks press, as WebDriver writes them.
KEYS = {"ArrowRight": "\ue014", "ArrowLeft": "\ue012", "Enter": "\ue007"}
DISPLAY = ":93"
# Debian puts the browser beside its libraries, not on the path.
MINI_BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser", "/usr/libexec/webkit2gtk-4.*/MiniBrowser"
WIDTH, HEIGHT = 1366, 768


class NoEngine(Exception):
    """A browser that is not installed; says what to install."""


class Engine(Protocol):
    """A page in a browser."""

    def open(self, address: str) -> None:
        """Go to an address and wait until it is loaded."""

    def run(self, function: str, *arguments: object) -> object:
        """Call a JavaScript function in the page; its promise is awaited, its value is JSON."""

    def press(self, key: str) -> None:
        """Press a key on what has the focus."""

    def drag(self, *points: tuple[float, float]) -> None:
        """Press the mouse at the first point of the page, go to the others, let go; or click."""

    def resize(self, width: int, height: int) -> None:
        """Give the page this size in CSS pixels."""

    def shoot(self, file: Path) -> None:
        """Write a screenshot of what is seen."""


class Chromium:
    """A page of Playwright's."""

    def __init__(self, page: Page) -> None:
        """Take a page."""
        self.page = page
        self.resize(WIDTH, HEIGHT)

    def open(self, address: str) -> None:
        """Go to an address."""
        self.page.goto(address)

    def run(self, function: str, *arguments: object) -> object:
        """Call a function in the page."""
        return self.page.evaluate(f"given => ({function})(...given)", list(arguments))

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)

    def drag(self, *points: tuple[float, float]) -> None:
        """Drag, or click."""
        mouse = self.page.mouse
        mouse.move(*points[0])
        mouse.down()
        for point in points[1:]:
            mouse.move(*point)
        mouse.up()

    def resize(self, width: int, height: int) -> None:
        """Resize the page."""
        self.page.set_viewport_size({"width": width, "height": height})

    def shoot(self, file: Path) -> None:
        """Write a screenshot."""
        self.page.screenshot(path=file)


class Firefox:
    """A tab of Firefox, in WebDriver BiDi."""

    def __init__(self, port: int) -> None:
        """Connect to a Firefox that listens, once it does."""
        address = f"ws://127.0.0.1:{port}/session"
        # Firefox refuses a connection that names a page as its origin.
        self.socket = until(lambda: websocket.create_connection(
            address, timeout=SECONDS, suppress_origin=True, enable_multithread=False
        ), ConnectionError)  # fmt: skip
        self.number = 0
        self.send("session.new", capabilities={})
        # The tab that Firefox begins with never has the focus when there is no screen.
        self.tab = self.send("browsingContext.create", type="tab")["context"]
        self.send("browsingContext.activate", context=self.tab)
        self.resize(WIDTH, HEIGHT)

    def send(self, method: str, **parameters: object) -> dict:
        """Send a command and return its result; raise with the browser's words."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]

    def open(self, address: str) -> None:
        """Go to an address."""
        self.send("browsingContext.navigate", context=self.tab, url=address, wait="complete")

    def run(self, function: str, *arguments: object) -> object:
        """Call a function in the page."""
        answer = self.send(
            "script.callFunction",
            functionDeclaration=(
                f"async given => JSON.stringify(await ({function})(...JSON.parse(given)) ?? null)"
            ),
            arguments=[{"type": "string", "value": json.dumps(arguments)}],
            target={"context": self.tab},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def press(self, key: str) -> None:
        """Press a key."""
        self.send("input.performActions", context=self.tab, actions=[typed(key)])

    def drag(self, *points: tuple[float, float]) -> None:
        """Drag, or click."""
        self.send("input.performActions", context=self.tab, actions=[dragged(points)])

    def resize(self, width: int, height: int) -> None:
        """Resize the page."""
        size = {"width": width, "height": height}
        self.send("browsingContext.setViewport", context=self.tab, viewport=size)

    def shoot(self, file: Path) -> None:
        """Write a screenshot."""
        picture = self.send("browsingContext.captureScreenshot", context=self.tab)
        file.write_bytes(base64.b64decode(picture["data"]))


class WebKit:
    """A window of WebKitGTK, in WebDriver."""

    def __init__(self, port: int, browser: str) -> None:
        """Ask a driver that listens for a session, once it does."""
        self.address = f"http://127.0.0.1:{port}/session"
        options = {"binary": browser, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        session = until(lambda: self.send("", capabilities=wanted), urllib.error.URLError)
        self.address += f"/{session['sessionId']}"
        self.send("/timeouts", script=1000 * SECONDS, pageLoad=1000 * SECONDS)
        self.resize(WIDTH, HEIGHT)

    def send(self, path: str, method: str = "POST", **parameters: object) -> object:
        """Send a command and return its value; raise with the driver's words."""
        data = json.dumps(parameters).encode() if method == "POST" else None
        head = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, data, head, method=method)
        try:
            with urllib.request.urlopen(request, timeout=2 * SECONDS) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            said = json.load(error)["value"]
            raise RuntimeError(f"{path}: {said['error']}: {said['message']}") from None

    def open(self, address: str) -> None:
        """Go to an address."""
        self.send("/url", url=address)

    def run(self, function: str, *arguments: object) -> object:
        """Call a function in the page."""
        script = f"""const [given, done] = arguments;
            (async () => ({function})(...JSON.parse(given)))().then(
                value => done(JSON.stringify([value ?? null])), error => done(String(error)));"""
        said = self.send("/execute/async", script=script, args=[json.dumps(arguments)])
        if not said.startswith("["):
            raise RuntimeError(said)
        return json.loads(said)[0]

    def press(self, key: str) -> None:
        """Press a key."""
        self.send("/actions", actions=[typed(key)])

    def drag(self, *points: tuple[float, float]) -> None:
        """Drag, or click."""
        self.send("/actions", actions=[dragged(points)])

    def resize(self, width: int, height: int) -> None:
        """Resize the window until the page has the size: it has bars of its own."""
        inner = self.run("() => [outerWidth - innerWidth, outerHeight - innerHeight]")
        self.send("/window/rect", width=width + inner[0], height=height + inner[1])

    def shoot(self, file: Path) -> None:
        """Write a screenshot."""
        file.write_bytes(base64.b64decode(self.send("/screenshot", "GET")))


def typed(key: str) -> dict:
    """A key pressed and let go, as WebDriver writes it."""
    parts = [{"type": kind, "value": KEYS[key]} for kind in ("keyDown", "keyUp")]
    return {"type": "key", "id": "keyboard", "actions": parts}


def dragged(points: tuple[tuple[float, float], ...]) -> dict:
    """A mouse pressed at the first point, moved to the others and let go."""
    moves = [
        {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 50} for x, y in points
    ]
    down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
    return {"type": "pointer", "id": "mouse", "actions": [moves[0], down, *moves[1:], up]}


def until(attempt: Callable, error: type[Exception]) -> object:
    """What an attempt returns, as soon as it no longer raises this error."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            return attempt()
        except error:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def program(name: str, package: str) -> str:
    """The place of a program of the system."""
    found = shutil.which(name)
    if not found:
        raise NoEngine(f"{name} is not installed; on Debian: apt-get install {package}")
    return found


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def process(*command: str) -> Iterator[None]:
    """A program that runs meanwhile."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = subprocess.Popen(command, **quiet)
    try:
        yield
    finally:
        running.terminate()
        try:
            running.wait(15)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


@contextlib.contextmanager
def in_chromium() -> Iterator[Engine]:
    """A page in Chromium."""
    with chromium() as browser:
        yield Chromium(browser.new_context().new_page())


@contextlib.contextmanager
def in_firefox() -> Iterator[Engine]:
    """A page in Firefox."""
    firefox = shutil.which("firefox") or program("firefox-esr", "firefox-esr")
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        ports = f"--remote-debugging-port={port}"
        with process(firefox, "--headless", ports, "--no-remote", "--profile", profile):
            yield Firefox(port)


@contextlib.contextmanager
def in_webkit() -> Iterator[Engine]:
    """A page in WebKitGTK, on a display of its own."""
    driver = program("WebKitWebDriver", "webkit2gtk-driver")
    display = program("Xvfb", "xvfb")
    found = [str(p) for pattern in MINI_BROWSERS for p in Path("/").glob(pattern[1:])]
    if not found:
        raise NoEngine("MiniBrowser of WebKitGTK is not installed")
    port = free_port()
    with (
        process(display, DISPLAY, "-screen", "0", "2000x1400x24"),
        process("env", f"DISPLAY={DISPLAY}", driver, f"--port={port}"),
    ):
        page = WebKit(port, found[0])
        try:
            yield page
        finally:
            page.send("", "DELETE")


ENGINES = {"chromium": in_chromium, "firefox": in_firefox, "webkit": in_webkit}
