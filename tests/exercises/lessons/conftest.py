"""What the tests of every lesson's exercises begin with."""

import pytest

from course_utils.exercises import seed
from course_utils.exercises.session import SESSION


@pytest.fixture(autouse=True)
def fresh():
    """No answer given yet, and no name for the numbers of the exercises."""
    SESSION.forget()
    seed("")
    yield
    SESSION.forget()
    seed("")
