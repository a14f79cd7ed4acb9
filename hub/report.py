"""What a load run found: memory by process, times, and the table for README.md."""

from __future__ import annotations

import argparse
import platform
import re
import statistics
from datetime import date
from importlib.metadata import version
from pathlib import Path

import psutil
from client import Client

README = Path(__file__).resolve().parent / "README.md"
PACKAGES = ("jupyterhub", "jupyterlab", "jupyter-server", "ipykernel")


def megabytes(process: psutil.Process) -> float:
    """Return a process's memory; what processes share is divided among them where known."""
    memory = process.memory_full_info()
    return getattr(memory, "pss", memory.rss) / 1e6


def memory(hub: psutil.Process) -> dict[str, object]:
    """Return the memory of the hub, of what it runs beside, and of each student's processes."""
    found: dict[str, object] = {"hub": megabytes(hub), "servers": [], "kernels": [], "proxy": 0.0}
    for child in hub.children():
        try:
            words = child.cmdline()
            if "jupyterhub.singleuser" in words:
                found["servers"].append(megabytes(child))
                kernels = child.children(recursive=True)
                found["kernels"].append(sum(megabytes(each) for each in kernels))
            elif any("configurable-http-proxy" in word for word in words):
                found["proxy"] += megabytes(child)
        except psutil.Error:
            continue
    return found


def spread(values: list[float], unit: str = "s", digits: int = 1) -> str:
    """Say the median and the 95th percentile."""
    if not values:
        return "none"
    if len(values) == 1:
        return f"{values[0]:.{digits}f} {unit}"
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return f"{cuts[9]:.{digits}f} {unit} | {cuts[18]:.{digits}f} {unit}"


def table(
    asked: argparse.Namespace,
    clients: list[Client],
    problems: list[str],
    found: dict[str, object],
) -> tuple[str, bool]:
    """Return the table as Markdown, and whether nobody was lost."""
    lost = [(each, why) for each, why in zip(clients, problems, strict=True) if why]
    served = [each for each, why in zip(clients, problems, strict=True) if not why]
    killed = [each for each in clients if each.deaths]
    moves = [1000 * value for each in clients for value in each.slider]
    rows = [("", "median", "95 %"), ("---", "---", "---")]
    for title, stage in (
        ("log in until the own server shows its page", "spawn"),
        ("open the lesson and start its kernel", "open"),
        ("run the whole lesson", "run"),
    ):
        values = [each.seconds[stage] for each in clients if stage in each.seconds]
        rows.append((title, *spread(values).split(" | ")))
    rows.append(
        (
            f"move a slider until the new picture is there ({len(moves)} moves)",
            *spread(moves, "ms", 0).split(" | "),
        )
    )
    servers, kernels = found["servers"], found["kernels"]
    rows.append(("memory of a student's server", *spread(servers, "MB", 0).split(" | ")))
    rows.append(("memory of a student's kernel", *spread(kernels, "MB", 0).split(" | ")))
    rows.append(
        ("memory of the hub, of the proxy", f"{found['hub']:.0f} MB", f"{found['proxy']:.0f} MB")
    )
    rows.append(
        (
            "memory of all together",
            f"{sum(servers) + sum(kernels) + found['hub'] + found['proxy']:.0f} MB",
            "",
        )
    )
    count = len(clients)
    words = [
        f"{count} students in {asked.waves} waves"
        if asked.waves > 1
        else f"{count} students at once"
    ]
    words.append("none lost" if not lost else f"{len(lost)} lost")
    if asked.kill:
        others = sum(each.deaths == 0 for each in served)
        back = [each.name for each in killed if each in served]
        words.append(
            f"one kernel killed half way: {', '.join(back) or 'its student did not'} "
            f"ran the lesson again to its end, {others} others saw no interruption"
        )
    lines = [f"**{'; '.join(words)}.** Lesson `{asked.lesson}`.", ""]
    lines += ["| " + " | ".join(row + ("",) * (3 - len(row))) + " |" for row in rows]
    lines += [f"- {each.name} was lost at {each.stage}: {why}" for each, why in lost]
    good = not lost and (not asked.kill or [each.name for each in killed] == [clients[-1].name])
    return "\n".join(lines), good


def machine(load: float) -> str:
    """Say where and with what a table was made, and what else the machine had to do."""
    cores = len(getattr(psutil.Process(), "cpu_affinity", lambda: range(psutil.cpu_count()))())
    total = psutil.virtual_memory().total / 2**30
    made = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{date.today().isoformat()}, {cores} cores, {total:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, {made}; when it began, {load:.1f} other processes "
        "were at work on the machine."
    )


def write(asked: argparse.Namespace, text: str) -> None:
    """Put a table into README.md between its marks; each kind of run has its own."""
    kind = "kill" if asked.kill else "at once" if asked.waves == 1 else "waves"
    begin, end = f"<!-- load: {kind} -->", "<!-- end -->"
    whole = README.read_text("utf-8")
    pattern = re.compile(f"({re.escape(begin)}\n).*?({re.escape(end)})", re.DOTALL)
    if not pattern.search(whole):
        raise SystemExit(f"README.md lacks the mark {begin}")
    block = f"{text}\n\n{machine(asked.load)}\n"
    README.write_text(pattern.sub(lambda m: m[1] + block + m[2], whole), "utf-8")
