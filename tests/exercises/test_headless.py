"""Exercises without a notebook: the same sentences, as HTML in which what was typed is text."""

import json

import pytest

from course_utils.exercises import check, exercises, progress
from course_utils.exercises.headless import checked, endless, predicted, ready, reply, tallied
from course_utils.exercises.markup import as_html
from course_utils.exercises.predictions import predictions
from course_utils.exercises.session import SESSION

DESCENT = "def my_descent(w, g, *, lr):\n    "
CALL = 'check("descent step", my_descent)'
ENDLESS = "Your code did not end within its time"


def descent(body):
    return checked("descent step", {"code": DESCENT + body, "call": CALL})


@pytest.mark.parametrize("text", ["w - lr*g", '"w - lr*g"', "w + lr*g", "w - lr*", "", "<b>w</b>"])
def test_a_formula_is_told_what_a_lesson_tells_it(text):
    said = checked("first step", {"text": text})
    assert said["plain"] == repr(check("first step", text.strip('"')))
    assert "<b>" not in said["html"]


@pytest.mark.parametrize("text, value", [("0.0764", 0.0764), ("2/26", 2 / 26), ("np.pi", 3.14159)])
def test_a_setting_may_be_computed(text, value):
    said = checked("reach 1e-6", {"parts": {"lr": text}})["plain"]
    assert said == repr(check("reach 1e-6", {"lr": value}))


def test_parts_are_answered_by_name():
    parts = {"derivative": "3*w", "gradient": "25, 2", "eigenvalues": "(1, 25)", "shape": "[2, 3]"}
    right = checked("prerequisites", {"parts": {**parts, "loss": "d"}})
    assert right["verdict"] == "right" and "5 of 5" in right["plain"]
    assert "2 of 5" not in checked("prerequisites", {"parts": {**parts, "loss": ""}})["plain"]


@pytest.mark.parametrize(
    "body, verdict, told",
    [
        ("w -= lr * g", "right", "Your kernel makes the same steps"),
        ("...", "unanswered", "fill in"),
        ("w += lr * g", "not yet", "Your step goes uphill"),
        ("while True: pass", "not yet", ENDLESS),
        ("w -= lr *", "not yet", "SyntaxError"),
        ("w -= lr * q", "not yet", "NameError"),
    ],
)
def test_a_kernel_is_run_as_its_cell_runs_it(body, verdict, told):
    said = descent(body)
    assert said["verdict"] == verdict and told in said["plain"]


@pytest.mark.parametrize("code", ["while True:\n    pass", "import time\ntime.sleep(60)"])
def test_code_that_does_not_end_before_the_check_is_stopped(code):
    said = checked("descent step", {"code": code, "call": CALL})
    assert said["verdict"] == "not yet" and ENDLESS in said["plain"]


def test_a_name_that_is_missing_is_named():
    said = checked("descent step", {"code": "def mine(w, g, *, lr): ...", "call": CALL})
    assert "looks for <code>my_descent</code>" in said["html"]


def test_what_the_code_prints_is_shown_as_text():
    said = checked("descent step", {"code": f"print('<i>')\n{DESCENT}...", "call": CALL})
    assert "Your code printed" in said["html"] and "&lt;i&gt;" in said["html"]


def test_what_a_page_says_of_an_answer_that_it_stopped_is_what_a_check_says():
    here = checked("descent step", {"code": DESCENT + "while True: pass", "call": CALL})["plain"]
    place = " in line 2, `while True: pass`"
    joined = " ".join(here.split()).replace(place, "")
    assert joined == " ".join(repr(endless("descent step")).split())


def test_a_prediction_is_compared_or_refused():
    question = predictions()["00 patience"]
    told = predicted(question.key, "50")
    assert told == {"said": 50.0, "html": reply(question, 50.0, question.find_truth())}
    assert "44 steps" in told["html"] and question.because in told["html"]
    assert predicted(question.key, "soon") == {"refused": f"Type a number first: {question.form}."}


def test_the_tally_counts_the_lines_of_the_page_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv(progress.PLACE, str(tmp_path / "mine.jsonl"))
    lines = [
        {"prediction": "00 patience", "said": 44, "truth": 44.0},
        {"exercise": "first step", "solved": True, "answer": {"text": "w - lr*g"}},
        {"exercise": "best of three", "answer": {"text": "a draft"}},
        {"inventory": 1},
    ]
    told = tallied("".join(f"{json.dumps(line)}\n" for line in lines))
    assert "1 of 1 came true" in told and "1 of 1 tried are right" in told
    checked("first step", {"text": "w"}, "")
    assert not list(tmp_path.iterdir())
    SESSION.forget()


@pytest.mark.parametrize("key", ["momentum", "reach 1e-6", "first step"])
def test_what_takes_long_can_be_made_ready(key):
    assert key in exercises() and ready(key) is None


@pytest.mark.parametrize(
    "markdown, html",
    [
        ("Solve lr*lambda1 = 2*lr for a.", "<p>Solve lr*lambda1 = 2*lr for a.</p>"),
        ("the *whole* **step**", "<p>the <em>whole</em> <strong>step</strong></p>"),
        ("`v *= b` and `w *= 2`", "<p><code>v *= b</code> and <code>w *= 2</code></p>"),
        ("- a\n- `<b>`", "<ul><li>a</li><li><code>&lt;b&gt;</code></li></ul>"),
        ("A\n\n    <x>\n    y", '<p>A</p><pre class="printed">&lt;x&gt;\ny</pre>'),
        ("```python\na = '<'\n```", '<pre class="code"><code>a = &#x27;&lt;&#x27;</code></pre>'),
        ("[a b](04_m.ipynb#A-%22b%22)", '<p><a href="04_m.html#A-%22b%22">a b</a></p>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ('[x](04_m.ipynb#"onclick=)', '<p><a href="04_m.html#&quot;onclick=">x</a></p>'),
        ("<script>\0", "<p>&lt;script&gt;</p>"),
    ],
)  # fmt: skip
def test_markdown_of_the_checks_as_html(markdown, html):
    assert as_html(markdown) == html
