"""Down the Ravine: open the course.

    python3 course.py                   open JupyterLab on your own copies of the lessons
        --no-browser                    show the address instead of opening a browser
        --port N                        use port N instead of the first free one from 8888
        --folder FOLDER                 open another folder with notebooks instead
        --projector                     begin with text and pictures for the back of a room
    python3 course.py fresh NN          begin lesson NN afresh; your old copy is kept beside it
    python3 course.py ready             say whether this computer is ready, or what to do
    python3 course.py --version         say which edition this is, and on which Python it runs
    python3 course.py help              show this page
    python3 course.py help all          show every command: to teach, to publish, to change

A lesson is named as you like: 4, 04 or 04_momentum. On Windows, type py for python3. The first
start fills the folder .venv with exact, hash-checked packages and takes a minute or two; later
starts install nothing. To begin afresh, delete .venv.
"""

from __future__ import print_function

import sys

OLDEST, NEWEST = (3, 11), (3, 14)
if not OLDEST <= sys.version_info[:2] <= NEWEST:
    sys.exit(
        "The course runs on Python %d.%d to %d.%d and this is Python %d.%d: install one of those "
        "and start the course with it, for instance: python3.13 course.py"
        % (OLDEST + NEWEST + sys.version_info[:2])
    )

import argparse
import ast
import contextlib
import difflib
import errno
import hashlib
import json
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sysconfig
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STATE = VENV / "state"
STAMP = VENV / "stamp.json"
RUNTIME, TEST = "requirements.lock", "requirements-test.lock"
MORE = """
To teach:
    python3 course.py gather FOLDER     count a class's twelve questions, mark its exercises
    python3 course.py solutions ARGS... copy lessons with their solutions
    python3 course.py nbgrader ARGS...  write lessons as assignments for nbgrader
    python3 course.py stick --to FOLDER put course and packages on a USB stick, for a room offline

To show and to publish:
    python3 course.py site ARGS...      write the lessons as pages to read, into _site
    python3 course.py slides ARGS...    write them as slides to show, into _slides
    python3 course.py lite ARGS...      build the course to run in a browser alone

To change the course:
    python3 course.py test              run every test: library, lessons, browser
    python3 course.py test ARGS...      run pytest with these arguments instead
    python3 course.py lessons ARGS...   rebuild the lessons from their text twins
    python3 course.py images            draw the pictures of the README again
    python3 course.py benchmarks ARGS   measure speed, side by side with others
    python3 course.py versions ARGS...  test with other Pythons and package versions (needs nox)
    python3 course.py lock ARGS...      choose the exact package versions again (needs uv)

Each of them says more after --help. The exit code is 0 if all went well, 1 if something failed, and
2 if the command was not understood.
"""
HERE = ["--cwd", "{here}"]
TOOLS = {
    "ready": (RUNTIME, ["-m", "tools.ready"]),
    "lessons": (TEST, ["-m", "tools.lessons"]),
    "solutions": (RUNTIME, ["-m", "tools.solutions"] + HERE),
    "nbgrader": (RUNTIME, ["-m", "tools.nbgrader"] + HERE),
    "site": (TEST, ["-m", "tools.publish"] + HERE + ["site"]),
    "slides": (TEST, ["-m", "tools.publish"] + HERE + ["slides"]),
    "lite": (TEST, ["-m", "tools.lite"] + HERE),
    "images": (RUNTIME, ["-m", "tools.images"]),
    "benchmarks": (TEST, ["-m", "benchmarks"]),
}
PIP = [
    "-m",
    "pip",
    "install",
    "--require-hashes",
    "--no-deps",
    "--only-binary",
    ":all:",
    "--disable-pip-version-check",
    "--no-input",
    "--progress-bar",
    "off",
    "-r",
]
# Settings of pip that say where packages come from and how they are fetched.
SOURCES = (
    "index-url",
    "extra-index-url",
    "find-links",
    "no-index",
    "proxy",
    "cert",
    "client-cert",
    "trusted-host",
    "timeout",
    "default-timeout",
    "retries",
    "cache-dir",
    "no-cache-dir",
    "keyring-provider",
    "use-feature",
)
LAB = [
    "-m",
    "tools.jupyter",
    "jupyterlab",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.log_level=ERROR",
    "--LabApp.log_level=ERROR",
    "--LabApp.custom_css=True",
]
# A package of each kind that has compiled parts of its own, and what is slow when first imported.
IMPORTED = {
    "jupyterlab": "jupyterlab",
    "ipykernel": "ipykernel.kernelapp",
    "matplotlib": "matplotlib.font_manager",
    "scikit-learn": "sklearn.datasets",
    "sympy": "sympy",
    "anywidget": "anywidget",
}
# What a kernel is told: no warnings in the terminal, and nothing of what /etc/ipython says.
KERNEL = """
c.IPKernelApp.log_level = "ERROR"
c.InteractiveShellApp.extensions = []
c.InteractiveShellApp.exec_lines = []
c.InteractiveShellApp.exec_files = []
c.InteractiveShellApp.exec_PYTHONSTARTUP = False
c.InteractiveShellApp.code_to_run = c.InteractiveShellApp.module_to_run = ""
c.InteractiveShellApp.file_to_run = ""
c.InteractiveShellApp.matplotlib = c.InteractiveShellApp.pylab = None
c.InteractiveShell.ast_node_interactivity = "last_expr"
c.InteractiveShell.ast_transformers = []
"""
# What Jupyter is told here, on the hub and in the tests of the browser: one folder for all three.
LAB_CONFIG = ROOT / "tools" / "lab"
# Where `stick` puts the packages; as long as it is there, nothing comes from a network.
WHEELS = ROOT / "wheels"
# What a learner works in; `notebooks` belongs to git.
WORKBOOK = ROOT / "workbook"
FIRST_LESSON = ["--LabApp.default_url=/lab/tree/workbook/00_start_here.ipynb"]
AGAIN = ", then run the same command again."
DISK = [
    (r"No space left|Errno 28\b|not enough space", "The disk is full: free 1 GB" + AGAIN),
    (
        r"quota exceeded|Errno (122|69)\b",
        "Your share of the disk (your quota) is used up: free 1 GB of it" + AGAIN,
    ),
]
# What only pip can say, which speaks with a server.
INDEX = [
    (
        r"DO NOT MATCH THE HASHES",
        "A downloaded package is not the one that the course pins and is "
        "refused: empty pip's cache (python3 -m pip cache purge) or change the network" + AGAIN,
    ),
    (
        r"Retrying \(|Connection|Could not fetch URL|SSLError|[Tt]imed out",
        "The package index "
        "cannot be reached: check the network connection, and the proxy if there is one" + AGAIN,
    ),
    (
        r"No matching distribution",
        "The package index that pip is set to use lacks a package that "
        "the course pins: use another index or another network" + AGAIN,
    ),
]
CAUSES = [
    (
        r"MemoryError|Cannot allocate memory|Errno 12\b|WinError (8|1455)\b",
        "This computer has run out of memory: close other programs" + AGAIN,
    ),
    (
        r"[Ff]ile ?name too long|Errno (36|63)\b|WinError (206|111)\b",
        "The course lies so deep in nested folders that its paths are too long: move it nearer to "
        "the top, for instance into your home folder" + AGAIN,
    ),
    (
        r"Errno (71|95|45|100)\b|Protocol error|[Oo]peration not supported|WinError 1314\b"
        r"|failed to map segment",
        "This folder cannot hold Python packages; shared folders, memory sticks and some network "
        "drives often cannot: move the course to a folder on this computer's own disk" + AGAIN,
    ),
    (
        r"Directory not empty|Errno (39|66)\b|WinError 145\b",
        "Another program was still writing into .venv: wait a moment" + AGAIN,
    ),
    (
        r"WinError 225\b",
        "This computer's virus scanner blocks a file of the course's packages: allow the "
        "folder .venv in its settings" + AGAIN,
    ),
    (
        r"Permission ?(denied|Error)|Read-only|Errno (1|13|30)\b|WinError (5|32)\b",
        "The course cannot write "
        "to its folder: close every program that uses it, or move it to a folder of your own"
        + AGAIN,
    ),
]
# A package that is damaged or was removed: here, and only here, a new .venv helps.
DAMAGED = (
    r"ModuleNotFoundError|ImportError|No module named|SyntaxError|PackageNotFoundError"
    r"|has no attribute|bad marshal data|null bytes",
    "The packages in the folder .venv are damaged or were changed: delete .venv" + AGAIN,
)


class Misused(SystemExit):
    """Words that the course does not understand, as a sentence."""


def cause(words, otherwise, more=()):
    """Turn what a program or the system said into one sentence that says what to do."""
    table = DISK + list(more) + CAUSES
    return next((sentence for sign, sentence in table if re.search(sign, words)), otherwise)


def digest(*paths):
    """Return one hash for the contents of files."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def maker():
    """Return what .venv depends on besides the locks: the Python, and where the course lies."""
    return ["%d.%d" % sys.version_info[:2], str(ROOT)]


def stamped():
    """Return {lock: its hash} for what .venv holds; nothing if .venv is not whole."""
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
        whole = stamp["maker"] == maker() and os.access(str(PYTHON), os.X_OK)
        return dict(stamp["locks"]) if whole else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def prepare(lock):
    """Bring .venv in step with a lock. If it is in step already, do nothing."""
    if stamped().get(lock) == digest(ROOT / lock):
        return
    lack = "" if stamped() else part("tools/needs.py").lack(ROOT)
    if lack:
        sys.exit(lack)
    with alone():
        whole = stamped()
        if whole.get(lock) == digest(ROOT / lock):
            return
        with contextlib.suppress(NotADirectoryError):  # .venv is a file
            STAMP.unlink(missing_ok=True)
        if not whole:
            make_venv()
        pip_install(lock)
        site = sysconfig.get_path("purelib", "venv", {"base": str(VENV)})
        Path(site, "down_the_ravine.pth").write_text(os.path.relpath(str(ROOT), site), "ascii")
        try_packages(lock)
        locks = {name: digest(ROOT / name) for name in {RUNTIME, lock}}
        draft = STAMP.with_suffix(".draft")
        draft.write_text(json.dumps({"maker": maker(), "locks": locks}), "utf-8")
        draft.replace(STAMP)


def try_packages(lock):
    """Import what the lessons need; what cannot be imported now would fail in a lesson."""
    pinned = set(re.findall(r"(?m)^([a-z0-9-]+)==", (ROOT / lock).read_text("utf-8")))
    names = [module for package, module in IMPORTED.items() if package in pinned]
    tried = result_of(
        [str(PYTHON), "-c", "import " + ", ".join(names)], cwd=str(ROOT), env=environment()
    )
    if tried.returncode:
        sys.exit(
            cause(
                tried.stdout,
                "The packages were installed but cannot be used; Python says: %s. Start the course "
                "with another Python, for instance one from python.org." % last(tried.stdout),
            )
        )


@contextlib.contextmanager
def alone():
    """Let one start at a time set up .venv; if that one dies, the system lets the next go on."""
    with open(str(ROOT / ".setup.lock"), "w") as handle:
        if not locked(handle):
            print("Another start is setting up .venv: waiting for it.", flush=True)
        while not locked(handle):
            time.sleep(0.3)
        yield


def locked(handle):
    """Take the lock that lies on an open file, if it is free; some file systems know no locks."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        return problem.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


def make_venv():
    """Make an empty .venv in place of whatever lies there."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        sys.exit(
            "This Python lacks the module venv: install it (on Debian and Ubuntu: sudo apt "
            "install python3-venv)" + AGAIN
        )
    if Path(sys.prefix).resolve() == VENV:
        sys.exit("The folder .venv must be made again and is in use: type deactivate" + AGAIN)
    print("Setting up .venv: this happens once and takes a minute or two.", flush=True)
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        remove(VENV)
    made = result_of([sys.executable, "-m", "venv", str(VENV)])
    if made.returncode:
        sys.exit(
            cause(
                made.stdout,
                "This Python cannot make a virtual environment (%s): install Python "
                "from python.org and start the course with it." % last(made.stdout),
            )
        )


def remove(folder):
    """Remove a folder; a start that was killed may leave a pip behind that still writes there."""
    for left in range(9, -1, -1):
        try:
            return shutil.rmtree(str(folder))
        except OSError:
            if not left:
                raise
            time.sleep(0.5)


def pip_install(lock):
    """Install the exact packages of a lock; pip refuses a file whose hash is not in it."""
    total = len(re.findall(r"(?m)^\w", (ROOT / lock).read_text("utf-8")))
    said, seen, variables = [], 0, environment()
    variables.update(index())
    from_here = lock == RUNTIME and WHEELS.is_dir()
    here = ["--no-index", "--find-links", str(WHEELS)] if from_here else []
    with subprocess.Popen(
        [str(PYTHON)] + PIP + [lock] + here,
        cwd=str(ROOT),
        env=variables,
        encoding="utf-8",
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as pip:
        for line in pip.stdout:
            said.append(line)
            seen += line.startswith(("Collecting", "Requirement already"))
            if sys.stdout.isatty():
                print("\r  package %d of %d " % (min(seen, total), total), end="", flush=True)
    if pip.returncode:
        (VENV / "pip.log").write_text("".join(said), "utf-8")
        if from_here and "No matching distribution" in "".join(said):
            sys.exit(
                "The folder wheels lacks packages for this system and Python %d.%d: fill it on a "
                "computer of the same kind with python3 course.py stick, or delete it and connect "
                "to a network%s" % (sys.version_info[:2] + (AGAIN,))
            )
        unknown = "pip failed: read .venv/pip.log to see why" + AGAIN
        sys.exit(cause("".join(said), unknown, INDEX))


def index():
    """Return pip's settings that say where packages come from, and no others.

    A constraint, a target folder or a dry run in somebody's pip.conf is for other projects.
    """
    found, order = {}, ("global", "install", ":env:")
    asked = result_of(
        [str(PYTHON), "-m", "pip", "config", "list"],
        env=dict(os.environ, PYTHONUTF8="1"),
        stderr=subprocess.DEVNULL,
    )
    lines = re.findall(r"(?m)^(global|install|:env:)\.([\w-]+)=(.+)$", asked.stdout)
    for _, name, value in sorted(lines, key=lambda line: order.index(line[0])):
        value = ast.literal_eval(value)
        if value and name.replace("_", "-") in SOURCES:  # pip, too, passes over what is empty
            found["PIP_" + name.replace("-", "_").upper()] = value
    found["PIP_CONFIG_FILE"] = os.devnull
    return found


def environment():
    """Return the variables for programs in .venv, free of the user's own Python and Jupyter."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "JUPYTER", "JPY_", "__PYVENV", "PIP_", "MPL"))
        and name not in ("MATPLOTLIBRC", "MATPLOTLIBDATA")
    }
    # For matrices as small as the course's a second thread costs more than it does, and lessons
    # that run side by side wait for each other's: thirty seconds in place of four were measured.
    # OpenBLAS and MKL go by this variable where none of their own is set.
    kept.setdefault("OMP_NUM_THREADS", "1")
    return dict(
        kept,
        VIRTUAL_ENV=str(VENV),
        PYTHONUTF8="1",
        PIP_USER="0",
        PATH=str(PYTHON.parent) + os.pathsep + kept.get("PATH", ""),
        JUPYTER_CONFIG_PATH=str(LAB_CONFIG),
        JUPYTER_CONFIG_DIR=str(STATE / "config"),
        JUPYTER_DATA_DIR=str(STATE / "data"),
        JUPYTER_RUNTIME_DIR=str(STATE / "runtime"),
        JUPYTER_PREFER_ENV_PATH="1",
        IPYTHONDIR=str(STATE / "ipython"),
        MPLCONFIGDIR=str(STATE / "matplotlib"),
    )


def result_of(command, cwd=None, env=None, stderr=subprocess.STDOUT):
    """Run a program to its end and keep what it says."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=stderr,
        encoding="utf-8",
        errors="replace",
    )


def last(words):
    """Return the last line of what a program said."""
    return ([line.strip() for line in words.splitlines() if line.strip()] or ["no reason"])[-1]


def overhear(end, heard):
    """Pass on what a program says of its errors, and keep the end of it."""
    with os.fdopen(end, encoding="utf-8", errors="replace") as stream:
        for line in stream:
            sys.stderr.write(line)
            sys.stderr.flush()
            heard.append(line)
            del heard[:-200]


def run(arguments, quiet=False, heard=None):
    """Run .venv's Python in the course's folder and return its exit code.

    Ctrl-C and a request to end are the program's to answer. The end of what it says of its errors
    is added to heard, a list, if there is one.
    """
    output, interrupted = subprocess.DEVNULL if quiet else None, False
    errors = output
    if heard is not None:
        ours, errors = os.pipe()
        # A daemon, as whatever a program leaves running may hold the pipe for ever.
        ear = threading.Thread(target=overhear, args=(ours, heard), daemon=True)
    with subprocess.Popen(
        [str(part) for part in [PYTHON] + arguments],
        cwd=str(ROOT),
        env=environment(),
        stdout=output,
        stderr=errors,
    ) as child:
        before = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        if heard is not None:
            os.close(errors)
            ear.start()
        while child.returncode is None:
            try:
                child.wait()
            except KeyboardInterrupt:
                interrupted = True
        signal.signal(signal.SIGTERM, before)
        if heard is not None:
            ear.join(2)
    if interrupted and child.returncode:
        raise KeyboardInterrupt
    return child.returncode


def part(path):
    """Return what a file of the course defines that needs no packages."""
    found = argparse.Namespace()
    vars(found).update(runpy.run_path(str(ROOT / path)))
    return found


def lessons():
    """Return the paths of the lessons, in order."""
    return part("tools/find.py").notebooks(ROOT)


def open_workbook():
    """Bring the learner's copies in step with the course; say which are not, and what to do."""
    workbook = part("course_utils/workbook.py")
    own_folder()
    forgotten = workbook.forgotten(WORKBOOK)
    workbook.give(ROOT, WORKBOOK)
    answers, own = ROOT / "notebooks" / "my_answers", WORKBOOK / "my_answers"
    if answers.is_dir() and not own.exists():  # where hand-ins were kept before there was one
        draft = WORKBOOK / ".my_answers.draft"
        shutil.rmtree(str(draft), ignore_errors=True)
        shutil.copytree(str(answers), str(draft))
        draft.rename(own)
    if forgotten:
        print(
            "The record of what the course gave you, workbook/%s, was missing or damaged. A copy "
            "that differs from the course's counts as changed by you and stays as it is."
            % workbook.RECORD,
            flush=True,
        )
    late = [name[:2] for name in workbook.behind(ROOT, WORKBOOK)]
    if late:
        print(
            "Changed in the course since you worked on it: lesson %s. Your copy stays as it is; "
            "python3 course.py fresh %s gives you the new one and keeps yours beside it."
            % (", ".join(late), late[0]),
            flush=True,
        )
    for name in workbook.unreadable(ROOT, WORKBOOK):
        print(
            "Your copy workbook/%s.ipynb is not a whole notebook: python3 course.py fresh %s gives "
            "a new one and keeps yours." % (name, name[:2]),
            flush=True,
        )
    for name in workbook.left_over(ROOT, WORKBOOK):
        print(
            "The course no longer has lesson %s, or has it under another name. Your copy "
            "workbook/%s.ipynb stays until you delete it." % (name, name),
            flush=True,
        )
    for name in workbook.damaged(ROOT):
        print(
            "The course's own lesson %s is damaged and was not copied: restore it with "
            "git checkout notebooks/%s.ipynb." % (name, name),
            flush=True,
        )


def own_folder():
    """End with a sentence if the learner's folder cannot be one."""
    if os.path.lexists(str(WORKBOOK)) and not WORKBOOK.is_dir():
        sys.exit(
            "There is a file or a broken link called workbook where your copies of the "
            "lessons belong: give it another name" + AGAIN
        )


def fresh(arguments):
    """Give a new copy of a lesson; what you had is kept beside it.

    Several lessons may be named: python3 course.py fresh 4 07_adam.
    """
    if not arguments:
        raise Misused("Name the lesson that you want to begin afresh: python3 course.py fresh 04.")
    try:
        names = part("tools/find.py").names(ROOT, arguments)
    except LookupError as problem:
        raise Misused(str(problem))
    own_folder()
    workbook = part("course_utils/workbook.py")
    for name in names:
        if name in workbook.damaged(ROOT):
            sys.exit(
                "The course's own lesson %s is damaged: restore it with git checkout "
                "notebooks/%s.ipynb. Your copy is as it was." % (name, name)
            )
        kept = workbook.fresh(ROOT, WORKBOOK, name)
        print(
            "workbook/%s.ipynb is new. %s"
            % (
                name,
                "Your old copy is workbook/%s." % kept.name
                if kept
                else "Nothing of yours was lost.",
            )
        )
    return 0


def as_brought():
    """Return the names of the lessons that are as the course brought them, as a set.

    git knows. Without git, they are those of the first start after .venv was made. A notebook
    from elsewhere, beside the lessons or over one of them, is none of them.
    """
    try:
        listed = [
            subprocess.run(
                ["git", "-C", str(ROOT)] + words + ["--", "notebooks"],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                check=True,
            ).stdout.split("\0")
            for words in (["ls-files", "-z"], ["diff", "HEAD", "--name-only", "--relative", "-z"])
        ]
        tracked = set(listed[0]) - set(listed[1])
        found = {path.stem for path in lessons() if "notebooks/" + path.name in tracked}
    except (OSError, subprocess.CalledProcessError):
        found = None  # no git, or a folder that came without it
    if found or (found is not None and (ROOT / ".git").exists()):
        return found
    mark = STATE / "brought.json"
    now = {path.stem: digest(path) for path in lessons()}
    try:
        first = json.loads(mark.read_text("utf-8"))
    except (OSError, ValueError):
        first = now
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(json.dumps(now), "utf-8")
    return {name for name in now if first.get(name) == now[name]}


def trust():
    """Sign the lessons, so that JupyterLab shows their pictures before anything is run.

    Whoever signs a notebook lets its scripts run when it is opened: only what the course brought is
    signed, and a learner's copies that are still as they were given.
    """
    brought, workbook = as_brought(), part("course_utils/workbook.py")
    own = [path for path in lessons() if path.stem in brought]
    copies = [path for path in workbook.unchanged(WORKBOOK) if path.stem in brought]
    signed = own + copies
    strange = sorted({path.stem for path in lessons()} - brought)
    if strange:
        print(
            "Not the course's own version: notebooks/%s.ipynb. Its pictures appear once you trust "
            "it (Ctrl+Shift+C, Trust Notebook), which lets its scripts run." % strange[0],
            flush=True,
        )
    mark, seals = STATE / "trusted", {path: digest(path) for path in signed}
    known = set(mark.read_text("ascii").split()) if mark.exists() else set()
    # Signing takes seconds: what was signed before is not signed again.
    new = [path for path in signed if seals[path] not in known]
    # The record of what was given lies in the learner's folder, which may come from elsewhere.
    new = [path for path in new if path in own or workbook.as_the_course_gives(ROOT, path)]
    if new and run(["-m", "tools.jupyter", "nbformat.sign"] + new, quiet=True):
        print("Some pictures appear once you choose Trust Notebook (Ctrl+Shift+C) in a lesson.")
    elif new:
        known = known.intersection(seals.values()).union(seals[path] for path in new)
        mark.write_text("\n".join(sorted(known)), "ascii")


def dress(projector):
    """Give JupyterLab the sizes of its presentation mode; for a projector, from the start.

    A kernel warns in the terminal that others could read along. It is heard on this computer alone,
    so its log is kept to errors; what a lesson itself warns of still stands in the lesson.
    """
    sizes = (ROOT / "tools" / "projector" / "custom.css").read_text("utf-8")
    if projector:
        sizes = sizes.replace(".jp-mod-presentationMode", ".jp-LabShell")
    place = STATE / "config" / "custom" / "custom.css"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(sizes, "utf-8")
    kernels = STATE / "ipython" / "profile_default" / "ipython_kernel_config.py"
    kernels.parent.mkdir(parents=True, exist_ok=True)
    kernels.write_text(KERNEL, "ascii")


def free_port(ports):
    """Return the first of the ports on which a server can start here, or None."""
    for port in ports:
        with socket.socket() as probe, contextlib.suppress(OSError, OverflowError):
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    return None


def lab_arguments(port, browser, folder=None, alone=False):
    """Return what Python is given to start JupyterLab on the first lesson, or in a folder."""
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    first = [part.replace("/lab/", "/doc/") for part in FIRST_LESSON] if alone else FIRST_LESSON
    root += ["--ServerApp.root_dir=%s" % folder] if folder else first
    return LAB + ["--ServerApp.port=%d" % port, "--ServerApp.open_browser=%s" % browser] + root


def lab(arguments):
    """Open JupyterLab on the learner's copy of the first lesson, or in another folder."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--port", type=int)
    parser.add_argument("--folder")
    parser.add_argument("--projector", action="store_true")
    parser.error = not_understood
    asked = parser.parse_args(arguments)
    port = free_port(range(8888, 8988) if asked.port is None else [asked.port])
    if port is None:
        sys.exit("That port is taken or reserved: choose another one with --port.")
    if asked.folder is not None and not os.path.isdir(asked.folder):
        raise Misused("There is no folder %s: name one that exists with --folder." % asked.folder)
    folder = asked.folder and os.path.abspath(asked.folder)
    strange = part("tools/needs.py").another_account(ROOT)
    if strange:
        sys.exit(strange)
    prepare(RUNTIME)
    if folder is None:
        open_workbook()
    trust()
    dress(asked.projector)
    print("JupyterLab starts; to end it, save your work and press Ctrl-C here twice.", flush=True)
    heard = []
    code = run(lab_arguments(port, not asked.no_browser, folder, asked.projector), heard=heard)
    return code and why_it_ended(code, "".join(heard))


def why_it_ended(code, words):
    """Return the sentence for a JupyterLab that ended with an error, or was ended."""
    if code < 0:
        return (
            "JupyterLab was stopped from outside (signal %d), as a system does when its memory is "
            "full: what you saved is still there; close other programs" % -code + AGAIN
        )
    damaged = DAMAGED[1] if re.search(DAMAGED[0], words) else ""
    return cause(
        words,
        damaged
        or "JupyterLab ended with an error; its last message is: %s. If it does not say what to "
        "do, send it to those who gave you the course, with the line that python3 course.py "
        "--version prints."
        % last(words).rstrip("."),
    )


def gather(arguments):
    """Print what a class gained between the twelve questions, and the marks of its workbooks."""
    if not arguments:
        raise Misused(
            "Name the folder with the answers of the class: python3 course.py gather FOLDER."
        )
    # Looked at before anything is installed; the others are looked at when the work begins.
    first = os.path.abspath(arguments[0])
    if not arguments[0].startswith("-") and not os.path.exists(first):
        raise Misused(
            "There is no folder %s: name the one that holds the answers of the class." % first
        )
    prepare(RUNTIME)
    return run(["-m", "course_utils.inventory", "--cwd", os.getcwd()] + arguments)


def stick(arguments):
    """Put the course and its packages on a USB stick, for rooms without a network."""
    return part("tools/stick.py").main(ROOT, arguments, RUNTIME)


def find_browser():
    """Return the path of Chromium or one of its kin, or None; COURSE_CHROMIUM comes first."""
    named = os.environ.get("COURSE_CHROMIUM")
    if named:
        return shutil.which(named) or sys.exit(
            "COURSE_CHROMIUM names a browser that does not exist: correct it or unset it" + AGAIN
        )
    places = ["chromium", "chromium-browser", "google-chrome", "chrome", "msedge"]
    places += [
        "/Applications/%s.app/Contents/MacOS/%s" % (name, name)
        for name in ("Chromium", "Google Chrome", "Microsoft Edge")
    ]
    places += [
        os.path.join(os.environ.get(folder, ""), maker, "Application", program)
        for folder in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        for maker, program in (
            (r"Google\Chrome", "chrome.exe"),
            ("Chromium", "chrome.exe"),
            (r"Microsoft\Edge", "msedge.exe"),
        )
    ]
    return next(filter(None, map(shutil.which, places)), None)


def test(arguments):
    """Run all tests in stages, or pytest with the arguments given."""
    browser = find_browser()
    if not browser and os.environ.get("CI"):
        sys.exit(
            "No browser for the browser tests: install Chromium or name one in "
            "COURSE_CHROMIUM" + AGAIN
        )
    prepare(TEST)
    if arguments:
        return run(["-m", "pytest"] + arguments)
    # A worker for each processor; what takes long is given to whoever is idle. A lesson, and a page
    # of the browser, stay with one worker. The last lessons take longest, so they come first.
    logical = ["-n", "logical", "--dist"]
    # A test of the browser often waits: three workers keep two processors busy.
    waiting = ["-n", str(3 * (os.cpu_count() or 2) // 2), "--dist"]
    nbval = [
        "--no-loadscope-reorder",
        "--nbval",
        "--nbval-current-env",
        "--nbval-cell-timeout",
        "60",
    ]
    stages = [
        ("library", logical + ["worksteal", "tests", "--ignore=tests/browser"]),
        ("lessons", logical + ["loadscope"] + nbval + (lessons()[::-1] or ["notebooks"])),
        ("browser", waiting + ["loadscope", "tests/browser"]),
    ]
    failed, summary = False, []
    for stage, chosen in stages:
        if stage == "browser" and not browser:
            summary.append(
                "browser left out, as it needs Chromium, Chrome or Edge installed, or "
                "named in COURSE_CHROMIUM"
            )
            continue
        print("\nTests of the %s" % stage, flush=True)
        code = run(["-m", "pytest"] + chosen)
        failed = failed or code != 0
        summary.append("%s %s" % (stage, "failed" if code else "passed"))
    print("\nTests: %s." % "; ".join(summary))
    return int(failed)


def lock(arguments):
    """Choose the exact versions again, for every system and Python at once."""
    uv = shutil.which("uv") or sys.exit("uv is needed for this: pip install uv" + AGAIN)
    command = [
        uv,
        "pip",
        "compile",
        "pyproject.toml",
        "--universal",
        "--python-version",
        "%d.%d" % OLDEST,
        "--fork-strategy",
        "fewest",
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--no-emit-index-url",
        "--quiet",
    ] + arguments
    return subprocess.call(command + ["-o", RUNTIME], cwd=str(ROOT)) or subprocess.call(
        command + ["--group", "test", "-c", RUNTIME, "-o", TEST], cwd=str(ROOT)
    )


def versions(arguments):
    """Run sessions of noxfile.py, or list them: other Pythons, other versions of packages."""
    nox = shutil.which("nox") or sys.exit("nox is needed for this: pip install nox" + AGAIN)
    chosen = ["-s"] + arguments if arguments else ["--list"]
    return subprocess.call([nox] + chosen, cwd=str(ROOT))


OWN = {
    "test": test,
    "lock": lock,
    "gather": gather,
    "fresh": fresh,
    "stick": stick,
    "versions": versions,
}
# Whose page is the docstring of another file.
PAGES = {"gather": "course_utils.inventory", "stick": "tools.stick", "versions": "noxfile"}


def not_understood(why):
    """End with a sentence that names the command that was perhaps meant."""
    word = "".join(re.findall(r"unrecognized arguments: (\S+)", why))
    near = difflib.get_close_matches(word, list(OWN) + list(TOOLS) + ["help"], 1)
    meant = "did you mean python3 course.py %s? If not, " % near[0] if near else ""
    raise Misused("No such command (%s): %ssee python3 course.py help." % (why, meant))


def page(word):
    """Return what a command's --help shows; nothing is installed or imported for it."""
    if word in TOOLS or word in PAGES:
        module = (PAGES.get(word) or TOOLS[word][1][1]).replace(".", "/")
        files = [ROOT / (module + ".py"), ROOT / module / "__main__.py"]
        source = next(file for file in files if file.is_file()).read_text("utf-8")
        return ast.get_docstring(ast.parse(source))
    lines = [line for line in (__doc__ + MORE).splitlines() if ".py %s " % word in line]
    return "\n".join(lines) + "\n\n" + re.sub(r"(?m)^    ", "", OWN[word].__doc__).strip()


def version():
    """Return the edition, the Python and the system, as a report of a fault wants them."""
    number = re.search(r'(?m)^version = "(.+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    return "Down the Ravine %s, Python %d.%d.%d, %s" % (
        (number.group(1),) + sys.version_info[:3] + (sysconfig.get_platform(),)
    )


def main(arguments):
    """Do what the command line asks and return the exit code."""
    word, rest = "".join(arguments[:1]), arguments[1:]
    known = word in OWN or word in TOOLS
    if known and {"-h", "--help"}.intersection(rest):
        print(page(word))
        return 0
    if word == "help" or {"-h", "--help"}.intersection(arguments):
        print(__doc__.strip() + ("\n" + MORE.rstrip() if rest[:1] == ["all"] else ""))
        return 0
    if word == "--version":
        print(version())
        return 0
    if word in OWN:
        return OWN[word](rest)
    if word in TOOLS:
        needs, program = TOOLS[word]
        prepare(needs)
        return run([part.format(here=os.getcwd()) for part in program] + rest)
    return lab(arguments)


def start(arguments):
    """Do what the command line asks; whatever goes wrong ends in one sentence."""
    try:
        code = main(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return "Stopped: run the same command again to go on."
    except BrokenPipeError:  # whoever reads the output, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except OSError as problem:
        return cause(
            str(problem),
            "The system refused (%s): clone the course again, or start it "
            "from another folder." % problem,
        )


if __name__ == "__main__":
    try:
        sys.exit(start(sys.argv[1:]))
    except Misused as slip:
        print(slip, file=sys.stderr)
        sys.exit(2)
