"""The twelve questions: right answers proven, hand-ins kept, classes counted."""

import json
import os
import re
import subprocess
import sys
import zipfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from course_utils import theory
from course_utils.descent import descend
from course_utils.inventory import ITEMS, hand_in, store, twelve_questions
from course_utils.inventory import form as form_module
from course_utils.inventory.__main__ import main
from course_utils.inventory.form import listing
from course_utils.inventory.gather import Class, Learner, gather
from course_utils.inventory.item import LETTERS
from course_utils.inventory.misconceptions import MISCONCEPTIONS
from course_utils.inventory.record import Record, Unfit, read, tidy
from course_utils.inventory.reply import comparison
from course_utils.inventory.table import gain, table
from course_utils.optimizers import (
    ADAGRAD,
    ADAM,
    GRADIENT_DESCENT,
    MOMENTUM,
    RMSPROP,
    ema,
    gradient_descent,
    momentum,
    rmsprop,
    uncorrected_adam,
)
from course_utils.surfaces import ravine
from tests.lessons.lesson_contract import Stored

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
ROOT = NOTEBOOKS.parent
RIGHT = {n: item.right for n, item in ITEMS.items()}
BEFORE = {n: "a" for n in ITEMS}


def chosen(n, *words):
    """The one answer to a question that holds all of the words."""
    found = [k for k, o in ITEMS[n].lettered() if all(w in o.text for w in words)]
    assert len(found) == 1, (n, words, found)
    return found[0]


def first_number(text):
    return float(re.search(r"[−-]?\d+(?:\.\d+)?", text)[0].replace("−", "-"))


# Each right answer, computed


def downhill():
    surface, w = ravine(kappa=100), np.array([1.0, 10.0])
    g = surface.gradient(w)
    assert g == pytest.approx([100, 10])
    angle = np.degrees(np.arccos(g @ w / np.linalg.norm(g) / np.linalg.norm(w)))
    across = abs(g[0]) > abs(g[1])
    assert 75 < angle < 90 and across
    return chosen(1, "across", "75°")


def curvature():
    hessian, g = sp.Matrix([[2, 1], [1, 2]]), sp.Matrix([3, 0])
    assert hessian.is_positive_definite
    newton = -hessian.LUsolve(g)
    along = -g * (g.dot(g) / g.dot(hessian * g))
    entries = -hessian.applyfunc(lambda x: 1 / x) * g
    steps = {}
    for letter, option in ITEMS[2].lettered():
        pair = re.match(r"\((\S+), (\S+)\)", option.text)
        steps[letter] = [sp.Rational(x.replace("−", "-")) for x in pair.groups()]
    wanted = {"": newton, "C01": -g, "C03": along, "C05": entries}
    for letter, option in ITEMS[2].lettered():
        assert sp.Matrix(steps[letter]) == wanted[option.belief]
    return next(k for k, step in steps.items() if g + hessian * sp.Matrix(step) == sp.zeros(2, 1))


def average():
    weights = []
    for age in range(3):
        kept = np.zeros(1, dtype=object)
        for k in range(1000):
            ema(kept, Fraction(int(k == 999 - age)), beta=Fraction(9, 10))
        weights.append(float(kept[0]))
    said = [re.findall(r"\d[\d.]*\d|\d", o.text)[:3] for _, o in ITEMS[3].lettered()]
    right = [
        k for k, x in zip(LETTERS, said, strict=True) if np.allclose(weights, [*map(float, x)])
    ]
    assert len(right) == 1
    return right[0]


def pushes():
    """The sum, and the wrong answers as the beliefs compute them."""
    lengths = {}
    for name, pattern in (("steady", (1, 1)), ("flipping", (1, -1))):
        v, w = np.zeros(1), np.zeros(1)
        for k in range(2000):
            momentum(w, np.array([-1.0 * pattern[k % 2]]), v, lr=1.0, beta=0.9)
        lengths[name] = abs(v[0])
    pairs = {"": (lengths["steady"], lengths["flipping"])}
    pairs["C07"] = tuple(0.1 * x for x in pairs[""])
    pairs["C08"] = tuple(0.9 * x for x in pairs[""])
    pairs["C11"] = (pairs[""][0], 0.0)
    for _, option in ITEMS[4].lettered():
        steady, flipping = (float(x) for x in re.findall(r"[\d.]+", option.text))
        assert pairs[option.belief][0] == pytest.approx(steady, rel=1e-6)
        assert pairs[option.belief][1] == pytest.approx(flipping, abs=0.03)
    return chosen(4, "10 and about 0.5")


def memory():
    x, v, path = np.array([1.0]), np.zeros(1), []
    for _ in range(400):
        momentum(x, x.copy(), v, lr=0.9, beta=0.9)
        path.append(x[0])
    path = np.array(path)
    plain = np.array([1.0])
    gradient_descent(plain, plain.copy(), lr=0.9)
    assert plain[0] == pytest.approx(0.1)
    assert np.sum(path[1:50] * path[:49] < 0) > 10
    shrink = 1 - theory.momentum_rate(0.9, 0.9, 1.0)
    ends = [np.abs(path[i : i + 50]).max() for i in (0, 350)]
    assert (ends[1] / ends[0]) ** (1 / 350) == pytest.approx(1 - shrink, abs=1e-3)
    assert shrink == pytest.approx(0.05, abs=0.002)
    assert np.abs(path[20:]).max() > 0.1**20
    assert theory.momentum_limit(1.0, 0.9) < 9
    return chosen(5, "swings", "5 per cent")


def recent_size():
    def end(lr):
        x, s, path = np.array([1.0]), np.zeros(1), []
        for _ in range(8000):
            rmsprop(x, x.copy(), s, lr=lr, rho=0.9, eps=0.0)
            path.append(x[0])
        return np.array(path)

    path = end(0.01)
    assert path[-2:] == pytest.approx(-path[-3:-1]) and abs(path[-1]) == pytest.approx(0.005)
    assert np.any(np.diff(path**2) > 0)
    assert abs(end(0.1)[-1]) == pytest.approx(0.05)
    return chosen(6, "hops across 0", "0.005 and −0.005")


def two_memories():
    w, m, s, lengths = np.zeros(1), np.zeros(1), np.zeros(1), []
    for _ in range(20000):
        was = w.copy()
        uncorrected_adam(w, np.ones(1), m, s, lr=1.0, beta1=0.9, beta2=0.999, eps=0.0)
        lengths.append(abs(w - was)[0])
    lengths = np.array(lengths)
    assert lengths[0] > 3 and 6 < lengths.max() < 7
    assert np.sum(lengths > 1.01) > 2000
    return chosen(7, "Longer than η for thousands", "over six times")


def turned():
    def steps(theta, rates):
        """Steps until the distance is a thousandth, one learning rate a coordinate."""
        surface = ravine(kappa=100, theta=theta)
        hessian = np.asarray(surface.hessian(surface.minimum))
        w = np.asarray(surface.start)
        left, first = np.broadcast_to(w[:, None], rates.shape).copy(), np.linalg.norm(w)
        count = np.full(rates.shape[1], np.inf)
        for k in range(1, 2001):
            gradient_descent(left, hessian @ left, lr=rates)
            near = (np.linalg.norm(left, axis=0) < first / 1000) & np.isinf(count)
            count[near] = k
        return count.min()

    grid = np.geomspace(0.002, 1.5, 140)
    same = np.stack([grid, grid])
    each = np.stack([a.ravel() for a in np.meshgrid(grid, grid)])
    fitting = np.array([[1 / 100], [1.0]])
    with np.errstate(over="ignore", invalid="ignore"):
        assert steps(0, fitting) == 1
        straight = steps(0, same)
        assert 100 < straight < 1000 and steps(np.pi / 4, same) == straight
        assert 100 < steps(np.pi / 4, each) <= straight
    assert theory.best_scaled_kappa(100, np.pi / 4) == pytest.approx(100)
    return chosen(8, "Gradient descent takes as long as before", "hundreds")


def guesses():
    """Stationary variance of x <- x - lr (x + noise), in closed form and run."""
    random, floors = np.random.default_rng(5), []
    for lr in (0.1, 0.01):
        x = np.zeros(4000)
        for _ in range(int(40 / lr) // 2):
            gradient_descent(x, x + random.standard_normal(x.shape), lr=lr)
        assert np.mean(x**2) == pytest.approx(lr / (2 - lr), rel=0.1)
        floors.append(np.mean(x**2) / 2)
    assert 0 < floors[1] < floors[0] / 5
    return chosen(9, "lower level", "wavers about that")


def three_slopes():
    slopes = (3.0, -1.0, -1.0)
    assert sum(slopes) / 3 == pytest.approx(1 / 3)
    for lr in (0.001, 0.01):
        x, s = np.zeros(1), np.zeros(1)
        plain = np.zeros(1)
        for k in range(30000):
            g = np.array([slopes[k % 3]])
            rmsprop(x, g, s, lr=lr, rho=0.1, eps=0.0)
            gradient_descent(plain, g, lr=lr)
            np.clip(x, -1, 1, out=x)
            np.clip(plain, -1, 1, out=plain)
        assert x[0] > 0.95 and plain[0] < -0.9
    return chosen(10, "Near 1", "worst place")


def two_solutions():
    a, b, x = sp.symbols("a b x")
    hessian = sp.hessian((a * b - 1) ** 2 / 2, (a, b))
    places = ({a: 1, b: 1}, {a: 10, b: sp.Rational(1, 10)})
    sharp = [max(hessian.subs(place).eigenvals(), key=sp.N) for place in places]
    assert float(sharp[1] / sharp[0]) == pytest.approx(50, rel=1e-3)
    assert len({(a * b * x).subs(place) for place in places}) == 1
    return chosen(11, "Nothing follows")


def chain():
    w = sp.symbols("w1:5")
    plain, residual = ((sp.prod(c + x for x in w) - 2) ** 2 for c in (0, 1))
    nowhere = dict.fromkeys(w, 0)
    assert [sp.diff(plain, x).subs(nowhere) for x in w] == [0] * 4
    assert 0 not in [sp.diff(residual, x).subs(nowhere) for x in w]
    near = dict.fromkeys(w, sp.Rational(1, 100))
    assert plain.subs(near) < plain.subs(nowhere)
    for rule in (GRADIENT_DESCENT, MOMENTUM, RMSPROP, ADAM, ADAGRAD):
        hyper = {"lr": 0.1, **({"beta": 0.99} if rule is MOMENTUM else {})}
        still = descend(ravine(kappa=1), rule, start=(0.0, 0.0), steps=20, **hyper)
        assert not np.any(still.gradients) and not np.any(still.positions)
    return chosen(12, "unless each factor is 1 + w")


PROOFS = dict(
    enumerate(
        (downhill, curvature, average, pushes, memory, recent_size, two_memories, turned, guesses,
         three_slopes, two_solutions, chain),
        1,
    )
)  # fmt: skip


@pytest.mark.parametrize("n", ITEMS)
def test_the_right_answer_is_computed(n):
    assert PROOFS[n]() == ITEMS[n].right


# The questions as a whole


def test_twelve_questions_one_a_lesson():
    lessons = [item.reread.lesson[:2] for item in ITEMS.values()]
    assert lessons == [f"{n:02}" for n in range(1, 13)]


@pytest.mark.parametrize("n", ITEMS)
def test_one_right_answer_and_three_beliefs(n):
    beliefs = [option.belief for option in ITEMS[n].options]
    assert len(beliefs) == len(set(beliefs)) == 4 and beliefs.count("") == 1
    assert set(beliefs) <= {"", *MISCONCEPTIONS}
    assert len({option.text for option in ITEMS[n].options}) == 4


def test_every_belief_is_asked_about():
    asked = {option.belief for item in ITEMS.values() for option in item.options}
    assert asked - {""} <= set(MISCONCEPTIONS) and len(asked) == 26


def test_neither_place_nor_length_gives_the_answer_away():
    assert sorted(RIGHT.values()) == sorted(3 * "abcd")
    longest, shortest = [], []
    for n, item in ITEMS.items():
        lengths = {letter: len(option.text) for letter, option in item.lettered()}
        assert max(lengths.values()) <= 1.3 * min(lengths.values()), item.title
        longest += [n] * (lengths[item.right] == max(lengths.values()))
        shortest += [n] * (lengths[item.right] == min(lengths.values()))
    assert len(longest) <= 4 and len(shortest) <= 4, (longest, shortest)


def test_the_words_are_plain():
    text = listing()
    assert "!" not in text
    assert not re.search(r"\b(simply|obviously|just|clearly|trivial|easy)\b", text, re.IGNORECASE)
    assert not re.search(r"RMSProp|Adam\b|Nesterov|Newton|Hessian|heavy ball|[κρβ]", text)
    for item in ITEMS.values():
        assert len(item.question.split()) <= 75 and item.question.endswith("?")


@pytest.mark.parametrize("n", ITEMS)
def test_what_to_read_again_exists(n):
    reread = ITEMS[n].reread
    twin = NOTEBOOKS / "src" / f"{reread.lesson}.py"
    if not twin.exists():
        assert not reread.heading, "a heading may be named once the lesson is there"
        return
    text = twin.read_text(encoding="utf-8")
    assert not reread.heading or re.search(
        rf"^# #+ {re.escape(reread.heading)}$", text, re.MULTILINE
    )
    address = re.search(r"\(([^)]*)\)", ITEMS[n].link)[1]
    assert address.partition("#")[0] == f"{reread.lesson}.ipynb"


# Handing in, in code


@pytest.mark.parametrize("way", ["repr", "markdown"])
def test_where_no_file_is_kept_the_text_is_offered(tmp_path, monkeypatch, way):
    """As in a browser without a service worker: files are written, and nobody ever sees them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "platform", "emscripten")
    reply = hand_in("before", with_right(1, 2), nickname="Ada of the ravine")
    assert reply and "nothing was stored" in repr(reply) and "Stored in" not in repr(reply)
    assert list(tmp_path.iterdir()) == []
    said = repr(reply) if way == "repr" else reply._repr_markdown_()
    offered = read(said[said.index("{") : said.rindex("}") + 1].encode())
    assert offered.answers == with_right(1, 2) and offered.nickname == "Ada of the ravine"
    assert f"inventory_before_{offered.learner}.json" in " ".join(said.split())
    assert "2 of 12" in repr(reply) or "2 right" in repr(reply), repr(reply)


def test_where_the_browser_keeps_files_they_are_stored(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setattr(store, "_LISTED", tmp_path)
    assert "Stored in my_answers" in repr(hand_in("before", BEFORE))
    monkeypatch.setattr(store, "_LISTED", tmp_path / "drive")
    own = hand_in("before", BEFORE, folder=tmp_path / "own")
    assert "Stored in" in repr(own), "a page that takes care of its own folder"


def test_nothing_is_said_or_stored_before_all_is_answered(tmp_path):
    for answers, words in (
        ({}, "open: 1, 2, 3"),
        ({n: "a" for n in ITEMS if n != 7}, "open: 7."),
        ({**BEFORE, 3: ...}, "open: 3."),
        ({**BEFORE, 3: "z", 4: 1}, '"?" in: 3, 4.'),
        ({**BEFORE, 13: "a"}, "1 to 12 only, not 13."),
        (None, "open: 1"),
        (["a"] * 12, "open: 1"),
    ):
        reply = hand_in("before", answers, folder=tmp_path / "my_answers")
        assert not reply and words in " ".join(repr(reply).split()), reply
        assert "right" not in repr(reply)
    assert "Say when" in repr(hand_in("now", BEFORE, folder=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_before_shows_the_score_and_no_answer(tmp_path):
    reply = hand_in("before", {**RIGHT, 1: "a", 2: "?"}, nickname=" Ada\n ", folder=tmp_path)
    assert reply and "10 of 12 are right" in repr(reply)
    assert '"I do not know" stands at 1' in " ".join(repr(reply).split())
    for item in ITEMS.values():
        assert item.title not in repr(reply)
    assert "ipynb" not in reply._repr_markdown_()
    assert re.findall(r"\d+", reply.paragraphs[0]) == ["10", "12", "1"]  # no number of a question
    [file] = tmp_path.iterdir()
    assert file.as_posix() in repr(reply).replace("\n  ", "") and "nowhere else" in repr(reply)
    held = json.loads(file.read_text(encoding="utf-8"))
    assert set(held) == {
        "course", "inventory", "when", "nickname", "learner", "id", "handed_in", "answers"
    }  # fmt: skip
    assert held["nickname"] == "Ada" and held["answers"]["2"] == "?"
    assert file.stat().st_size < 1000


def test_after_shows_score_gain_and_what_to_read_again(tmp_path):
    hand_in("before", {**RIGHT, 1: "a", 2: "b", 3: "?"}, folder=tmp_path)
    reply = hand_in("after", {**RIGHT, 3: "a", 4: "a"}, folder=tmp_path)
    text = reply._repr_markdown_()
    assert "10 of 12 are right, and before it was 9. That is 1 of the 3 that were left" in text
    assert "✔ 1 Which way is downhill: won (+1)." in text
    assert "✘ 3 What an average remembers: not right yet (0). The answer is d; read again" in text
    assert "](03_averages_with_memory.ipynb#Derive:-the-weights) in lesson 03" in text
    assert "✘ 4 Pushes that agree or flip: right before, not now (−1)." in text
    assert "✔ 12 A chain that starts at 0: right both times (0)." in text
    words = " ".join(repr(reply).split())
    assert "](" not in words and "“Derive: the weights” in lesson 03" in words


def test_after_alone_says_so(tmp_path):
    assert "nothing to compare with" in " ".join(
        repr(hand_in("after", RIGHT, folder=tmp_path)).split()
    )


def test_handing_in_again_keeps_both_and_the_first_counts(tmp_path):
    hand_in("before", BEFORE, folder=tmp_path)
    again = hand_in("before", RIGHT, folder=tmp_path)
    assert "handed this in before: both are kept" in " ".join(repr(again).split())
    assert len(list(tmp_path.iterdir())) == 2
    score = sum(item.right == "a" for item in ITEMS.values())
    assert f"before it was {score}." in repr(hand_in("after", RIGHT, folder=tmp_path))


def test_nicknames_keep_learners_of_one_computer_apart(tmp_path):
    hand_in("before", BEFORE, nickname="Ada", folder=tmp_path)
    other = hand_in("before", RIGHT, nickname="Emmy", folder=tmp_path)
    assert "handed this in before" not in repr(other)
    assert "before it was 12" in repr(hand_in("after", RIGHT, nickname="emmy", folder=tmp_path))
    assert "nothing to compare" in repr(hand_in("after", RIGHT, nickname="Bo", folder=tmp_path))


def test_a_nickname_is_no_longer_than_a_line():
    assert tidy("ada " * 300) == ("ada " * 10).strip() and tidy("Ada\n\tL.") == "Ada L."


def test_only_who_won_is_told_how_much(tmp_path):
    before, after = (Record(when=w, answers=with_right(*n)) for w, n in
                     (("before", (1, 2, 3)), ("after", (1,))))  # fmt: skip
    assert "left to win" not in comparison(after, before)[0]
    assert "That is 2 of the 11 that were left to win" in comparison(before, after)[0]


def test_another_nickname_is_another_learner(tmp_path):
    hand_in("before", RIGHT, nickname="Ada", folder=tmp_path)
    assert "nothing to compare" in repr(hand_in("after", RIGHT, nickname="Bo", folder=tmp_path))


@pytest.mark.parametrize(("first", "then"), [("", "Ada"), ("Ada", "")])
def test_a_nickname_may_come_or_go_if_nobody_else_is_there(tmp_path, first, then):
    hand_in("before", RIGHT, nickname=first, folder=tmp_path)
    assert "before it was 12" in repr(hand_in("after", RIGHT, nickname=then, folder=tmp_path))


def test_without_storing_nothing_is_written(tmp_path):
    reply = hand_in("before", BEFORE, folder=tmp_path / "x", store=False)
    assert reply and "Nothing was stored." in repr(reply)
    assert not (tmp_path / "x").exists()


def test_a_folder_that_takes_no_file_ends_in_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "my_answers").write_text("a file")
    reply = hand_in("before", BEFORE, folder=tmp_path / "my_answers")
    assert not reply and "a file has that name" in repr(reply) and "Nothing is lost" in repr(reply)
    assert "are right" not in repr(reply)

    def refuse(path, *mode, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "open", refuse)
    reply = hand_in("before", BEFORE, folder=tmp_path / "full")
    assert not reply and "the disk is full" in repr(reply)


def test_a_read_only_folder_ends_in_a_sentence(tmp_path, monkeypatch):
    def refuse(path, *mode, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert "may not be written to" in repr(hand_in("before", BEFORE, folder=tmp_path / "x"))


def test_a_half_written_file_is_taken_away_again(tmp_path, monkeypatch):
    def breaks(self):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Record, "json", breaks)
    assert not hand_in("before", BEFORE, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_broken_earlier_files_are_named_and_left_alone(tmp_path):
    hand_in("before", BEFORE, folder=tmp_path)
    [file] = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:80])
    reply = hand_in("after", RIGHT, folder=tmp_path)
    assert reply and f"cannot be read and were left alone: {file.name}." in " ".join(
        repr(reply).split()
    )
    assert file.stat().st_size == 80


# The form


@pytest.fixture
def form(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    form_module.forget()
    yield twelve_questions("before")
    form_module.forget()


def fill(form, answers):
    for n, letter in answers.items():
        form.choices[n].value = letter


def test_the_form_asks_before_it_says_or_stores_anything(form, tmp_path):
    assert form.store.value and "my_answers" in form.store.description
    fill(form, {n: x for n, x in RIGHT.items() if n not in (4, 9)})
    form.button.click()
    assert "open: 4, 9." in form.status.value and form.report.outputs == ()
    assert not form.button.disabled and form.choices[1].value == RIGHT[1]
    assert list(tmp_path.iterdir()) == []


def test_the_form_hands_in_and_can_be_run_again(form, tmp_path):
    fill(form, {**RIGHT, 4: "?"})
    form.nickname.value = "Ada"
    form.button.click()
    assert form.reply and form.button.disabled and form.choices[1].disabled
    assert "role='status'" in form.status.value
    assert "11 of 12 are right" in form.report.outputs[0]["data"]["text/markdown"]
    assert len(list((tmp_path / "my_answers").iterdir())) == 1
    form.button.click()
    assert len(list((tmp_path / "my_answers").iterdir())) == 1
    assert twelve_questions("before") is form and "11 of 12" in repr(form)


def test_the_form_keeps_the_choices_when_nothing_can_be_stored(form, tmp_path):
    (tmp_path / "my_answers").write_text("a file")
    fill(form, RIGHT)
    form.button.click()
    assert "Nothing is lost" in form.status.value and not form.reply
    assert twelve_questions("before").choices[5].value == RIGHT[5]
    form.store.value = False
    form.button.click()
    assert form.reply and "12 of 12" in repr(form)


def test_names_of_the_choices_tell_the_question_and_the_answer(form):
    names = [label for choice in form.choices.values() for label in choice._options_labels]
    assert len(set(names)) == len(names) == 60
    assert names[0].startswith("1a ") and "12? I do not know" in names


def test_what_a_notebook_stores(form):
    bundle = form._repr_mimebundle_()
    assert bundle["text/plain"] == repr(form) and "0x" not in repr(form)
    assert "not handed in yet" in repr(form)
    assert all(item.title in repr(form) for item in ITEMS.values())
    assert "Say when" in repr(twelve_questions("now"))


def test_lesson_00_holds_the_unanswered_questions():
    lesson = Stored(NOTEBOOKS / "00_start_here.ipynb")
    [cell] = [cell for _, cell in lesson.code if cell.source == 'twelve_questions("before")']
    assert cell.outputs[0].data["text/plain"] == repr(form_module.Questionnaire("before"))


def test_answers_need_no_widgets_and_no_sympy():
    program = (
        "import sys; sys.modules['ipywidgets'] = None; "
        "from course_utils.inventory import hand_in; "
        "print(hand_in('before', {n: '?' for n in range(1, 13)}, store=False)); "
        "print({'sympy', 'numpy', 'matplotlib', 'subprocess', 'socket'} & set(sys.modules))"
    )
    shown = subprocess.run(
        [sys.executable, "-S", "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    assert "0 of 12 are right" in shown.stdout and shown.stdout.endswith("set()\n")


# Gathering


def learner(folder, before=None, after=None, nickname=""):
    for when, answers in (("before", before), ("after", after)):
        if answers:
            assert hand_in(when, answers, nickname=nickname, folder=folder)
    return sorted(folder.iterdir())


def with_right(*numbers):
    wrong = {n: "abcd".replace(item.right, "")[0] for n, item in ITEMS.items()}
    return {**wrong, **{n: RIGHT[n] for n in numbers}}


@pytest.fixture
def school(tmp_path):
    """A class of four whose files arrived in four ways: nested, zipped, zipped twice, renamed."""
    place = tmp_path / "class"
    learner(place / "one" / "my_answers", with_right(1), with_right(1, 2))
    for name in ("two", "three", "four"):
        learner(tmp_path / name, with_right(1, 3), with_right(1, 2), nickname=name)
    pack(place / "two.zip", tmp_path / "two")
    pack(tmp_path / "inner.zip", tmp_path / "three")
    with zipfile.ZipFile(place / "all.zip", "w") as outer:
        outer.write(tmp_path / "inner.zip", "deep/inner.zip")
    for number, file in enumerate(sorted((tmp_path / "four").iterdir())):
        file.rename(place / f"answers of four ({number}).txt")
    return place


def pack(archive, folder):
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in folder.iterdir():
            packed.write(file, f"my_answers/{file.name}")


def test_a_class_is_found_wherever_its_files_lie(school):
    group = gather([school])
    assert group.remarks == [] and len(group.learners) == 4
    assert all(x.whole for x in group.learners)
    assert {x.before.nickname for x in group.learners} == {"", "two", "three", "four"}


def test_the_table_counts_gains_and_beliefs(school, capsys):
    assert main([str(school)]) == 0
    shown = capsys.readouterr().out
    rows = {" ".join(line.split()) for line in shown.splitlines()}
    assert "1 Which way is downhill 4 of 4 4 of 4 -" in rows
    assert "2 What curvature adds 0 of 4 4 of 4 1.00" in rows
    assert "3 What an average remembers 3 of 4 0 of 4 −3.00" in rows
    total = (8 - 7) / (48 - 7)
    assert f"all questions 7 of 48 8 of 48 {total:.2f}" in rows
    assert "Hake" in shown and "10.1119/1.18809" in shown
    assert ITEMS[3].belief(with_right()[3]) == "C09"
    [row] = [line.split() for line in shown.splitlines() if line.startswith("C09")]
    assert row[-4:] == ["1", "4", "1", "0"]
    assert all(len(line) <= 100 for line in shown.splitlines())


@pytest.mark.parametrize(
    ("before", "after", "most", "wanted"),
    [(0, 6, 12, 0.5), (12, 12, 12, None), (6, 3, 12, -0.5), (6, 6, 12, 0.0), (0, 12, 12, 1.0)],
)
def test_hakes_gain(before, after, most, wanted):
    assert gain(before, after, most) == wanted


def test_beliefs_kept_and_lost_are_those_of_the_same_learner(tmp_path):
    follows, free = with_right(), dict(RIGHT)
    belief = ITEMS[3].belief(follows[3])
    only = {**free, 3: follows[3]}
    learner(tmp_path / "kept", only, only)
    learner(tmp_path / "lost", only, free)
    learner(tmp_path / "lost too", only, free)
    learner(tmp_path / "new", free, only)
    shown = table(gather([tmp_path]))
    [row] = [line.split() for line in shown.splitlines() if line.startswith(belief)]
    assert row[-4:] == ["3", "2", "1", "2"]
    assert "Nobody chose an answer of" in shown


TROUBLES = {
    "empty.json": (b"  ", "is empty."),
    "half.json": (b'{"inventory": 1, "when": "bef', "is broken: ask for it again."),
    "notes.txt": (b"Dear teacher", "is not a hand-in."),
    "list.json": (b"[1, 2]", "is not a hand-in."),
    "deep.json": (b"[" * 90_000, "is not a hand-in."),
    "photo.png": (bytes(range(256)) * 500, "is not a hand-in."),
    "class.rar": (b"Rar", "is packed in a way that is not read here: unpack it first."),
    "cut.zip": (b"PK\x03\x04\x00\x00", "is a broken zip file: ask for it again."),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_what_does_not_count_is_named_and_the_rest_counts(school, name):
    content, words = TROUBLES[name]
    (school / name).write_bytes(content)
    group = gather([school])
    assert group.remarks == [f"{name} {words}"] and len(group.learners) == 4


FLAWS = {
    "another version": ({"inventory": 2}, "answers other questions"),
    "no time of the course": ({"when": "during"}, "does not say"),
    "few answers": ({"answers": {"1": "a"}}, "holds 1 of 12 answers"),
    "strange answers": ({"answers": {str(n): n for n in ITEMS}}, "holds 0 of 12"),
    "two letters": ({"answers": {str(n): "ab" for n in ITEMS}}, "holds 0 of 12"),
    "no answers": ({"answers": None}, "holds 0 of 12"),
    "no code": ({"learner": ""}, "lacks its codes"),
    "a code for mischief": ({"learner": "../../x"}, "lacks its codes"),
    "a code that is none": ({"id": "\x1b[2J" * 20}, "lacks its codes"),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_flawed_hand_ins_are_named(school, flaw):
    change, words = FLAWS[flaw]
    good = json.loads(Record(when="before", answers=BEFORE).json())
    (school / "x.json").write_text(json.dumps({**good, **change}), encoding="utf-8")
    [remark] = gather([school]).remarks
    assert remark.startswith("x.json ") and words in remark


def test_who_handed_in_once_counts_where_nothing_is_paired():
    first, last = (Record(when=when, answers=BEFORE) for when in ("before", "after"))
    group = Class([Learner(first, last), Learner(first), Learner(None, last)])
    for when in ("before", "after"):
        assert [len(group.records(when, paired=x)) for x in (True, False)] == [1, 2]


def test_copies_and_repetitions_count_once(school, tmp_path):
    [file] = (school / "one" / "my_answers").glob("*before*")
    (school / "one" / "my_answers" / "zz copy.json").write_bytes(file.read_bytes())
    hand_in("before", RIGHT, folder=school / "one" / "my_answers")
    group = gather([school])
    assert len(group.learners) == 4 and len(group.remarks) == 2
    assert f"one/my_answers/zz copy.json is a copy of one/my_answers/{file.name}." in group.remarks
    [later] = [x for x in group.remarks if "later" in x]
    assert file.name in later
    assert {len(x.before.right) for x in group.learners} == {1, 2}


def test_the_hour_decides_which_hand_in_was_first(tmp_path):
    for name, hour, answers in (("a", "12", BEFORE), ("b", "09", RIGHT), ("c", "15", BEFORE)):
        record = Record(
            when="before", answers=answers, learner="x", handed_in=f"2026-03-01T{hour}:00:00Z"
        )
        (tmp_path / f"{name}.json").write_text(record.json(), encoding="utf-8")
    group = gather([tmp_path])
    assert [len(x.before.right) for x in group.learners] == [12]
    assert group.remarks == [
        f"{name}.json is a later hand-in of a learner whose b.json counts." for name in "ac"
    ]


def test_other_encodings_are_read(tmp_path):
    text = Record(when="before", answers=BEFORE, nickname="Zoë").json()
    for encoding in ("utf-8-sig", "utf-16"):
        assert read(text.encode(encoding)).nickname == "Zoë"
    with pytest.raises(Unfit):
        read(b"\xff\xfe\x00")


def test_two_computers_are_paired_by_nickname_unless_it_is_open(tmp_path):
    for name in ("Ada", "Bo"):
        learner(tmp_path / f"{name} at school", before=BEFORE, nickname=name)
        learner(tmp_path / f"{name} at home", after=RIGHT, nickname=name.lower())
    learner(tmp_path / "another Bo", after=RIGHT, nickname="Bo")
    group = gather([tmp_path])
    assert sum(x.whole for x in group.learners) == 1 and len(group.learners) == 4
    assert any("signed Ada come from two places and are paired" in x for x in group.remarks)
    assert any("3 hand-ins are signed Bo" in x for x in group.remarks)
    assert "1 learner handed in both" in table(group)


def test_half_a_class_is_counted_without_a_gain(tmp_path):
    learner(tmp_path / "x", before=with_right(1))
    shown = table(gather([tmp_path]))
    rows = {" ".join(line.split()) for line in shown.splitlines()}
    assert "no gain yet" in shown and "1 Which way is downhill 1 of 1 - -" in rows
    assert "Hake" not in shown and "kept" not in shown


def test_places_may_be_files_and_must_exist(school, tmp_path, capsys):
    assert main([str(school / "two.zip")]) == 0
    assert "There is no folder" in main([str(tmp_path / "nowhere")])
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "note.txt").write_text("x")
    assert "There are no hand-ins" in main([str(tmp_path / "bare")])
    assert "note.txt is not a hand-in." in capsys.readouterr().out


def test_what_systems_add_is_passed_over_and_names_cannot_paint_the_terminal(school):
    (school / "__MACOSX").mkdir()
    for name in (".DS_Store", "Thumbs.db", "__MACOSX/._x.json"):
        (school / name).write_bytes(b"x")
    with zipfile.ZipFile(school / "mac.zip", "w") as packed:
        packed.writestr("__MACOSX/._a.json", "x")
        packed.writestr("a\x1b[2Jb.json", "x")
    with zipfile.ZipFile(school / "essay.docx", "w") as packed:
        packed.writestr("[Content_Types].xml", "x")
    assert gather([school]).remarks == [
        "essay.docx is not a hand-in.",
        "mac.zip/a?[2Jb.json is not a hand-in.",
    ]


def test_a_zip_file_that_is_damaged_locked_or_bottomless_is_told(school):
    whole = school.parent / "whole.zip"
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("x.json", Record(when="before", answers=BEFORE).json())
    damaged, locked = bytearray(whole.read_bytes()), bytearray(whole.read_bytes())
    damaged[60:120] = bytes(60)
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        locked[locked.index(mark) + flags] |= 1
    (school / "damaged.zip").write_bytes(damaged)
    (school / "locked.zip").write_bytes(locked)
    inner = school.parent / "0.zip"
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr("x.json", Record(when="before", answers=BEFORE).json())
    for depth in range(1, 7):
        outer = school.parent / f"{depth}.zip"
        with zipfile.ZipFile(outer, "w") as packed:
            packed.write(inner, inner.name)
        inner = outer
    inner.rename(school / "russian.zip")
    group = gather([school])
    assert len(group.learners) == 4
    damaged, locked, russian = group.remarks
    assert damaged == "damaged.zip/x.json is broken: ask for it again."
    assert locked == "locked.zip/x.json needs a password: ask for it without one."
    assert russian.startswith("russian.zip/5.zip/4.zip/3.zip/2.zip ")
    assert russian.endswith("is a zip file inside 4 others: unpack them first.")


@pytest.mark.parametrize("way", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_no_damage_in_a_file_ends_the_count(tmp_path, way):
    for place in range(35, 200, 11):
        folder = tmp_path / str(place)
        learner(folder / "one", with_right(1), with_right(1, 2))
        whole = folder / "whole.zip"
        with zipfile.ZipFile(whole, "w", way) as packed:
            packed.writestr("x.json", Record(when="before", answers=BEFORE).json())
        damaged = bytearray(whole.read_bytes())
        damaged[place : place + 40] = bytes(255 - each for each in damaged[place : place + 40])
        whole.write_bytes(damaged)
        group = gather([folder])
        assert sum(each.whole for each in group.learners) == 1, place
        [told] = group.remarks
        assert told.startswith("whole.zip") and told.endswith("ask for it again."), place


def test_a_link_to_a_folder_is_named(tmp_path):
    learner(tmp_path / "elsewhere", with_right(1), with_right(1, 2))
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "class" / "round").symlink_to(tmp_path / "class")
    group = gather([tmp_path / "class"])
    assert group.learners == [] and [x.split(" and ")[0] for x in group.remarks] == [
        "ada is a link to a folder", "round is a link to a folder",
    ]  # fmt: skip
    assert len(gather([tmp_path / "class" / "ada"]).learners) == 1, "named, it is read"


def test_a_class_of_whole_folders_is_told_in_few_lines(tmp_path):
    for name in ("ann", "bob", "eve"):
        learner(tmp_path / name / "notebooks" / "my_answers", with_right(1), with_right(1, 2))
        (tmp_path / name / "zig.svg").write_text("<svg/>", "utf-8")
    (tmp_path / "bob" / "inventory_before.json").write_text('{"inventory": 1', "utf-8")
    assert gather([tmp_path]).remarks == [
        "bob/inventory_before.json is broken: ask for it again.",
        "3 files that end in .svg are not hand-ins, such as ann/zig.svg.",
    ]


def test_the_command_runs_as_a_program(school):
    ran = subprocess.run(
        [sys.executable, "-m", "course_utils.inventory", str(school)],
        cwd=ROOT, capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert ran.returncode == 0 and ran.stderr == "" and "4 learners handed in both" in ran.stdout
