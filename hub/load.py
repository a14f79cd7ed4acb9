"""A class on loopback: students log in in waves, run a lesson and move a slider.

    cd FOLDER-OF-THE-HUB
    env/bin/python .../hub/load.py --students 20 --waves 4
        --at-once        everyone in one wave
        --kill           one student's kernel is killed half way through the lesson
        --lesson NN      which lesson is run (01), by number or name
        --minutes N      give up after N minutes
        --write          put the table into README.md beside this file

A hub of its own is started on 127.0.0.1, in a temporary folder, and ended afterwards. At most 40
students, 10 waves and 30 minutes. What the hub said is in load.log afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path

import psutil

HUB = Path(__file__).resolve().parent
sys.path[:0] = [str(HUB), str(HUB.parent)]

import report  # noqa: E402
from client import Client, ClientError  # noqa: E402

from tools.find import NoLesson, notebooks  # noqa: E402

MOST = {"students": 40, "waves": 10, "minutes": 30}
SLIDER_MOVES = 20


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Read the command line and hold its bounds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=20)
    parser.add_argument("--waves", type=int, default=4)
    parser.add_argument("--at-once", action="store_true")
    parser.add_argument("--gap", type=float, default=20, help="seconds between two waves")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--lesson", default="01")
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args(words)
    if asked.at_once:
        asked.waves = 1
    for name, most in MOST.items():
        if not 0 < getattr(asked, name) <= most:
            parser.error(f"--{name} is a number from 1 to {most}")
    if not 0 <= asked.gap <= 120:
        parser.error("--gap is a number of seconds from 0 to 120")
    if asked.waves > asked.students:
        parser.error("there are more waves than students")
    try:
        (lesson,) = notebooks(HUB.parent, [asked.lesson])
    except NoLesson as error:
        parser.error(str(error))
    asked.lesson = f"notebooks/{lesson.name}"
    return asked


def free_ports(number: int) -> list[int]:
    """Return ports of 127.0.0.1 on which nothing listens."""
    probes = [socket.socket() for _ in range(number)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def start(folder: Path, password: str) -> tuple[psutil.Popen, str]:
    """Start a hub with the class's own configuration in a folder, on free ports."""
    proxy = Path.cwd() / "node_modules"
    if not (proxy / ".bin" / "configurable-http-proxy").exists():
        sys.exit("Start this in the folder of the hub, which holds env and node_modules.")
    (folder / "node_modules").symlink_to(proxy)
    front, inner, api = free_ports(3)
    environment = dict(
        os.environ,
        RAVINE_LOGIN="shared-password",
        RAVINE_PASSWORD=password,
        RAVINE_SPAWNER="simple",
    )
    command = [
        sys.executable,
        "-m",
        "jupyterhub",
        "-f",
        str(HUB / "jupyterhub_config.py"),
        f"--JupyterHub.bind_url=http://127.0.0.1:{front}",
        f"--JupyterHub.hub_port={inner}",
        f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{api}",
    ]
    with open(folder / "hub.log", "w") as log:
        hub = psutil.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", front)) == 0 and "now running" in (
                folder / "hub.log"
            ).read_text("utf-8"):
                return hub, f"http://127.0.0.1:{front}"
        if hub.poll() is not None:
            break
        time.sleep(0.2)
    end(hub)
    sys.exit("The hub did not start: " + (folder / "hub.log").read_text("utf-8")[-600:])


def end(hub: psutil.Popen) -> None:
    """End the hub and whatever it started."""
    family = [hub, *hub.children(recursive=True)] if hub.is_running() else []
    if hub.poll() is None:
        hub.terminate()
    _, alive = psutil.wait_procs(family, timeout=30)
    for process in alive:
        process.kill()


async def attend(client: Client, wait: float) -> str:
    """Let one student come after a while; return what went wrong, or nothing."""
    await asyncio.sleep(wait)
    try:
        await client.work()
    except ClientError as problem:
        return str(problem)
    except Exception as problem:
        return repr(problem)
    return ""


async def kill(hub: psutil.Popen, client: Client) -> None:
    """Kill a student's kernel once the student has run ten cells."""
    while client.cells < 10:
        await asyncio.sleep(0.05)
    for process in hub.children(recursive=True):
        try:
            if any(client.kernel in word for word in process.cmdline()):
                process.kill()
        except psutil.Error:
            continue


async def hold_class(
    asked: argparse.Namespace, hub: psutil.Popen, address: str, password: str
) -> tuple[list[Client], list[str], dict[str, object]]:
    """Let everyone work, and measure memory while all are still there."""
    movers = max(1, asked.students // 4)
    clients = [
        Client(
            f"student{number:02}",
            password,
            address,
            asked.lesson,
            SLIDER_MOVES if number < movers else 0,
        )
        for number in range(asked.students)
    ]
    each = -(-asked.students // asked.waves)
    tasks = [
        asyncio.create_task(attend(client, asked.gap * (number // each)))
        for number, client in enumerate(clients)
    ]
    killer = asyncio.create_task(kill(hub, clients[-1])) if asked.kill else None
    done, late = await asyncio.wait(tasks, timeout=60 * asked.minutes)
    for task in late:
        task.cancel()
    problems = [task.result() if task in done else "not done in time" for task in tasks]
    memory = report.memory(hub)
    if killer:
        killer.cancel()
    await asyncio.gather(*late, *(client.close() for client in clients), return_exceptions=True)
    return clients, problems, memory


def main(words: list[str] | None = None) -> int:
    """Run the class and say how it went; 0 if nobody was lost."""
    asked = arguments(words)
    asked.load = psutil.getloadavg()[0]
    password = secrets.token_urlsafe(12)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        hub, address = start(Path(place), password)
        try:
            found = asyncio.run(hold_class(asked, hub, address, password))
        finally:
            end(hub)
            shutil.copy(Path(place, "hub.log"), "load.log")
    table, good = report.table(asked, *found)
    print(table)
    if asked.write:
        report.write(asked, table)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
