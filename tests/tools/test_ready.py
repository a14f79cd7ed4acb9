"""Whether a computer is ready: all steps for real, and each fault told with what to do."""

import shutil
from collections import namedtuple

import jupyter_client.manager
import pytest

from tools import ready


def test_this_computer_is_ready(capsys):
    assert ready.main([]) == 0
    *steps, last = capsys.readouterr().out.splitlines()
    assert steps == [f"{name}: good" for name in ready.STEPS]
    assert last.startswith("READY: Down the Ravine ") and "Python 3." in last


def test_a_fault_is_told_and_the_others_are_looked_for_as_well(monkeypatch, capsys):
    steps = {"one": lambda: "this is missing: do that", "two": lambda: "", "three": lambda: "no"}
    monkeypatch.setattr(ready, "STEPS", steps)
    assert ready.main([]) == 1
    *told, last = capsys.readouterr().out.splitlines()
    assert told == ["one: this is missing: do that", "two: good", "three: no"]
    assert last.startswith("NOT READY: this is missing: do that; no. Then run")


def closed(*_, **__):
    raise OSError(13, "Permission denied")


def test_a_folder_that_will_not_do(monkeypatch):
    disk = namedtuple("disk", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk(5_000_000))
    assert ready.folder() == "the disk has 5 MB left: free 200 MB"
    monkeypatch.setattr(ready.tempfile, "TemporaryFile", closed)
    assert "cannot be written to (Permission denied)" in ready.folder()


def test_packages_that_are_missing(monkeypatch):
    monkeypatch.setattr(ready, "check_environment", lambda: "Not ready: no numpy. Do this.")
    assert ready.packages() == "no numpy. Do this."


@pytest.mark.parametrize("lesson", ["print('wrong')", "1/0"])
def test_a_kernel_that_answers_otherwise(monkeypatch, lesson):
    monkeypatch.setattr(ready, "LESSON", lesson)
    assert "does not answer as it should" in ready.kernel()


def test_no_kernel(monkeypatch):
    monkeypatch.setattr(jupyter_client.manager, "start_new_kernel", closed)
    assert "no kernel starts (PermissionError" in ready.kernel()
