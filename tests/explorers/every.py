"""All explorers, for the tests that hold for each."""

import importlib
import inspect
import pkgutil
import re
import textwrap
from pathlib import Path

import pytest

from course_utils import explorers
from course_utils.explorers.explorer import Explorer

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "ADD_AN_EXPLORER.md"


def every_explorer():
    """All subclasses of Explorer in the package, found by looking."""
    found = set()
    for module in pkgutil.iter_modules(explorers.__path__):
        contents = vars(importlib.import_module(f"{explorers.__name__}.{module.name}")).values()
        found |= {x for x in contents if inspect.isclass(x) and issubclass(x, Explorer)}
    return sorted(found - {Explorer}, key=lambda x: x.__name__)


def from_the_guide():
    """The explorer of docs/ADD_AN_EXPLORER.md: what holds for every explorer holds for it."""
    block = re.search(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)[1]
    scope = {"__name__": f"{explorers.__name__}.look_ahead", "__package__": explorers.__name__}
    exec(textwrap.dedent("   " + block.lstrip()), scope)
    return scope["LookAhead"]


OWN = every_explorer()
EVERY = [*OWN, from_the_guide()]
every = pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
