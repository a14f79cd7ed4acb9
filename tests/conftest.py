"""What tests of several folders share."""

import gc

import pytest

from course_utils.exercises import sandbox


@pytest.fixture(scope="module", autouse=True)
def swept():
    """A collection looks through everything alive: what earlier modules left is put aside."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def here(monkeypatch):
    """Answers that are not hostile need no child, nor a limit that a collection may pass."""
    monkeypatch.setenv("COURSE_SANDBOX", "here")
    monkeypatch.setattr(sandbox, "SECONDS", 20.0)
