"""Say whether this computer is ready for the course, or what to do; no browser is needed.

    python3 course.py ready

The first time it installs what the lessons need, as the first start of the course does. Then it
checks whether the folder can be written to and the disk has room, whether a kernel starts and
answers, and whether a check works in it. The last line begins with READY or with NOT READY: that
line is what your teacher wants to see. The exit code is 0 if all is ready and 1 if not.
"""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from course_utils.environment import check_environment  # noqa: E402
from tools.commands import Command  # noqa: E402

# For the workbook, which has 20 MB with all pictures drawn, and what JupyterLab keeps beside it.
ROOM = 200_000_000
KERNEL_SECONDS = 120  # a first start on a slow disk, with a virus scanner, has taken one minute
LESSON = (
    "from course_utils.exercises import check\n"
    "print(check('best rate', '2/(lambda1 + lambda2)').verdict)"
)


def packages() -> str:
    """What is missing, or ""."""
    said = check_environment()
    return said.removeprefix("Not ready: ") if said.startswith("Not ready") else ""


def folder() -> str:
    """Why the course's folder will not do, or ""."""
    try:
        with tempfile.TemporaryFile(dir=ROOT):
            pass
    except OSError as problem:
        return (
            f"the folder {ROOT} cannot be written to ({problem.strerror}): move it to a folder of "
            "your own, for instance Documents"
        )
    free = shutil.disk_usage(ROOT).free
    return "" if free > ROOM else f"the disk has {free // 10**6} MB left: free {ROOM // 10**6} MB"


def kernel() -> str:
    """Why no lesson can be run, or ""; it starts a kernel as JupyterLab does."""
    from jupyter_client.manager import start_new_kernel

    said: list[str] = []

    def hear(message: dict) -> None:
        content = message["content"]
        said.extend(content[name] for name in ("text", "evalue") if name in content)

    try:
        manager, client = start_new_kernel(
            startup_timeout=KERNEL_SECONDS,
            cwd=str(ROOT),
            # It warns that others could read along; it is heard on this computer alone.
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
        )
    except Exception as problem:
        return (
            f"no kernel starts ({type(problem).__name__}: {problem}): a firewall or virus scanner "
            "may keep Python from talking to itself on 127.0.0.1, so allow it, or ask whoever "
            "looks after this computer"
        )
    try:
        client.execute_interactive(
            LESSON, timeout=KERNEL_SECONDS, output_hook=hear, store_history=False
        )
    except Exception as problem:
        said.append(f"{type(problem).__name__}: {problem}")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    heard = "".join(said).strip()
    if heard == "right":
        return ""
    return f"a kernel starts but does not answer as it should ({heard[:200]}): delete .venv"


STEPS: dict[str, Callable[[], str]] = {
    "packages": packages,
    "folder": folder,
    "kernel": kernel,
}


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    Command("python3 course.py ready", __doc__).parse_args(argv)
    faults = []
    for name, step in STEPS.items():
        fault = step()
        print(f"{name}: {fault or 'good'}", flush=True)
        faults += [fault] if fault else []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    here = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    if faults:
        print(f"NOT READY: {'; '.join(faults)}. Then run python3 course.py ready again. ({here})")
        return 1
    print(f"READY: Down the Ravine {project['version']}, {here}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
