"""Exercises without a notebook: a page of the site sends what was typed, and shows what comes back.

The page keeps what a reader did as the lines of a learner's file (see `progress`). It sends them
along, and what is read here is what a lesson reads. Answers are plain data; what is to be shown is
HTML in which all that was typed is text.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import os
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from . import progress
from .feedback import Feedback
from .markup import as_html
from .predictions import Question, predictions
from .session import SESSION, Tally

TYPED = "your answer"  # what tracebacks call the code of the field


def ready(key: str) -> None:
    """Load and compute what the first check needs, so that an answer has its time to itself."""
    from .check import exercises
    from .kernels import KernelExercise
    from .tuning import TuningExercise

    exercise = exercises()[key]
    if isinstance(exercise, KernelExercise):
        exercise.bank  # noqa: B018  computed once
    elif isinstance(exercise, TuningExercise):
        exercise.best()


def checked(key: str, typed: Mapping[str, Any], lines: str = "") -> dict[str, str]:
    """Check an answer: the verdict, and what is said as text and as HTML.

    Args:
        key: the exercise.
        typed: it holds ``text``, or ``parts``, texts by name, or ``code`` and ``call``, what the
            lesson's cell does with what the code defines.
        lines: the learner's file.
    """
    with _kept(lines):
        feedback, printed = _run(typed) if "code" in typed else (_check(key, typed), "")
    html = as_html(feedback._repr_markdown_()) + _printed(printed)
    return {"verdict": feedback.verdict, "plain": repr(feedback), "html": html}


def predicted(key: str, said: str) -> dict[str, Any]:
    """Compare a prediction with the truth, or say why it is none."""
    question = predictions()[key]
    try:
        value = question.read(said)
    except ValueError as error:
        return {"refused": str(error)}
    return {"said": value, "html": reply(question, value, question.find_truth())}


def reply(question: Question, said: Any, truth: Any) -> str:
    """What is shown once a prediction is locked in: the two beside each other, and the reason."""
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td>{escape(question.show(value), quote=False)}</td></tr>'
        for name, value in (("you said", said), ("it is", truth))
    )
    return f"<table>{rows}</table><p>{escape(question.verdict(said, truth), quote=False)}</p>"


def tallied(lines: str) -> str:
    """The score of what is kept."""
    with _kept(lines):
        return as_html(Tally(SESSION)._repr_markdown_())


def endless(key: str) -> Feedback:
    """What is said of an answer that a page had to stop."""
    from .check import exercises
    from .troubles import TimeUp, describe

    told = describe(TimeUp())
    return exercises()[key].wrong(told["sentence"], told["trouble"])


@contextlib.contextmanager
def _kept(lines: str) -> Iterator[None]:
    """Let the session know what these lines tell; nothing is written, the page itself keeps it."""
    earlier = os.environ.get(progress.PLACE)
    SESSION.forget()
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, progress.FILE)
            path.write_text(lines, "utf-8")
            os.environ[progress.PLACE] = str(path)
            SESSION.predictions  # noqa: B018  reads the file
        os.environ[progress.PLACE] = "off"
        yield
    finally:
        os.environ.pop(progress.PLACE)
        if earlier is not None:
            os.environ[progress.PLACE] = earlier


def _check(key: str, given: Mapping[str, Any]) -> Feedback:
    from .answers import ChoiceExercise, DiscussionExercise, QuizExercise
    from .calls import CallExercise
    from .check import check, exercises
    from .formulas import FormulaExercise

    texts = ChoiceExercise, DiscussionExercise, CallExercise, FormulaExercise

    def read(exercise: Any, text: str) -> Any:
        return _unquoted(text) if isinstance(exercise, texts) else _value(text)

    exercise: Any = exercises()[key]
    if "text" in given:
        return check(key, read(exercise, given["text"]))
    parts = exercise.parts if isinstance(exercise, QuizExercise) else {}
    answer = {name: read(parts.get(name), text) for name, text in given["parts"].items()}
    return check(key, **answer) if parts else check(key, answer)


def _unquoted(text: str) -> str:
    """A text without the quotation marks that a cell would need."""
    text = text.strip()
    inside = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if inside and text[0] not in text[1:-1] else text


def _value(text: str) -> Any:
    """What a line of Python gives, as in a cell; what is none stays a text for the check."""
    from .sandbox import PATIENCE, SECONDS
    from .troubles import TimeUp
    from .watchdog import watched

    try:
        return watched(
            lambda: eval(compile(text.strip(), TYPED, "eval"), _names()), PATIENCE * SECONDS
        )
    except (Exception, TimeUp, SystemExit):
        return _unquoted(text)


def _run(given: Mapping[str, Any]) -> tuple[Feedback, str]:
    """Run the code of the field and hand over what it defines, as the cell does."""
    from .check import check
    from .sandbox import KEPT, PATIENCE, SECONDS
    from .troubles import TimeUp, describe
    from .watchdog import watched

    code, output = given["code"], io.StringIO()
    names = _names()
    linecache.cache[TYPED] = (len(code), None, code.splitlines(True), TYPED)
    try:
        with contextlib.redirect_stdout(output):
            run = partial(exec, compile(code, TYPED, "exec"), names)
            watched(run, PATIENCE * SECONDS)
    except (Exception, TimeUp, SystemExit) as error:
        told = describe(error)
        return Feedback("not yet", told["sentence"], told["trouble"]), output.getvalue()[:KEPT]
    try:
        return eval(given["call"], {**names, "check": check}), output.getvalue()[:KEPT]
    except NameError as error:
        sentence = f"The check looks for `{error.name}`: keep that name as it was given."
        return Feedback("not yet", sentence, "signature"), output.getvalue()[:KEPT]


def _names() -> dict[str, Any]:
    """What a lesson has imported before it asks for code."""
    import math

    import numpy as np
    import sympy as sp

    return {"__name__": "__main__", "math": math, "np": np, "sp": sp}


def _printed(text: str) -> str:
    lines = text.splitlines()
    shown = "\n".join(f"    {line}" for line in lines[:12] + ["..."] * (len(lines) > 12))
    return as_html(f"Your code printed:\n\n{shown}") if lines else ""
