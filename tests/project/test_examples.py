"""What the docstrings show is what the code does, and every public name shows something."""

import doctest
import importlib
from pathlib import Path

import numpy as np
import pytest

LIBRARY = Path(__file__).resolve().parents[2] / "course_utils"
ROOMS = ("surfaces", "descent", "optimizers", "theory", "symbolic")
# Shows a notebook cell, which a doctest cannot print.
WITHOUT = {"optimizers.listing"}


def modules():
    for room in ROOMS:
        folder = LIBRARY / room
        files = sorted(folder.glob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]
        for path in files:
            name = ".".join(path.relative_to(LIBRARY).with_suffix("").parts)
            if path.name != "__init__.py" and name not in WITHOUT:
                yield name


def public(module):
    """Functions and classes that a module defines under a name without an underscore."""
    for name, thing in vars(module).items():
        own = getattr(thing, "__module__", None) == module.__name__
        if own and callable(thing) and not name.startswith("_"):
            yield name, thing


def failures(module):
    """What does not come out as shown, each with its example."""
    said = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    # An example may take for granted what every lesson begins with.
    for test in doctest.DocTestFinder().find(module, extraglobs={"np": np}):
        runner.run(test, out=said.append)
    return "".join(said)


def without_example(module):
    return [name for name, thing in public(module) if ">>> " not in (thing.__doc__ or "")]


@pytest.mark.parametrize("name", list(modules()))
def test_examples(name):
    module = importlib.import_module(f"course_utils.{name}")
    said = failures(module)
    assert not said, said
    assert not without_example(module)


def planted(text):
    module = type(np)("planted")
    exec(text, module.__dict__)
    return module


def test_a_wrong_output_and_a_missing_example_are_found():
    right = planted("def f():\n    '''Two.\n\n    >>> f()\n    2\n    '''\n    return 2\n")
    wrong = planted("def f():\n    '''Two.\n\n    >>> f()\n    3\n    '''\n    return 2\n")
    bare = planted("def f():\n    '''Two.'''\n    return 2\n\ndef _g():\n    return 3\n")
    assert not failures(right) and not without_example(right)
    assert "Expected:\n    3\nGot:\n    2" in failures(wrong)
    assert without_example(bare) == ["f"]
