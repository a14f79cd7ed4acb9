"""course.py: what it sets up, and the sentence that each failure ends in."""

import ast
import contextlib
import errno
import hashlib
import importlib
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import zipfile
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.sign import NotebookNotary

ROOT = Path(__file__).resolve().parents[2]
LESSON, MENDED, MINE = '{"cells": []}', '{"cells": [] }', '{"cells":  []}'

FAKE_LAB = """
import json, os, sys
import course_utils
print(json.dumps({"arguments": sys.argv[1:], "prefix": sys.prefix, "library": course_utils.__file__,
                  "environment": dict(os.environ)}), flush=True)
print(os.environ.get("FAKE_LAB_SAYS", ""), file=sys.stderr, flush=True)
if "FAKE_LAB_SIGNAL" in os.environ:
    os.kill(os.getpid(), int(os.environ["FAKE_LAB_SIGNAL"]))
sys.exit(int(os.environ.get("FAKE_LAB_EXIT", 0)))
"""
FAKE_SIGN = """
import sys
with open("signed.txt", "a", encoding="utf-8") as log:
    print(len(sys.argv) - 1, file=log)
"""


def make_wheel(folder, name, files):
    """Write a wheel and return the line that pins it in a lock."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info/"
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
        wheel.writestr(info + "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(
            info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(info + "RECORD", "".join(f"{file},,\n" for file in files))
    return f"{name}==1.0 \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


class Clone:
    """A small clone of the course whose JupyterLab is a stand-in that tells how it was called."""

    def __init__(self, folder, wheels):
        self.folder, self.wheels = folder, wheels
        (folder / "notebooks").mkdir(parents=True)
        (folder / "course_utils").mkdir()
        (folder / "course_utils" / "__init__.py").touch()
        shutil.copy(ROOT / "course_utils" / "workbook.py", folder / "course_utils")
        shutil.copy(ROOT / "course.py", folder)
        shutil.copytree(ROOT / "tools" / "projector", folder / "tools" / "projector")
        for name in ("find.py", "needs.py", "jupyter.py"):
            shutil.copy(ROOT / "tools" / name, folder / "tools")
        make_wheel(wheels, "altered", {})
        lock = make_wheel(
            wheels,
            "jupyterlab",
            {
                "jupyterlab/__main__.py": FAKE_LAB,
                "jupyter_core/paths.py": "SYSTEM_CONFIG_PATH, SYSTEM_JUPYTER_PATH = [], []",
                "nbformat/__init__.py": "",
                "nbformat/sign.py": FAKE_SIGN,
            },
        )
        for name in ("requirements.lock", "requirements-test.lock"):
            (folder / name).write_text(lock, "ascii")

    def environment(self, **extra):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
        offline = {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": self.wheels.as_uri(),
        }
        return {**kept, **offline, **extra}

    def popen(self, *arguments, program=("course.py",), **extra):
        return subprocess.Popen(
            [sys.executable, *program, *arguments],
            cwd=self.folder,
            env=self.environment(**extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def start(self, *arguments, **extra):
        process = self.popen(*arguments, **extra)
        process.out, process.err = process.communicate(timeout=60)
        return process

    def module(self):
        return load(self.folder / "course.py")


def load(path):
    """A fresh course.py as a module that takes the folder it lies in for the clone."""
    spec = importlib.util.spec_from_file_location("course_under_test", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def one_sentence(text, *words):
    """Hold a message to the house's form, and return it."""
    assert "Traceback" not in text
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) == 1, text
    assert all(word in lines[0] for word in words), lines[0]
    return lines[0]


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A clone in a folder with spaces and accents, set up by two starts at the same time.

    What an interrupted start left behind lies there already.
    """
    folder = tmp_path_factory.mktemp("course")
    clone = Clone(folder / "à côté du ravin", folder)
    (clone.folder / ".venv" / "bin").mkdir(parents=True)
    (clone.folder / ".venv" / "bin" / "leftover").touch()
    both = [clone.popen("--no-browser"), clone.popen("--no-browser")]
    clone.first = [(*process.communicate(timeout=60), process.returncode) for process in both]
    return clone


@pytest.fixture
def course(tmp_path):
    """The launcher as a module in an empty clone."""
    return Clone(tmp_path / "clone", tmp_path).module()


def test_two_first_starts_at_once_set_up_once_and_both_open_jupyterlab(clone):
    assert [code for _, _, code in clone.first] == [0, 0], clone.first
    together = "".join(out for out, _, _ in clone.first)
    assert together.count("Setting up .venv") == 1
    assert together.count("waiting") == 1
    assert together.count('"prefix"') == 2


def test_a_later_start_installs_nothing_and_runs_in_the_environment_of_the_clone(clone):
    started = clone.start(
        "--no-browser",
        PYTHONPATH="elsewhere",
        JUPYTER_PATH="elsewhere",
        MPLBACKEND="agg",
        MATPLOTLIBRC="elsewhere",
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
    )
    assert started.returncode == 0, started.err
    words, told = started.out.splitlines()
    assert words.startswith("JupyterLab starts")
    told = json.loads(told)
    assert Path(told["prefix"]) == clone.folder / ".venv"
    assert Path(told["library"]) == clone.folder / "course_utils" / "__init__.py"
    assert "--ServerApp.ip=127.0.0.1" in told["arguments"]
    assert "--ServerApp.open_browser=False" in told["arguments"]
    assert "--LabApp.default_url=/lab/tree/workbook/00_start_here.ipynb" in told["arguments"]
    own = told["environment"]
    assert not {"PYTHONPATH", "JUPYTER_PATH", "MPLBACKEND", "MATPLOTLIBRC"} & set(own)
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        assert clone.folder / ".venv" in Path(own[name]).parents


def test_lessons_are_signed_when_they_changed_and_only_then(clone):
    signed = clone.folder / "signed.txt"
    lesson = clone.folder / "notebooks" / "01_one.ipynb"
    signed.unlink(missing_ok=True)
    for text, times in ((LESSON, 1), (LESSON, 1), (MENDED, 2)):
        lesson.write_text(text, "ascii")
        # What lies there at the first start is the course's own.
        (clone.folder / ".venv" / "state" / "brought.json").unlink(missing_ok=True)
        assert clone.start("--no-browser").returncode == 0
        # the lesson and the learner's copy of it
        assert signed.read_text("utf-8").splitlines() == times * ["2"]


def test_a_learner_works_in_copies_that_the_course_never_overwrites(clone):
    lesson = clone.folder / "notebooks" / "01_one.ipynb"
    copy = clone.folder / "workbook" / "01_one.ipynb"
    lesson.write_text(LESSON, "ascii")
    assert clone.start("--no-browser").returncode == 0 and copy.read_text("utf-8") == LESSON
    copy.write_text(MINE, "utf-8")
    lesson.write_text(MENDED, "ascii")
    started = clone.start("--no-browser")
    assert "on it: lesson 01." in started.out and "course.py fresh 01" in started.out
    assert copy.read_text("utf-8") == MINE
    renewed = clone.start("fresh", "1")
    assert renewed.returncode == 0 and copy.read_text("utf-8") == MENDED
    kept = clone.folder / re.search(r"workbook/\S+kept\S+\.ipynb", renewed.out).group()
    assert kept.read_text("utf-8") == MINE
    assert "Nothing of yours was lost" in clone.start("fresh", "01").out
    assert "Changed in the course" not in clone.start("--no-browser").out


@pytest.mark.parametrize(("words", "said"), [([], "fresh 04"), (["9"], "There is no lesson")])
def test_a_lesson_that_cannot_be_begun_afresh_is_told(course, words, said):
    shutil.copytree(ROOT / "tools" / "projector", course.ROOT / "tools", dirs_exist_ok=True)
    with pytest.raises(SystemExit) as ended:
        course.start(["fresh", *words])
    one_sentence(str(ended.value), said)


def test_hand_ins_from_before_there_was_a_workbook_come_along(course, monkeypatch):
    (course.ROOT / "notebooks" / "my_answers").mkdir(parents=True)
    (course.ROOT / "notebooks" / "my_answers" / "before.json").write_text("1", "ascii")

    def killed(source, target):
        Path(target).mkdir()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(shutil, "copytree", killed)
        course.open_workbook()
    for _ in range(2):
        course.open_workbook()
        assert (course.WORKBOOK / "my_answers" / "before.json").read_text("ascii") == "1"


def test_what_is_amiss_in_the_workbook_is_told_and_left_as_it_is(course, capsys):
    lessons = course.ROOT / "notebooks"
    lessons.mkdir(exist_ok=True)
    names = ["00_torn", "01_old_name", "02_changed", "03_broken_here"]
    for name in names:
        (lessons / f"{name}.ipynb").write_text(LESSON, "ascii")
    course.open_workbook()
    assert capsys.readouterr().out == ""
    mine = {"00_torn": "{", "02_changed": MINE, "my_progress": "not a lesson"}
    for name, text in mine.items():
        (course.WORKBOOK / f"{name}.ipynb").write_text(text, "ascii")
    (lessons / "01_old_name.ipynb").rename(lessons / "01_new_name.ipynb")
    (lessons / "03_broken_here.ipynb").write_text("<<<<<<< Updated upstream", "ascii")
    (course.WORKBOOK / ".given.json").write_text("{", "ascii")
    course.open_workbook()
    told = capsys.readouterr().out.splitlines()
    assert "record" in told[0] and "stays as it is" in told[0]
    assert "workbook/00_torn.ipynb is not a whole notebook" in told[1] and "fresh 00" in told[1]
    assert "own lesson 03_broken_here is damaged" in told[2] and len(told) == 3
    assert course.start(["fresh", "0"]) == 0
    assert "is damaged" in ended(course, "fresh", "3")
    for name, text in {**mine, "03_broken_here": LESSON}.items():
        kept = list(course.WORKBOOK.glob(f"{name}*"))
        assert text in [path.read_text("ascii") for path in kept]


def test_a_lesson_that_the_course_calls_otherwise_is_told(course, capsys):
    lessons = course.ROOT / "notebooks"
    lessons.mkdir(exist_ok=True)
    (lessons / "01_old.ipynb").write_text(LESSON, "ascii")
    course.open_workbook()
    (course.WORKBOOK / "01_old.ipynb").write_text(MINE, "ascii")
    (lessons / "01_old.ipynb").rename(lessons / "01_new.ipynb")
    course.open_workbook()
    assert "no longer has lesson 01_old" in capsys.readouterr().out
    assert (course.WORKBOOK / "01_old.ipynb").read_text("ascii") == MINE
    assert (course.WORKBOOK / "01_new.ipynb").read_text("ascii") == LESSON


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("nowhere")])
def test_a_file_in_the_place_of_the_workbook_is_told(course, make):
    make(course.WORKBOOK)
    with pytest.raises(SystemExit) as told:
        course.open_workbook()
    one_sentence(str(told.value), "give it another name")
    (course.ROOT / "notebooks").mkdir(exist_ok=True)
    (course.ROOT / "notebooks" / "01_one.ipynb").write_text(LESSON, "ascii")
    one_sentence(ended(course, "fresh", "1"), "give it another name")


def ended(course, *words):
    """The sentence with which a command ends."""
    with pytest.raises(SystemExit) as told:
        course.start(list(words))
    return str(told.value)


def test_without_lessons_nothing_is_signed(course, monkeypatch):
    monkeypatch.setattr(course, "run", lambda *arguments, **options: pytest.fail("ran"))
    course.trust()


@pytest.mark.parametrize(
    ("says", "word"),
    [
        ("ModuleNotFoundError: No module named 'tornado'", "delete .venv"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("OSError: [Errno 122] Disk quota exceeded", "quota"),
        ("MemoryError", "memory"),
        ("OSError: [Errno 36] File name too long: 'x'", "so deep"),
        ("OSError: [Errno 71] Protocol error", "own disk"),
        ("ImportError: x.so: failed to map segment from shared object", "own disk"),
        ("PermissionError: [Errno 13] Permission denied: 'x'", "cannot write"),
        ("Connection lost: a strange thing", "last message is: Connection lost: a strange thing."),
    ],
)
def test_the_last_words_of_a_jupyterlab_that_fails_become_a_sentence(clone, says, word):
    started = clone.start("--no-browser", FAKE_LAB_EXIT="1", FAKE_LAB_SAYS=f"first\n{says}")
    assert started.returncode == 1
    *heard, told = started.err.splitlines()
    assert heard == ["first", says], "its own words are seen as well"
    assert re.search(word, one_sentence(told))
    assert ("delete .venv" in told) == says.startswith("ModuleNotFound")


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_jupyterlab_that_is_killed_is_told(clone):
    started = clone.start("--no-browser", FAKE_LAB_SIGNAL="9")
    assert started.returncode == 1
    assert "stopped from outside (signal 9)" in one_sentence(started.err)


def test_what_a_program_leaves_running_holds_nobody_up(here):
    left = (
        "import subprocess, sys; print('heard', file=sys.stderr);"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(8)'])"
    )
    heard, begun = [], time.monotonic()
    assert here.run(["-c", left], heard=heard) == 0 and heard == ["heard\n"]
    assert time.monotonic() - begun < 8


@pytest.mark.parametrize(
    "lock, extra, word",
    [
        ("absent==1.0 --hash=sha256:" + 64 * "0", {}, "lacks a package"),
        (
            "absent==1.0 --hash=sha256:" + 64 * "0",
            {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/s", "PIP_RETRIES": "1"},
            "cannot be reached",
        ),
        ("altered==1.0 --hash=sha256:" + 64 * "0", {}, "not the one that the course pins"),
        ("altered==1.0", {}, ".venv/pip.log"),
    ],
    ids=["package missing", "no network", "wrong hash", "no hash"],
)
def test_what_pip_says_becomes_one_sentence(clone, lock, extra, word):
    whole = clone.folder / "requirements.lock"
    stamp = clone.folder / ".venv" / "stamp.json"
    before = whole.read_text("ascii"), stamp.read_text("utf-8")
    whole.write_text(lock, "ascii")
    try:
        started = clone.start("--no-browser", **extra)
        assert started.returncode == 1
        one_sentence(started.err, word, "run the same command again.")
        assert not stamp.exists()
    finally:
        whole.write_text(before[0], "ascii")
        stamp.write_text(before[1], "utf-8")


def test_a_broken_environment_is_made_again(clone, monkeypatch):
    course = clone.module()
    made = []
    monkeypatch.setattr(course, "make_venv", lambda: made.append("venv"))
    monkeypatch.setattr(course, "pip_install", made.append)
    assert not (clone.folder / ".venv" / "bin" / "leftover").exists()
    stamp, python = course.STAMP.read_text("utf-8"), course.PYTHON.rename(course.VENV / "aside")
    try:
        assert not course.stamped()
        course.STAMP.write_text(stamp[:20], "utf-8")
        assert not course.stamped()
        with contextlib.suppress(OSError):
            course.prepare(course.RUNTIME)
        assert made == ["venv", course.RUNTIME]
    finally:
        python.rename(course.PYTHON)
        course.STAMP.write_text(stamp, "utf-8")


def test_the_environment_of_another_python_or_another_folder_does_not_count(clone, monkeypatch):
    course = clone.module()
    monkeypatch.setattr(course, "ROOT", clone.folder.parent)
    assert not course.stamped()
    monkeypatch.undo()
    assert course.stamped()
    version = SimpleNamespace(version_info=(3, 99))
    monkeypatch.setattr(course, "sys", version)
    assert not course.stamped()


def test_an_interrupted_set_up_ends_in_a_sentence_and_the_next_start_begins_afresh(
    course, monkeypatch
):
    made = []
    monkeypatch.setattr(course, "make_venv", lambda: made.append(course.VENV.mkdir(exist_ok=True)))

    def interrupted(lock):
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "pip_install", interrupted)
    for times in (1, 2):
        one_sentence(course.start([]), "Stopped", "run the same command again")
        assert len(made) == times
        assert not course.stamped()


@pytest.mark.parametrize(
    "number, word",
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EACCES, "cannot write to its folder"),
        (errno.EROFS, "cannot write to its folder"),
        (errno.EIO, "clone the course again"),
        (errno.ENOTEMPTY, "wait a moment"),
        (errno.ENAMETOOLONG, "nearer to the top"),
    ],
)
def test_what_the_system_refuses_becomes_one_sentence(course, monkeypatch, number, word):
    def refuse(*arguments):
        raise OSError(number, os.strerror(number), str(course.ROOT / ".setup.lock"))

    monkeypatch.setattr("builtins.open", refuse)
    one_sentence(course.start([]), word)


def test_a_file_in_the_place_of_the_environment_is_no_obstacle(course, monkeypatch):
    course.VENV.write_text("", "ascii")
    monkeypatch.setattr(
        course.subprocess, "run", lambda *a, **k: SimpleNamespace(returncode=0, stdout="")
    )
    course.make_venv()
    assert not course.VENV.exists()
    course.VENV.write_text("", "ascii")
    monkeypatch.setattr(course, "pip_install", lambda lock: sys.exit("went on"))
    with pytest.raises(SystemExit, match="went on"):
        course.prepare(course.RUNTIME)


@pytest.mark.parametrize("locks", ["null", "[]", '"x"', "1"])
def test_a_stamp_without_locks_is_none(course, locks):
    course.PYTHON.parent.mkdir(parents=True)
    course.PYTHON.symlink_to(sys.executable)
    course.STAMP.write_text(json.dumps({"maker": course.maker(), "locks": {"a": "b"}}), "ascii")
    assert course.stamped() == {"a": "b"}
    text = course.STAMP.read_text("ascii")
    course.STAMP.write_text(text.replace('{"a": "b"}', locks), "ascii")
    assert course.stamped() == {}


@pytest.mark.skipif(os.name == "nt", reason="files that may not be run")
def test_a_python_that_may_not_be_run_is_made_again(course):
    course.PYTHON.parent.mkdir(parents=True)
    course.PYTHON.touch(0o644)
    course.STAMP.write_text(json.dumps({"maker": course.maker(), "locks": {"a": "b"}}), "ascii")
    assert course.stamped() == {}


def test_a_folder_in_which_another_program_still_writes_is_removed_in_the_end(course, monkeypatch):
    refusals = [OSError(errno.ENOTEMPTY, "Directory not empty")] * 2
    remove = shutil.rmtree

    def busy(folder):
        if refusals:
            raise refusals.pop()
        remove(folder)

    monkeypatch.setattr(course.shutil, "rmtree", busy)
    monkeypatch.setattr(course.time, "sleep", lambda seconds: None)
    course.VENV.mkdir()
    course.remove(course.VENV)
    assert not course.VENV.exists()


def test_a_python_that_cannot_make_environments_is_told(course, monkeypatch):
    refused = SimpleNamespace(returncode=1, stdout="Error: no such thing")
    monkeypatch.setattr(course.subprocess, "run", lambda *a, **k: refused)
    with pytest.raises(SystemExit) as ended:
        course.make_venv()
    one_sentence(str(ended.value), "install Python", "(Error: no such thing)")
    refused.stdout = "Error: [Errno 71] Protocol error: 'lib' -> '.venv/lib64'"
    with pytest.raises(SystemExit) as ended:
        course.make_venv()
    one_sentence(str(ended.value), "own disk")
    refused.stdout = "OSError: [Errno 28] No space left on device"
    with pytest.raises(SystemExit) as ended:
        course.make_venv()
    one_sentence(str(ended.value), "disk is full")


def test_a_rebuild_from_inside_the_environment_is_refused(course, monkeypatch):
    monkeypatch.setattr(course.sys, "prefix", str(course.VENV))
    with pytest.raises(SystemExit) as ended:
        course.make_venv()
    one_sentence(str(ended.value), "deactivate")


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_the_module_venv_is_told(tmp_path, module):
    clone = Clone(tmp_path / "clone", tmp_path)
    program = (
        f"import runpy, sys; sys.modules[{module!r}] = None; sys.argv = ['course.py'];"
        "runpy.run_path('course.py', run_name='__main__')"
    )
    started = clone.popen(program=("-c", program))
    _, err = started.communicate(timeout=30)
    assert started.returncode == 1
    one_sentence(err, "apt install python3-venv")


def test_settings_of_pip_say_where_packages_come_from_and_nothing_else(clone, tmp_path):
    whole, more = clone.folder / "requirements.lock", tmp_path / "more.txt"
    stamp = clone.folder / ".venv" / "stamp.json"
    before = whole.read_text("ascii"), stamp.read_text("utf-8")
    others = tmp_path / "constraints.txt"
    others.write_text("settings<1\njupyterlab<1\n", "ascii")
    more.write_text("absent==1.0\n", "ascii")
    (tmp_path / "pip.conf").write_text(
        f"[global]\nfind-links =\n    {clone.wheels.as_uri()}\n    {tmp_path.as_uri()}\n"
        f"no-index = true\nconstraint = {others}\ntarget = {tmp_path / 'there'}\n"
        f"[install]\nrequirement = {more}\ndry-run = true\nplatform = win32\n",
        "utf-8",
    )
    variables = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_NO_INDEX": "",
                 "PIP_FIND_LINKS": "", "PIP_CONSTRAINT": str(others), "PIP_DRY_RUN": "1",
                 "PIP_PREFIX": str(tmp_path / "there"), "PIP_REQUIREMENT": str(more)}  # fmt: skip
    whole.write_text(before[0] + make_wheel(clone.wheels, "settings", {"settings.py": ""}), "ascii")
    try:
        started = clone.start("--no-browser", **variables)
        assert started.returncode == 0, started.err
        assert list((clone.folder / ".venv").rglob("settings.py"))
        assert not (tmp_path / "there").exists()
    finally:
        whole.write_text(before[0], "ascii")
        stamp.write_text(before[1], "utf-8")


def test_settings_of_the_machine_for_other_kernels_do_not_get_in(here, tmp_path):
    from ipykernel.kernelapp import IPKernelApp

    (tmp_path / "ipython_config.py").write_text(
        "c.InteractiveShellApp.exec_lines = ['1 / 0']\nc.InteractiveShellApp.matplotlib = 'qt'\n"
        "c.InteractiveShellApp.extensions = ['absent']\n"
        "c.InteractiveShell.ast_node_interactivity = 'none'\n"
    )
    here.dress(projector=False)
    profile = here.STATE / "ipython" / "profile_default"
    app = IPKernelApp(config_file_paths=[str(profile), str(tmp_path)])
    app.load_config_file(suppress_errors=False)
    read = app.config.InteractiveShellApp
    assert (read.exec_lines, read.extensions, read.matplotlib) == ([], [], None)
    assert app.config.InteractiveShell.ast_node_interactivity == "last_expr"


def test_settings_of_the_machine_for_other_servers_do_not_get_in(here, monkeypatch, tmp_path):
    """As if an administrator had set them: the paths of Jupyter's own lists lead to a folder."""
    (tmp_path / "etc" / "jupyter_server_config.d").mkdir(parents=True)
    (tmp_path / "etc" / "jupyter_config.py").write_text("raise SystemExit('read')", "ascii")
    (tmp_path / "etc" / "jupyter_server_config.py").write_text("raise SystemExit('read')", "ascii")
    (tmp_path / "share" / "labextensions").mkdir(parents=True)
    (tmp_path / "sitecustomize.py").write_text(
        "from jupyter_core import paths\n"
        f"paths.SYSTEM_CONFIG_PATH[:] = [{str(tmp_path / 'etc')!r}]\n"
        f"paths.SYSTEM_JUPYTER_PATH[:] = [{str(tmp_path / 'share')!r}]\n",
        "ascii",
    )
    (tmp_path / "asked.py").write_text(
        "import json, sys\n"
        "from jupyter_core.paths import jupyter_config_path, jupyter_path\n"
        "from jupyter_server.serverapp import ServerApp\n"
        "ServerApp().load_config_file()\n"
        "print(json.dumps([*jupyter_config_path(), *jupyter_path('labextensions')]))\n",
        "ascii",
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    words = {"env": {**here.environment(), "PYTHONPATH": path}, "capture_output": True,
             "encoding": "utf-8", "timeout": 60}  # fmt: skip
    bare = subprocess.run([sys.executable, "-m", "asked"], **words)
    assert "read" in bare.stderr, "the trap works"
    ours = subprocess.run([sys.executable, *here.LAB[:2], "asked"], **words)
    assert ours.returncode == 0, ours.stderr
    places = json.loads(ours.stdout)
    of_the_machine = (str(tmp_path / "etc"), str(tmp_path / "share"))
    assert not [place for place in places if place.startswith(of_the_machine)]
    assert str(here.LAB_CONFIG) in places


def test_what_the_python_lacks_is_told_before_anything_is_made(tmp_path):
    clone = Clone(tmp_path / "clone", tmp_path)
    program = (
        "import runpy, sys; sys.modules['sqlite3'] = None; sys.argv = ['course.py'];"
        "runpy.run_path('course.py', run_name='__main__')"
    )
    started = clone.popen(program=("-c", program))
    _, err = started.communicate(timeout=30)
    assert started.returncode == 1 and not (clone.folder / ".venv").exists()
    one_sentence(err, "built without sqlite3", "libsqlite3-dev")


def test_the_course_of_another_account_is_told(course, monkeypatch):
    monkeypatch.setattr(
        course, "part", lambda path: SimpleNamespace(another_account=lambda at: "x.")
    )
    monkeypatch.setattr(course, "prepare", lambda lock: pytest.fail("went on"))
    assert ended(course, "--no-browser") == "x."


def test_packages_that_cannot_be_imported_are_told_and_the_set_up_does_not_count(clone):
    whole = clone.folder / "requirements.lock"
    stamp = clone.folder / ".venv" / "stamp.json"
    before = whole.read_text("ascii"), stamp.read_text("utf-8")
    broken = make_wheel(clone.wheels, "sympy", {"sympy.py": "raise ImportError('DLL load failed')"})
    whole.write_text(before[0] + broken, "ascii")
    try:
        started = clone.start("--no-browser")
        assert started.returncode == 1 and not stamp.exists()
        one_sentence(started.err, "cannot be used", "ImportError: DLL load failed.")
    finally:
        whole.write_text(before[0], "ascii")
        stamp.write_text(before[1], "utf-8")


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13), (3, 99, 0)])
def test_a_python_of_the_wrong_age_is_told_before_anything_else(version):
    program = (
        f"import sys; sys.version_info = {version!r}; sys.modules['pathlib'] = None;"
        "exec(compile(open('course.py').read(), 'course.py', 'exec'))"
    )
    started = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=30
    )
    assert started.returncode == 1
    one_sentence(started.stderr, f"Python {version[0]}.{version[1]}:", "install")


def test_old_pythons_can_parse_the_launcher():
    source = (ROOT / "course.py").read_text("utf-8")
    assert source.isascii()
    tree = ast.parse(source, feature_version=(3, 7))
    assert "from __future__ import print_function" in source
    new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.YieldFrom)
    new += (ast.AsyncFunctionDef, ast.AsyncWith, ast.Match, ast.MatMult)
    for node in ast.walk(tree):
        assert not isinstance(node, new), ast.unparse(node)
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            assert not [each for each in node.elts if isinstance(each, ast.Starred)]
        if isinstance(node, ast.Raise):
            assert node.cause is None
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            assert not node.args.kwonlyargs + node.args.posonlyargs
            assert not getattr(node, "returns", None)
            assert not [each for each in node.args.args if each.annotation]
        if isinstance(node, ast.Call):
            assert not [each for each in node.keywords if each.arg is None]


def test_a_taken_port_is_told_or_passed_over(course):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert course.free_port([port]) is None
        assert course.free_port([port, 0]) == 0
        with pytest.raises(SystemExit) as ended:
            course.start(["--port", str(port)])
    one_sentence(str(ended.value), "--port")


@pytest.mark.parametrize(
    "line", [["--port", "70000"], ["--port", "x"], ["--port"], ["tset"], ["--no-browser", "x"]]
)
def test_a_slip_on_the_command_line_is_told(course, line):
    with pytest.raises(SystemExit) as ended:
        course.start(line)
    one_sentence(str(ended.value), "--port" if "--port" in line else "help")


def test_help_names_every_command(course, capsys):
    assert course.start(["help", "all"]) == 0
    page = capsys.readouterr().out
    for word in (
        "test",
        "fresh",
        "gather",
        "lessons",
        "solutions",
        "images",
        "lock",
        "help",
        "--no-browser",
        "--port",
    ):
        assert word in page


def test_gather_counts_the_folders_named_as_seen_from_where_it_is_typed(stages, monkeypatch):
    there = stages.course.ROOT.parent
    monkeypatch.chdir(there)
    stages.codes[0] = 3
    (there / "class 7").mkdir()
    assert stages.course.start(["gather", "class 7", "--csv", "marks.csv"]) == 3
    words = ["--cwd", str(there), "class 7", "--csv", "marks.csv"]
    assert stages.commands == [["-m", "course_utils.inventory", *words]]


def test_a_stick_serves_a_computer_without_network(tmp_path):
    clone = Clone(tmp_path / "clone", tmp_path)
    for tool in ("stick.py", "commands.py"):
        shutil.copy(ROOT / "tools" / tool, clone.folder / "tools")
    mine = [".git/config", "workbook/04.ipynb", "notebooks/my_progress.jsonl", ".venv/x"]
    for name in mine:
        (clone.folder / name).parent.mkdir(exist_ok=True)
        (clone.folder / name).touch()
    for _ in range(2):  # the second time from another kind of computer
        made = clone.start("stick", "--to", str(tmp_path / "stick"))
        assert made.returncode == 0 and "1 packages" in made.out, made.err
    copy = tmp_path / "stick" / "down-the-ravine"
    assert not any((copy / name).exists() for name in mine)
    assert [wheel.name for wheel in (copy / "wheels").iterdir()] == [
        "jupyterlab-1.0-py3-none-any.whl"
    ]
    learner = object.__new__(Clone)
    learner.folder, learner.wheels = copy, tmp_path / "nowhere"
    offline = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/s", "PIP_RETRIES": "0"}
    started = learner.start("--no-browser", **offline)
    assert started.returncode == 0 and "JupyterLab starts" in started.out, started.err
    shutil.rmtree(copy / ".venv")
    (copy / "wheels" / "jupyterlab-1.0-py3-none-any.whl").unlink()
    failed = learner.start("--no-browser", **offline)
    assert failed.returncode == 1
    one_sentence(failed.err, "folder wheels lacks packages", "python3 course.py stick")
    inside = clone.start("stick", "--to", str(clone.folder / "x"))
    assert inside.returncode == 1
    one_sentence(inside.err, "lies inside the course", "--to")


def test_versions_are_left_to_nox(course, monkeypatch):
    called = []
    monkeypatch.setattr(course.shutil, "which", {"nox": "/there/nox"}.get)
    monkeypatch.setattr(course.subprocess, "call", lambda command, cwd: called.append(command) or 3)
    assert course.start(["versions"]) == course.start(["versions", "newest", "-R"]) == 3
    assert called == [["/there/nox", "--list"], ["/there/nox", "-s", "newest", "-R"]]
    monkeypatch.setattr(course.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        course.start(["versions", "newest"])
    one_sentence(str(ended.value), "pip install nox")


def test_gather_of_a_folder_that_is_nowhere_is_told_before_anything_is_set_up(course):
    one_sentence(ended(course, "gather", "nowhere"), "There is no folder", "nowhere")
    assert not course.VENV.exists()


def test_gather_without_a_folder_is_told_before_anything_is_set_up(course):
    with pytest.raises(SystemExit) as ended:
        course.start(["gather"])
    one_sentence(str(ended.value), "python3 course.py gather FOLDER")
    assert not course.VENV.exists()


def test_root_may_start_jupyterlab_and_nobody_else_is_asked(course, monkeypatch):
    monkeypatch.setattr(course.os, "geteuid", lambda: 0, raising=False)
    assert "--allow-root" in course.lab_arguments(8888, True)
    monkeypatch.setattr(course.os, "geteuid", lambda: 1000, raising=False)
    assert "--allow-root" not in course.lab_arguments(8888, True)


def test_another_folder_may_be_opened_in_place_of_the_first_lesson(course, clone, tmp_path):
    with pytest.raises(SystemExit) as ended:
        course.start(["--folder", str(tmp_path / "nowhere")])
    one_sentence(str(ended.value), "--folder", "nowhere")
    (tmp_path / "with space").mkdir()
    called = json.loads(
        clone.start("--no-browser", "--folder", str(tmp_path / "with space")).out.splitlines()[-1]
    )
    assert f"--ServerApp.root_dir={tmp_path / 'with space'}" in called["arguments"]
    assert not [word for word in called["arguments"] if "default_url" in word]
    called = json.loads(clone.start("--no-browser").out.splitlines()[-1])
    assert "--LabApp.default_url=/lab/tree/workbook/00_start_here.ipynb" in called["arguments"]


def test_the_switch_for_a_projector_begins_in_presentation_mode(clone):
    css = clone.folder / ".venv" / "state" / "config" / "custom" / "custom.css"
    first = {(): ".jp-mod-presentationMode {", ("--projector",): ".jp-LabShell {"}
    for switch, begins in first.items():
        called = json.loads(clone.start("--no-browser", *switch).out.splitlines()[-1])
        assert "--LabApp.custom_css=True" in called["arguments"]
        assert any("/doc/tree" in word for word in called["arguments"]) == bool(switch)
        assert [line for line in css.read_text("utf-8").splitlines() if line == begins]


def test_solutions_are_written_relative_to_where_one_stands(course, monkeypatch, tmp_path):
    ran = []
    monkeypatch.setattr(course, "prepare", lambda lock: ran.append(lock))
    monkeypatch.setattr(course, "run", lambda arguments: ran.append(arguments) or 0)
    monkeypatch.chdir(tmp_path)
    assert course.start(["solutions", "04", "--to", "copies"]) == 0
    assert ran[0] == course.RUNTIME
    assert ran[1] == ["-m", "tools.solutions", "--cwd", str(tmp_path), "04", "--to", "copies"]


def test_a_kernel_says_nothing_in_the_learner_s_terminal(here):
    here.dress(projector=False)
    program = (
        "import os; from jupyter_client.manager import start_new_kernel\n"
        "manager, client = start_new_kernel(env=dict(os.environ))\n"
        "client.execute_interactive('print(2 + 2)'); client.stop_channels()\n"
        "manager.shutdown_kernel(now=True)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], env=here.environment(), capture_output=True,
        encoding="utf-8", check=True, timeout=60,
    )  # fmt: skip
    assert (ran.stdout, ran.stderr) == ("4\n", "")


@pytest.mark.parametrize("word", ["site", "slides", "lite"])
def test_what_is_built_lands_where_one_stands(course, monkeypatch, tmp_path, word):
    ran = []
    monkeypatch.setattr(course, "prepare", lambda lock: None)
    monkeypatch.setattr(course, "run", lambda arguments: ran.append(arguments) or 0)
    monkeypatch.chdir(tmp_path)
    assert course.start([word, "--to", "there"]) == 0
    assert ran[0][-2:] == ["--to", "there"]
    assert ran[0][ran[0].index("--cwd") + 1] == str(tmp_path)


def test_every_word_of_the_help_page_is_known(course, monkeypatch):
    monkeypatch.setattr(course, "prepare", lambda lock: None)
    monkeypatch.setattr(course, "run", lambda arguments: 0)
    told = re.findall(r"python3 course\.py ([a-z]+)", course.__doc__ + course.MORE)
    assert set(told) == {*course.TOOLS, *course.OWN, "help"}
    learners = re.findall(r"python3 course\.py ([a-z]+)", course.__doc__)
    assert set(learners) == {"fresh", "ready", "help"}, "what a learner needs, and nothing else"


def test_every_command_has_a_page_for_which_nothing_is_installed(course, capsys, monkeypatch):
    monkeypatch.setattr(course, "prepare", lambda lock: pytest.fail("installed"))
    for name in ("ROOT", "VENV"):
        monkeypatch.setattr(course, name, ROOT)
    for word in [*course.OWN, *course.TOOLS]:
        for line in ([word, "--help"], [word, "x", "-h"]):
            assert course.start(line) == 0
            page = capsys.readouterr().out
            called = "nox -s" if word == "versions" else f"python3 course.py {word}"
            assert called in page and len(page.splitlines()) > 2
    for line in (["--help"], ["-h"], ["--projector", "--help"], ["help"]):
        assert course.start(line) == 0
        assert capsys.readouterr().out.strip() == course.__doc__.strip()


def test_the_page_of_a_tool_is_that_of_its_file(course, capsys, monkeypatch):
    monkeypatch.setattr(course, "ROOT", ROOT)
    assert course.page("lessons") == importlib.import_module("tools.lessons").__doc__.strip()
    assert course.page("gather").startswith("Count and mark what a class")


def test_the_edition_is_told(course, capsys, monkeypatch):
    monkeypatch.setattr(course, "ROOT", ROOT)
    assert course.start(["--version"]) == 0
    edition = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    said = capsys.readouterr().out
    assert said.startswith(f"Down the Ravine {edition}, Python {sys.version.split()[0]}, ")


@pytest.mark.skipif(os.name == "nt", reason="a pipe of a shell")
def test_a_reader_that_has_seen_enough_is_no_fault(clone):
    with clone.popen("help", "all") as started:
        started.stdout.close()
        assert started.wait(timeout=60) == 0 and started.stderr.read() == ""


def test_words_that_are_not_understood_end_with_two(clone):
    for line in (["tets"], ["gather"], ["fresh"], ["fresh", "99"], ["--port", "x"], ["--folder"]):
        started = clone.start(*line)
        assert started.returncode == 2 and started.out == ""
        one_sentence(started.err, "test?" if line == ["tets"] else "")


@pytest.mark.parametrize("code", [0, 2])
def test_ctrl_c_and_a_request_to_end_are_left_to_the_program(course, monkeypatch, code):
    events = [KeyboardInterrupt, KeyboardInterrupt, signal.SIGTERM, code]
    terminated = []

    class Child(contextlib.AbstractContextManager):
        returncode = None

        def __init__(self, *arguments, **options):
            pass

        def __exit__(self, *problem):
            pass

        def terminate(self):
            terminated.append(True)

        def wait(self):
            event = events.pop(0)
            if event is KeyboardInterrupt:
                raise event
            if event is signal.SIGTERM:
                signal.raise_signal(event)
                return self.wait()
            self.returncode = event
            return event

    monkeypatch.setattr(course.subprocess, "Popen", Child)
    before = signal.getsignal(signal.SIGTERM)
    if code:
        with pytest.raises(KeyboardInterrupt):
            course.run([])
    else:
        assert course.run([]) == 0
    assert terminated and not events
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.fixture
def stages(course, monkeypatch):
    """The stages that the test command runs, as (arguments, exit code) that a test may set."""
    ran = SimpleNamespace(commands=[], codes=[0, 0, 0], course=course)

    def run(arguments, quiet=False):
        ran.commands.append([str(part) for part in arguments])
        return ran.codes[len(ran.commands) - 1]

    monkeypatch.setattr(course, "run", run)
    monkeypatch.setattr(course, "prepare", lambda lock: None)
    monkeypatch.setattr(course, "find_browser", lambda: "chromium")
    monkeypatch.delenv("CI", raising=False)
    for name in ("00_start_here", "13_a_fair_race"):
        (course.ROOT / "notebooks" / f"{name}.ipynb").touch()
    return ran


def test_the_test_command_runs_library_lessons_and_browser(stages, capsys):
    assert stages.course.start(["test"]) == 0
    library, lessons, browser = stages.commands
    assert "tests" in library and "--ignore=tests/browser" in library
    assert "--nbval" in lessons and lessons[-1].endswith("00_start_here.ipynb")
    assert lessons[-2].endswith("13_a_fair_race.ipynb"), "the longest comes first"
    assert browser[-1] == "tests/browser"
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "Tests: library passed; lessons passed; browser passed."


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_one_failing_stage_fails_the_whole_and_the_others_still_run(stages, capsys, failing):
    stages.codes[failing] = 1
    assert stages.course.start(["test"]) == 1
    assert len(stages.commands) == 3
    assert capsys.readouterr().out.splitlines()[-1].count("failed") == 1


def test_without_a_browser_the_browser_tests_are_left_out_and_named(stages, monkeypatch, capsys):
    monkeypatch.setattr(stages.course, "find_browser", lambda: None)
    assert stages.course.start(["test"]) == 0
    assert len(stages.commands) == 2
    last = capsys.readouterr().out.splitlines()[-1]
    assert "browser left out" in last and "COURSE_CHROMIUM" in last


def test_in_ci_a_missing_browser_fails_before_anything_runs(stages, monkeypatch):
    monkeypatch.setattr(stages.course, "find_browser", lambda: None)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(SystemExit) as ended:
        stages.course.start(["test"])
    one_sentence(str(ended.value), "Chromium")
    assert not stages.commands


def test_arguments_go_to_pytest_alone(stages):
    stages.codes[0] = 5
    assert stages.course.start(["test", "tests/test_x.py", "-k", "foo"]) == 5
    assert stages.commands == [["-m", "pytest", "tests/test_x.py", "-k", "foo"]]


def test_the_browser_is_found_by_name_or_by_wish(course, monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_CHROMIUM", raising=False)
    monkeypatch.setattr(course.shutil, "which", {"chrome": "/there/chrome"}.get)
    assert course.find_browser() == "/there/chrome"
    monkeypatch.setattr(course.shutil, "which", lambda name: None)
    assert course.find_browser() is None
    monkeypatch.setenv("COURSE_CHROMIUM", str(tmp_path / "nothing"))
    with pytest.raises(SystemExit) as ended:
        course.find_browser()
    one_sentence(str(ended.value), "COURSE_CHROMIUM")
    monkeypatch.undo()
    monkeypatch.setenv("COURSE_CHROMIUM", sys.executable)
    assert course.find_browser() == sys.executable


@pytest.fixture
def here(course, monkeypatch):
    """The launcher in an empty clone, with the Python and packages of this test run."""
    monkeypatch.setattr(course, "PYTHON", Path(sys.executable))
    course.STATE.mkdir(parents=True)
    return course


def with_a_picture(path, picture="<svg/>"):
    """Write a notebook with a stored picture, and return it as Jupyter reads it."""
    output = nbformat.v4.new_output("display_data", {"image/svg+xml": picture})
    cell = nbformat.v4.new_code_cell("1", outputs=[output])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return nbformat.read(path, 4)


def trusted(here, *paths):
    """Whether JupyterLab trusts each of these notebooks."""
    notary = NotebookNotary(data_dir=str(here.STATE / "data"))
    with contextlib.closing(notary.store):
        return [notary.check_signature(nbformat.read(path, 4)) for path in paths]


def commit(folder):
    """Make a folder a git repository that holds what lies in it."""
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "notebooks"], ["commit", "-qm", "lessons"]):
        subprocess.run(git + words, check=True)


by_git = pytest.param(True, marks=pytest.mark.skipif(not shutil.which("git"), reason="no git"))


@pytest.mark.parametrize("git", [by_git, False])
def test_only_lessons_as_the_course_brought_them_are_trusted(here, capsys, git):
    folder = here.ROOT / "notebooks"
    lesson, other = folder / "00_start_here.ipynb", folder / "01_other.ipynb"
    with_a_picture(lesson)
    with_a_picture(other, "<svg>other</svg>")
    if git:
        commit(here.ROOT)
    here.open_workbook()
    here.trust()
    copies = [here.WORKBOOK / path.name for path in (lesson, other)]
    assert trusted(here, lesson, other, *copies) == [True] * 4
    assert capsys.readouterr().out == ""
    friend = folder / "99_from_a_friend.ipynb"
    with_a_picture(friend, "<svg><script/></svg>")
    with_a_picture(other, "<svg><script>over</script></svg>")
    here.open_workbook()
    here.trust()
    told = capsys.readouterr().out
    one_sentence(told.strip(), "Not the course's own version", "01_other.ipynb")
    copies.append(here.WORKBOOK / friend.name)
    assert trusted(here, lesson, other, friend, *copies) == [True, False, False] * 2


def test_what_is_signed_is_not_signed_again(here, monkeypatch):
    folder = here.ROOT / "notebooks"
    lessons = [folder / "00_start_here.ipynb", folder / "01_other.ipynb"]
    for number, path in enumerate(lessons):
        with_a_picture(path, f"<svg>{number}</svg>")
    here.open_workbook()
    signed = []
    monkeypatch.setattr(here, "run", lambda words, **options: signed.extend(words[3:]))
    here.trust()
    copies = [here.WORKBOOK / path.name for path in lessons]
    assert signed == [*lessons, *copies]
    with_a_picture(copies[0], "<svg>worked in</svg>")
    here.open_workbook()
    here.trust()
    assert signed == [*lessons, *copies]
    here.WORKBOOK.joinpath(".given.json").unlink()
    copies[1].unlink()
    here.open_workbook()
    here.trust()
    assert copies[1].exists() and len(signed) == 4


def test_a_learners_folder_from_elsewhere_is_not_trusted(here):
    with_a_picture(here.ROOT / "notebooks" / "00_start_here.ipynb")
    here.open_workbook()
    copy, record = here.WORKBOOK / "00_start_here.ipynb", here.WORKBOOK / ".given.json"
    before = hashlib.sha256(copy.read_bytes()).hexdigest()
    with_a_picture(copy, "<svg><script/></svg>")
    after = hashlib.sha256(copy.read_bytes()).hexdigest()
    given = json.loads(record.read_text("utf-8"))
    assert given[copy.name]["copy"] == before
    given[copy.name]["copy"] = after
    record.write_text(json.dumps(given), "utf-8")
    here.trust()
    assert trusted(here, copy) == [False]


def test_a_kernel_is_the_course_s_own_and_computes_on_one_thread(here, monkeypatch, tmp_path):
    user = tmp_path / "home" / ".local" / "share" / "jupyter"
    for folder in (user, tmp_path / "path"):
        spec = folder / "kernels" / "python3" / "kernel.json"
        spec.parent.mkdir(parents=True)
        spec.write_text(json.dumps({"argv": ["wrong"], "display_name": "wrong"}), "utf-8")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(user))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "path"))
    ask = (
        "from jupyter_client.kernelspec import KernelSpecManager as Manager;"
        "print(Manager().get_kernel_spec('python3').argv[0])"
    )

    def argv(environment):
        return subprocess.run(
            [sys.executable, "-c", ask],
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=True,
            timeout=60,
        ).stdout.strip()

    assert argv(dict(os.environ)) == "wrong"
    assert argv(here.environment()) != "wrong"
    # One thread for linear algebra, or as many as somebody has asked for.
    ask = (
        "import numpy, threadpoolctl;"
        "print(*[p['num_threads'] for p in threadpoolctl.threadpool_info()])"
    )
    for library in ("OPENBLAS", "MKL", "OMP"):
        monkeypatch.delenv(f"{library}_NUM_THREADS", raising=False)
    assert set(argv(here.environment()).split()) == {"1"}
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert set(argv(here.environment()).split()) == {str(min(2, os.cpu_count()))}
