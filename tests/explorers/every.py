"""All explorers, for the tests that hold for each."""

import importlib
import inspect
import pkgutil

import pytest

from course_utils import explorers
from course_utils.explorers.explorer import Explorer


def every_explorer():
    """All subclasses of Explorer in the package, found by looking."""
    found = set()
    for module in pkgutil.iter_modules(explorers.__path__):
        contents = vars(importlib.import_module(f"{explorers.__name__}.{module.name}")).values()
        found |= {x for x in contents if inspect.isclass(x) and issubclass(x, Explorer)}
    return sorted(found - {Explorer}, key=lambda x: x.__name__)


EVERY = every_explorer()
every = pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
