"""Read the exercises of a lesson from its file of data, ``lesson_NN.toml``.

Every table is an exercise: its name, its kind, and what is asked, hinted and said. In words,
``{...}`` holds a name or a short computation, with a format if one is wanted: ``{1/beta:.3g}``.
Any other text is computed. Names are those of the exercise's own ``numbers``, of what it computes
from them (``where``), of the rules, the surfaces and the functions of ``math``, and those that a
Python file of the lesson's name defines. In a formula a letter is a symbol, and the fields
``{yours}`` and ``{right}``, its facts and its letters are filled when an answer is judged.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

import numpy as np
import sympy as sp

from ... import optimizers, surfaces
from ..answers import (
    ChoiceExercise,
    DiscussionExercise,
    ListExercise,
    NumberExercise,
    QuizExercise,
)
from ..calls import CallExercise
from ..exercise import Exercise
from ..feedback import Section, number
from ..formulas import FormulaExercise
from ..kernels import KernelExercise
from ..mistake import Mistake
from ..seeds import seeded
from ..tuning import TuningExercise
from ..values import FunctionExercise

KINDS = {
    "call": CallExercise,
    "choice": ChoiceExercise,
    "discussion": DiscussionExercise,
    "formula": FormulaExercise,
    "function": FunctionExercise,
    "kernel": KernelExercise,
    "list": ListExercise,
    "number": NumberExercise,
    "quiz": QuizExercise,
    "tuning": TuningExercise,
}
WORDS = (
    "question", "hints", "solution", "because", "subject", "unit", "lost", "place", "library",
    "locked", "rank", "beside",
)  # fmt: skip

Table = dict[str, Any]
_KNOWN = {**vars(math), **vars(surfaces), **vars(optimizers), "np": np, "number": number}
# A field has no quotes and no braces inside, so a dictionary in a line of code is left alone.
_FIELD = re.compile(r'\{([^{}":]+)(?::([^{}"]+))?\}')


def lesson(number: str) -> tuple[Exercise, ...]:
    """The exercises of a lesson, in their order."""
    data = tomllib.loads((files(__package__) / f"lesson_{number}.toml").read_text("utf-8"))
    notebook, beside = data.pop("lesson"), f"{__package__}.lesson_{number}"
    own = vars(import_module(beside)) if find_spec(beside) else {}
    return tuple(exercise(key, about, notebook, own) for key, about in data.items())


def exercise(key: str, about: Table, notebook: str, own: Table) -> Exercise:
    """An exercise, with the numbers that its lesson prints.

    Args:
        key: its name.
        about: its table in the file of data.
        notebook: the lesson, for its sections.
        own: names that the lesson defines besides.
    """
    numbers = about.get("numbers", {})

    def make(**drawn: Any) -> Exercise:
        names = {**_KNOWN, **own}
        for n, x in drawn.items():
            names |= x if isinstance(x, Mapping) else {n: x}
        for n, x in about.get("where", {}).items():
            names[n] = computed(x, names)
        return _made(key, about, notebook, names)

    try:
        return seeded(make, **numbers) if numbers else make()
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise ValueError(f'The data of the exercise "{key}" cannot be read ({what}).') from error


def filled(value: Any, names: Table) -> Any:
    """Words, one text or several, with what their fields stand for."""
    return _each(value, lambda text: _FIELD.sub(
        lambda field: format(eval(field[1], names), field[2] or ""), text
    ))  # fmt: skip


def computed(value: Any, names: Table) -> Any:
    """A value, one or several, in which every text is computed."""
    return _each(value, lambda text: eval(text, names))


def _each(value: Any, read: Callable[[str], Any]) -> Any:
    if isinstance(value, list):
        return tuple(_each(x, read) for x in value)
    if isinstance(value, dict):
        return {n: _each(x, read) for n, x in value.items()}
    return read(value) if isinstance(value, str) else value


def _made(key: str, about: Table, notebook: str, names: Table) -> Exercise:
    about = {n: x for n, x in about.items() if n not in ("numbers", "where")}
    kind, fields, value = about.pop("kind"), {}, partial(computed, names=names)
    if kind in _SPECIAL:
        fields, names, value = _SPECIAL[kind](about, names)
    for n, x in about.items():
        if n == "section":
            fields[n] = Section(notebook, x)
        elif n == "sections":  # a heading to its ideas, since several may lead to one
            fields[n] = {i: Section(notebook, head) for head, ideas in x.items() for i in ideas}
        elif n == "surface":  # made when it is asked for
            fields[n] = partial(computed, x, names)
        elif n == "parts":
            fields[n] = {part: _made(part, table, notebook, names) for part, table in x.items()}
        elif n == "mistakes" and isinstance(x, list):
            fields[n] = tuple(
                Mistake(value(m["answer"]), filled(m["idea"], names), filled(m["message"], names))
                for m in x
            )
        else:
            fields[n] = filled(x, names) if n in WORDS else value(x)
    return (KINDS.get(kind) or names[kind])(key=key, **fields)


# What is special to a kind: it takes what it reads out of the table, and gives fields, the names
# for the words, and a reader for values.
Special = tuple[dict[str, Any], Table, Callable[[Any], Any]]


def _formula(about: dict[str, Any], names: Table) -> Special:
    """A formula of letters, which are positive if nothing else is said; later values are others."""
    at, kinds = about.pop("example"), about.pop("symbols", {})
    sorts = {n: dict.fromkeys(kinds.get(n, "positive").split(), True) for n in at}
    symbols = {n: sp.Symbol(n, **sort) for n, sort in sorts.items()}
    listed = {n: x if isinstance(x, list) else [x] for n, x in at.items()}

    def value(x: Any) -> Any:
        return _each(x, lambda text: sp.sympify(filled(text, names), locals=symbols))

    later = (*at, *about.get("facts", {}), "yours", "right")
    answer = about.pop("answer")
    fields = {
        "truth": value(answer),
        "solution": f'"{filled(answer, names)}"',
        "symbols": symbols,
        "example": {n: x[0] for n, x in listed.items()},
        "others": {n: tuple(x[1:]) for n, x in listed.items() if x[1:]},
    }
    return fields, {**names, **{n: f"{{{n}}}" for n in later}}, value


def _choice(about: dict[str, Any], names: Table) -> Special:
    """Options by letter, in their order; one of them is right."""
    options = dict(zip("abcdefgh", about.pop("options"), strict=False))
    (right,) = (letter for letter, option in options.items() if option.get("right"))
    fields = {
        "options": {letter: filled(option["text"], names) for letter, option in options.items()},
        "reasons": {letter: filled(option["reason"], names) for letter, option in options.items()},
        "truth": right,
        "solution": f'"{right}"',
    }
    return fields, names, partial(computed, names=names)


def _call(about: dict[str, Any], names: Table) -> Special:
    """A call as text, and wrong ones of which only what makes them wrong is written."""
    answer = filled(about.pop("answer"), names)
    return {"truth": answer, "solution": f'"{answer}"'}, names, partial(filled, names=names)


def _discussion(about: dict[str, Any], names: Table) -> Special:
    """An outline, which is code as every solution is: a text in quotes."""
    fields = {"solution": f'"""{about.pop("outline")}"""'}
    return fields, names, partial(computed, names=names)


_SPECIAL = {"formula": _formula, "choice": _choice, "call": _call, "discussion": _discussion}
