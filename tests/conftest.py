"""What tests of several folders share."""

import pytest

from course_utils.exercises import sandbox


@pytest.fixture
def here(monkeypatch):
    """Answers that are not hostile need no child, nor a limit that a machine's pause may pass."""
    monkeypatch.setenv("COURSE_SANDBOX", "here")
    monkeypatch.setattr(sandbox, "SECONDS", 20.0)
