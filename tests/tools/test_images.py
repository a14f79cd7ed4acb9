"""The pictures of the README are those of the code."""

import pytest

from tools import images


@pytest.mark.parametrize("name", images.files())
def test_the_pictures_of_the_readme_are_those_of_the_code(name):
    stored = (images.IMAGES / name).read_text(encoding="utf-8")
    assert stored == images.files()[name], "run `python3 course.py images`"
