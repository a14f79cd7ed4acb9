"""Forms for what a lesson asks: predictions, exercises, the twelve questions, the tally.

A form stands where the lesson has a call. What can be said without Python, the reply to each option
of a prediction, hints and solutions, is made here by the course's own functions and comes along
with the form, unseen until it is asked for; `answers.js` shows it and sends the rest to Python.
"""

from __future__ import annotations

import ast
import base64
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from nbformat import NotebookNode

from course_utils.exercises import exercises, sandbox
from course_utils.exercises.answers import (
    ChoiceExercise,
    DiscussionExercise,
    ListExercise,
    NumberExercise,
    QuizExercise,
)
from course_utils.exercises.calls import CallExercise
from course_utils.exercises.exercise import Exercise
from course_utils.exercises.formulas import FormulaExercise
from course_utils.exercises.headless import endless, reply
from course_utils.exercises.markup import as_html
from course_utils.exercises.predictions import Question, measured, predictions
from course_utils.exercises.progress import LARGEST
from course_utils.inventory import ITEMS
from course_utils.inventory.item import UNKNOWN, UNKNOWN_TEXT
from course_utils.inventory.record import LONGEST_NICKNAME

from .lesson import Lesson
from .prose import code

# In running text: exercises to think about, which no cell checks.
NAMED = re.compile(r'`(?:hint|solution)\("([^"]+)"\)`')
RUN_AGAIN = re.compile(",? and run the cell again")
LABELS = {
    FormulaExercise: "Your formula",
    NumberExercise: "Your number",
    ListExercise: "Your numbers",
    CallExercise: "Your call",
    DiscussionExercise: "Your notes",
}


@dataclass(frozen=True)
class Form:
    """A form and its place.

    Attributes:
        cell: the number of the cell that asks.
        html: the form.
        instead: whether it stands in the place of the cell, or below it.
    """

    cell: int
    html: str
    instead: bool = True


def forms(lesson: Lesson) -> dict[int, Form]:
    """The forms of a lesson by the numbers of their cells."""
    cells = lesson.notebook.cells
    checked = {key for cell in cells for key in _checked(cell)}
    found = {}
    for number, cell in enumerate(cells):
        if cell.cell_type == "code":
            html = _form(cell.source, number)
            if html:
                found[number] = Form(number, html)
        elif html := "".join(_notes(cell.source, number, checked)):
            found[number] = Form(number, html, instead=False)
    return found


def _checked(cell: NotebookNode) -> list[str]:
    call = _call(cell.source) if cell.cell_type == "code" else None
    return [_first(call)] if call is not None and _name(call) == "check" else []


def _call(source: str) -> ast.Call | None:
    """The call with which a cell ends."""
    last = ast.parse(source).body[-1:]
    value = last[0].value if last and isinstance(last[0], ast.Expr) else None
    return value if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else None


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _first(call: ast.Call) -> str:
    return ast.literal_eval(call.args[0])


def _form(source: str, cell: int) -> str:
    call = _call(source)
    match _name(call) if call is not None else "":
        case "predict" if question := predictions().get(_first(call)):
            return _prediction(question, cell)
        case "check" if exercise := exercises().get(_first(call)):
            return _exercise(exercise, _field(source, call, cell), cell)
        case "twelve_questions":
            return _questions(_first(call), cell)
        case "tally":
            return _wrapped("tally", "<p><strong>How it went.</strong></p>", {})
    return ""


def _notes(text: str, cell: int, checked: set[str]) -> Iterator[str]:
    """Exercises that running text names and no cell checks."""
    known = exercises()
    for key in dict.fromkeys(NAMED.findall(text)):
        if isinstance(known.get(key), DiscussionExercise) and key not in checked:
            yield _exercise(known[key], _long(cell), cell, asks=False)


def _wrapped(kind: str, html: str, data: dict[str, Any], look: str = "exercise") -> str:
    """A form with what its script needs."""
    inside = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", r"<\/")
    return (
        f'<form class="answer-form {look}" data-kind="{kind}">{html}'
        f'<script type="application/json">{inside}</script></form>'
    )


def _prediction(question: Question, cell: int) -> str:
    about = measured().get(question.key, {}).get("about", ())
    ask = escape(question.ask.format(*about), quote=False)
    legend = f"<legend><strong>Predict.</strong> {ask}</legend>"
    if question.options:
        fields = _radios(f"p{cell}", [(text, text) for text in question.options])
        inside = f"<fieldset>{legend}{fields}</fieldset>"
    else:
        label = f"Your prediction, {question.form}"
        inside = f"<fieldset>{legend}{_text(label, f'p{cell}', mode='decimal')}</fieldset>"
    data = {"key": question.key, "held": _hidden(_held(question)), "first": _refusal(question, "")}
    if not question.options:
        ends = [x if math.isfinite(x) else None for x in (question.low, question.high)]
        data |= {"range": ends, "outside": _refusal(question, math.inf)}
    return _wrapped("prediction", inside, data, "predict")


def _refusal(question: Question, value: Any) -> str:
    """What is said to an answer that is none."""
    try:
        return str(question.read(value))
    except ValueError as error:
        return str(error)


def _held(question: Question) -> dict[str, Any]:
    """What a form holds back until an answer is locked in."""
    seen = measured()[question.key] if question.measured else None
    truth = seen["truth"] if seen else question.find_truth()
    if question.options:
        replies = {x: reply(question, x, truth) for x in question.options}
        about = {"about": seen["about"]} if seen and seen["about"] else {}
        return {"truth": truth, "replies": replies, **about}
    shown = {"shown": question.show(truth), "unit": question.unit}
    return {"truth": truth, **shown, "because": question.because}


def _hidden(data: Any) -> str:
    """Data that a look at the page's source does not tell."""
    return base64.b64encode(json.dumps(data, ensure_ascii=False).encode("utf-8")).decode("ascii")


def _exercise(exercise: Exercise, field: Any, cell: int, asks: bool = True) -> str:
    html, data = field
    said = as_html(f"**Exercise:** {RUN_AGAIN.sub('', exercise.question)}")
    if isinstance(exercise, ChoiceExercise):
        html = _radios(f"x{cell}", [(n, f"{n}: {x}") for n, x in exercise.options.items()])
    elif isinstance(exercise, QuizExercise):
        html = "".join(_part(name, part, cell) for name, part in exercise.parts.items())
    if asks:
        legend = said.removeprefix("<p>").removesuffix("</p>")
        html = f"<fieldset><legend>{legend}</legend>{html}</fieldset>"
    data |= {
        "key": exercise.key,
        "hints": [_hint(exercise, k) for k in range(len(exercise.hints))],
        "solution": _solution(exercise),
        "endless": as_html(endless(exercise.key)._repr_markdown_()),
    }
    return _wrapped("exercise", html, data)


def _hint(exercise: Exercise, k: int) -> str:
    return as_html(f"**Hint {k + 1} of {len(exercise.hints)}.** {exercise.hints[k]}")


def _solution(exercise: Exercise) -> str:
    told = exercise.show_solution()
    return as_html(f"**{told.heading}** {told.text}") + (code(told.code) if told.code else "")


def _field(source: str, call: ast.Call, cell: int) -> tuple[str, dict[str, Any]]:
    """Where the answer is typed, and what is done with it."""
    exercise = exercises()[_first(call)]
    answer = call.args[1] if len(call.args) > 1 else None
    if isinstance(answer, ast.Name):
        before = "\n".join(source.splitlines()[: call.lineno - 1]).rstrip()
        return _code(before, cell), {"call": ast.unparse(call)}
    if isinstance(answer, ast.Dict) and isinstance(exercise, Exercise):
        names = [ast.literal_eval(key) for key in answer.keys]
        if len(names) > MOST_PARTS:
            start = "my_answer = {\n" + "".join(f'    "{name}": ...,\n' for name in names) + "}"
            return _code(start, cell), {"call": f'check("{exercise.key}", my_answer)'}
        return "".join(_text(name, f"x{cell}-{name}", part=name) for name in names), {}
    if isinstance(exercise, DiscussionExercise):
        return _long(cell)
    if exercise.solution.startswith("def "):
        head = exercise.solution.splitlines()[0]
        name = head.removeprefix("def ").partition("(")[0]
        return _code(f"{head}\n    ...", cell), {"call": f'check("{exercise.key}", {name})'}
    label = next((x for kind, x in LABELS.items() if isinstance(exercise, kind)), "Your answer")
    return _text(label, f"x{cell}"), {}


# More parts than these are written as a dictionary, as in the lesson.
MOST_PARTS = 6


def _part(name: str, part: Exercise, cell: int) -> str:
    """One of several small exercises that are answered together."""
    question = as_html(f"**{name}:** {part.question}").removeprefix("<p>").removesuffix("</p>")
    if isinstance(part, ChoiceExercise):
        options = [(n, f"{n}: {x}") for n, x in part.options.items()]
        inside = _radios(f"x{cell}-{name}", options)
        return (
            f'<fieldset class="part" data-part="{name}"><legend>{question}</legend>{inside}'
            "</fieldset>"
        )
    return _text(question, f"x{cell}-{name}", part=name, marked=True)


def _radios(name: str, options: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<label><input type="radio" name="{escape(name)}" value="{escape(value)}"> '
        f"<span>{escape(text, quote=False)}</span></label>"
        for value, text in options
    )
    return f'<div class="choices">{rows}</div>'


def _text(label: str, name: str, part: str = "", mode: str = "text", marked: bool = False) -> str:
    """A line to type in; ``marked`` if the label is HTML."""
    words = label if marked else escape(label, quote=False)
    told = f' data-part="{escape(part)}"' if part else ""
    return (
        f'<label class="line"><span>{words}</span> <input type="text" name="{escape(name)}"{told} '
        f'inputmode="{mode}" maxlength="{LONGEST}" {PLAIN}></label>'
    )


# A formula of the course has at most some hundred characters.
LONGEST = 1000
PLAIN = 'autocomplete="off" autocapitalize="off" spellcheck="false"'


def _long(cell: int) -> tuple[str, dict[str, Any]]:
    return (
        '<label class="long"><span>Your notes</span> '
        f'<textarea name="x{cell}" rows="4" maxlength="20000"></textarea></label>',
        {},
    )


def _code(start: str, cell: int) -> str:
    rows = start.count("\n") + 4
    return (
        f'<label class="long"><span>Your code</span> <textarea class="code" name="x{cell}" '
        f'rows="{rows}" maxlength="20000" wrap="off" {PLAIN} aria-describedby="keys-{cell}">\n'
        f"{escape(start, quote=False)}</textarea></label>"
        f'<p class="note keys" id="keys-{cell}">Tab indents; Esc, then Tab, leaves the field. '
        "Ctrl+Enter checks.</p>"
    )


def _questions(when: str, cell: int) -> str:
    """The twelve questions, each with its answers and “I do not know”."""
    asked = ""
    for n, item in ITEMS.items():
        options = [(letter, f"{n}{letter} {option.text}") for letter, option in item.lettered()]
        rows = _radios(f"q{cell}-{n}", [*options, (UNKNOWN, f"{n}{UNKNOWN} {UNKNOWN_TEXT}")])
        title, question = (escape(x, quote=False) for x in (item.title, item.question))
        asked += (
            f'<fieldset data-part="{n}"><legend><strong>{n} {title}.</strong> {question}</legend>'
            f"{rows}</fieldset>"
        )
    nickname = (
        '<label class="line"><span>Nickname (optional)</span> <input type="text" '
        f'name="nickname" maxlength="{LONGEST_NICKNAME}" {PLAIN}></label>'
    )
    return _wrapped("questions", asked + nickname, {"when": when}, "questions")


def settings() -> str:
    """What the script of the forms must know, as a line of it."""
    known = {
        "predictions": sorted(predictions()),
        "exercises": sorted(exercises()),
        "limit": round(1000 * sandbox.LONGEST),
        "largest": LARGEST,
    }
    return f"const COURSE = {json.dumps(known, ensure_ascii=False)};\n"
