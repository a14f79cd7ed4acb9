"""What the course needs of a Python, a system and a place: each lack has its own sentence."""

import json
import os
import platform
import shutil
import socket
import struct
import sys
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools import needs


def one(told, *words):
    """Hold a lack to the house's form: one line that ends, with these words in it."""
    assert told and "\n" not in told and told.endswith("."), told
    assert all(word in told for word in words), told


def test_nothing_is_missing_where_the_tests_run(tmp_path):
    assert needs.lack(tmp_path) == ""
    assert list(tmp_path.iterdir()) == [], "what was tried leaves nothing behind"


@pytest.mark.parametrize("module", needs.MODULES)
def test_a_python_that_was_built_without_a_part_is_told(monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    one(needs.modules(), f"without {module},", needs.MODULES[module], "run the same command again.")


def test_all_parts_that_are_missing_are_named_at_once(monkeypatch):
    for module in ("sqlite3", "ctypes"):
        monkeypatch.setitem(sys.modules, module, None)
    one(needs.modules(), "sqlite3 and ctypes", "libsqlite3-dev libffi-dev")


def test_another_kind_of_python_is_told(monkeypatch):
    monkeypatch.setattr(sys.implementation, "name", "pypy")
    one(needs.kind_of_python(), "CPython", "pypy")
    monkeypatch.undo()
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: name == "Py_GIL_DISABLED")
    one(needs.kind_of_python(), "free-threaded")
    monkeypatch.undo()
    monkeypatch.setattr(struct, "calcsize", lambda letter: 4)
    one(needs.kind_of_python(), "32-bit")


@pytest.mark.parametrize(
    ("machine", "name", "word"),
    [
        ("armv7l", "linux-armv7l", "processor"),
        ("ppc64le", "linux-ppc64le", "processor"),
        ("riscv64", "linux-riscv64", "ZERO_INSTALL"),
        ("ARM64", "win-arm64", ""),
        ("AMD64", "win-amd64", ""),
        ("arm64", "macosx-11.0-arm64", ""),
        ("x86_64", "macosx-10.13-universal2", ""),
    ],
)
def test_systems_without_packages_are_told(monkeypatch, machine, name, word):
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(sysconfig, "get_platform", lambda: name)
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    told = needs.system()
    one(told, word) if word else pytest.fail(told) if told else None


def test_an_old_c_library_and_musl_are_told(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.17"))
    one(needs.system(), "glibc 2.17", "2.27")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.36"))
    assert needs.system() == ""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: "x86_64-pc-linux-musl")
    one(needs.system(), "musl", "glibc")


def test_a_path_that_is_too_long_for_windows_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(needs.os, "name", "nt")
    monkeypatch.setattr(needs.shutil, "disk_usage", lambda path: SimpleNamespace(free=1e12))
    long = SimpleNamespace(joined="x" * (needs.LONGEST + 1))

    class Deep(type(tmp_path)):
        def __str__(self):
            return long.joined

    one(needs.place(Deep(tmp_path)), f"{needs.LONGEST + 1} characters")
    long.joined = "x" * needs.LONGEST
    assert needs.place(Deep(tmp_path)) == ""
    long.joined = "x" * 200
    monkeypatch.setattr(needs, "long_paths", lambda: True)
    assert needs.place(Deep(tmp_path)) == ""


def test_the_longest_path_that_windows_takes_is_measured():
    site = Path(sysconfig.get_path("purelib"))
    longest = max(len(str(path.relative_to(site))) for path in site.rglob("*"))
    assert needs.LONGEST + len(r"\.venv\Lib\site-packages\\") + longest < 260


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_a_place_that_knows_no_links_is_told(monkeypatch, tmp_path):
    def refuse(self, target):
        raise OSError(71, "Protocol error")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    one(needs.place(tmp_path), "does not support links", "own disk")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_before_the_download(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=900_000_000))
    one(needs.place(tmp_path), "less than 1 GB left")
    (tmp_path / ".venv").mkdir()
    assert needs.place(tmp_path) == "", "what lies there already is no longer needed"


@pytest.mark.skipif(os.name == "nt", reason="a name that Windows does not take")
def test_a_path_with_a_separator_is_told(tmp_path):
    one(needs.place(tmp_path / "a:b"), "has a :", "rename")


def test_a_jupyterlab_at_work_is_told_and_a_dead_one_is_not(tmp_path):
    runtime = tmp_path / ".venv" / "state" / "runtime"
    runtime.mkdir(parents=True)
    for number, text in enumerate(("{", "[]", '{"port": "x"}', '{"port": 1e9}')):
        (runtime / f"jpserver-{number}.json").write_text(text, "ascii")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (runtime / "jpserver-7.json").write_text(json.dumps({"port": port}), "ascii")
        one(needs.running(tmp_path), "still uses them")
    assert needs.running(tmp_path) == ""


@pytest.mark.skipif(os.name == "nt", reason="accounts of Unix")
@pytest.mark.parametrize("name", [".", "workbook", ".venv/state", ".venv/state/runtime"])
def test_a_course_of_another_account_is_told(monkeypatch, tmp_path, name):
    (tmp_path / ".venv" / "state" / "runtime").mkdir(parents=True)
    (tmp_path / "workbook").mkdir()
    closed = tmp_path / name
    monkeypatch.setattr(os, "geteuid", lambda: closed.stat().st_uid + 1)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != closed)
    one(needs.another_account(tmp_path), "another account", "folder of your own")
    monkeypatch.setattr(os, "access", lambda path, mode: True)
    assert needs.another_account(tmp_path) == "", "a share that gives all files one owner"
    monkeypatch.undo()
    assert needs.another_account(tmp_path) == ""
