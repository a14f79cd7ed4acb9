"""What tests of several folders share."""

import gc

import pytest

# The banks of mistakes are many small lists: looked through at every 700 new ones, as usual, they
# take a twentieth of all the time.
gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="module", autouse=True)
def swept():
    """A collection looks through everything alive: what earlier modules left is put aside."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def here(monkeypatch):
    """Nothing in the test is hostile, so nothing has to fork."""
    monkeypatch.setenv("COURSE_SANDBOX", "here")
