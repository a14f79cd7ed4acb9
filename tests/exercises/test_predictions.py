"""The predictions of the lessons: their form does not tell the answer, and the answers are true."""

import ast
import math
import re
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from course_utils import libraries
from course_utils.descent import descend
from course_utils.exercises import exercises
from course_utils.exercises.lessons.lesson_13 import CLAIMS
from course_utils.exercises.predictions import Question, predictions
from course_utils.optimizers import (
    ADAM,
    GRADIENT_DESCENT,
    MOMENTUM,
    MOMENTUM_RATE_OUTSIDE,
    NEWTON,
    RMSPROP,
    UNCORRECTED_ADAM_INSIDE,
    momentum,
)
from course_utils.surfaces import himmelblau, noisy, ravine, tilted_well
from tests.each import each
from tools.find import names

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
TWINS = [NOTEBOOKS / "src" / f"{name}.py" for name in names(ROOT)]
QUESTIONS = predictions()
CHOICES = [q for q in QUESTIONS.values() if q.options]
# What the lessons measure: here it is only asked whether the form of a question gives it away.
MEASURED = {
    "06 no rate": "over ten times as high",
    "08 digits": "Shampoo",
    "08 inputs": "higher for rare words, not for digits",
    "09 quotient": "about as high",
    "09 decay": "lower with wrong labels only",
    "10 burst": "after step 10,000, ten windows on",
    "10 digits": "not told apart from Adam's",
    "11 edge": "settles near 2/η, and many steps raise the loss",
    "11 batch": "lower than half of it",
    "11 wells": "more than half",
    "12 another rate": "below 50 %: it is not the learning rate",
    "12 range": "several times as large",
    "12 recovers": "batch norm alone",
    "12 deep": "skips, and both together",
    "13 same rate": "gradient descent",
    "13 four settings": "the one that tunes η alone",
    "13 how sure": "at most half: 12 or fewer",
    "13 drawn again": "less often: our trials were lucky ones",
    "13 nine rates": "one or two",
    "13 run again": "higher",
    "13 one loop": "a third as long, or less: memory sets most of the time",
}
OPEN = {"11 sharper", "11 reads", "13 my hypothesis"}  # registered before anybody knows


def code_cells(twin):
    """The code cells of a twin, each as its header and its source."""
    cells = re.split(r"(?m)^(?=# %%)", twin.read_text("utf-8"))
    split = [cell.partition("\n") for cell in cells if cell.startswith("# %%")]
    return [(head, body) for head, _, body in split if "[markdown]" not in head]


def calls():
    """Every call of `predict` in the lessons: its lesson, the call, the cell."""
    for twin in TWINS:
        for _, body in code_cells(twin):
            for node in ast.walk(ast.parse(body)):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "predict":
                    yield twin.stem[:2], node, body


def right(question):
    return MEASURED[question.key] if question.measured else question.find_truth()


ANSWERED = [q for q in CHOICES if q.key not in OPEN]


def test_every_prediction_is_asked_once_in_its_lesson():
    asked = [(lesson, call.args[0].value) for lesson, call, _ in calls()]
    assert sorted(key for _, key in asked) == sorted(QUESTIONS)
    assert all(key.startswith(f"{lesson} ") for lesson, key in asked)
    assert not set(QUESTIONS) & set(exercises())


def test_a_cell_names_its_prediction_and_hands_on_what_is_measured():
    for _, call, _ in calls():
        question = QUESTIONS[call.args[0].value]
        given = {keyword.arg for keyword in call.keywords}
        assert len(call.args) == 1 and given <= {"opens", "measured", "about"}
        assert question.measured == ("measured" in given), question.key
        assert ("{}" in question.ask) == ("about" in given), question.key


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.stem[:2])
def test_no_cell_states_the_truth_of_a_prediction(twin):
    for _, body in code_cells(twin):
        words = {
            k.arg for n in ast.walk(ast.parse(body)) if isinstance(n, ast.Call) for k in n.keywords
        }
        assert not words & {"truth", "because"}, body
        options = {o for q in QUESTIONS.values() for o in q.options if len(o) > 12}
        assert not [o for o in options if "predict(" in body and o in body], body


@pytest.mark.parametrize("lesson", sorted({key[:2] for key in QUESTIONS}))
def test_a_question_has_a_form_a_truth_and_a_reason(lesson):
    each({key: (key,) for key in QUESTIONS if key.startswith(lesson)}, is_whole)


def is_whole(key):
    q = QUESTIONS[key]
    assert len(q.ask) <= 125
    assert len(q.because) <= 160 and (not q.because or q.because.endswith("."))
    assert q.because or q.measured, "the reason is missing"
    ways = (q.answer is not None) + (q.truth is not None and not q.measured) + q.measured
    assert ways == 1, "the truth is found in one way"
    if q.options:
        assert 2 <= len(q.options) == len(set(q.options)) <= 7
        assert all(1 <= len(o) <= 60 and o == o.strip() and o[-1] not in ".,;" for o in q.options)
        assert len(q.holds) in (0, len(q.options))
        assert all(low < high for low, high in q.holds)
        ordered = sorted(q.holds)
        assert all(a[1] <= b[0] for a, b in zip(ordered, ordered[1:], strict=False))
    else:
        assert math.isfinite(q.low) and q.low < q.high and math.isfinite(q.high)
    if key not in OPEN and not (q.measured and not q.options):
        truth = right(q)
        assert truth in q.options if q.options else q.low <= truth <= q.high


NUMBER = re.compile(r"(?:about )?(−?[\d.,]+)(?: (?:%|or less|η, .*)|(?: \w+)* (?:steps|many))?")


def test_an_option_that_names_a_number_holds_it():
    tried = 0
    for q in CHOICES:
        for option, (low, high) in zip(q.options, q.holds, strict=False):
            if (named := NUMBER.fullmatch(option)) and "million" not in option:
                value = float(named[1].replace(",", "").replace("−", "-"))
                assert low <= value < high, f"{q.key}: {option}"
                tried += 1
    assert tried >= 20


def by_chance(hits, chances, sigmas=2.6):
    """Whether so many hits are what chance would give, within a share of one in a hundred."""
    expected = sum(chances)
    return abs(hits - expected) <= sigmas * math.sqrt(sum(p * (1 - p) for p in chances))


def tied(question, pick):
    """The chance that choosing by length alone finds the right option."""
    lengths = [len(o) for o in question.options]
    best = [o for o, n in zip(question.options, lengths, strict=True) if n == pick(lengths)]
    return (right(question) in best) / len(best)


@pytest.mark.parametrize("pick", [max, min], ids=["longest", "shortest"])
def test_the_length_of_an_option_does_not_tell(pick):
    hits = sum(tied(q, pick) for q in ANSWERED)
    assert by_chance(hits, [1 / len(q.options) for q in ANSWERED])


def test_the_place_of_an_option_does_not_tell():
    for place in range(4):
        fitting = [q for q in ANSWERED if len(q.options) > place]
        hits = sum(q.options.index(right(q)) == place for q in fitting)
        assert by_chance(hits, [1 / len(q.options) for q in fitting]), f"place {place}"
    for lesson in {q.key[:2] for q in ANSWERED}:
        places = Counter(q.options.index(right(q)) for q in ANSWERED if q.key.startswith(lesson))
        assert len(places) > 1 or places.total() == 1, f"lesson {lesson}: always the same place"


def test_a_test_of_chance_can_fail():
    assert by_chance(15, [1 / 4] * 60) and not by_chance(29, [1 / 4] * 60)
    assert not by_chance(2, [1 / 4] * 60)


# The truths, found in another way


def says(key):
    truth = QUESTIONS[key].find_truth()
    assert truth in QUESTIONS[key].options or not QUESTIONS[key].options
    return truth


def test_answers_that_are_written_down_are_what_runs_find():
    surface = ravine(25)
    assert descend(surface, GRADIENT_DESCENT, lr=0.076, steps=400).losses[-1] < 1e-6
    assert descend(surface, GRADIENT_DESCENT, lr=0.085, steps=400).stopped
    assert says("01 runs away") == "It runs away from the minimum"

    hills = himmelblau()
    assert max(np.linalg.eigvalsh(hills.hessian((0.0, 0.0)))) < 0
    end = descend(hills, NEWTON, start=(0.0, 0.0), steps=30).positions[-1]
    assert max(np.linalg.eigvalsh(hills.hessian(end))) < 0 and says("02 himmelblau").endswith("top")

    calm = descend(surface, GRADIENT_DESCENT, lr=0.01, steps=60)
    swings = descend(surface, MOMENTUM, lr=0.01, beta=0.95, steps=60)
    assert calm.sign_flips(0) == 0 < swings.sign_flips(0) and "swing" in says("04 makes a swing")

    zig_zag = descend(surface, GRADIENT_DESCENT, lr=0.076, steps=30).gradients
    assert np.mean(zig_zag[:, 0] ** 2) > np.mean(zig_zag[:, 1] ** 2)
    assert says("06 large average").startswith("w1")

    for rule, lr, same in ((GRADIENT_DESCENT, 1e-5, False), (RMSPROP, 0.1, True)):
        paths = [
            descend(ravine(25, c=c), rule, lr=lr, steps=20, **({"eps": 0.0} if same else {}))
            for c in (1, 1000)
        ]
        assert np.allclose(paths[0].positions, paths[1].positions) == same
    assert says("06 other units").startswith("gradient descent")


def test_memories_and_bursts_are_as_written_down():
    w, m, s = np.zeros((3, 1))
    for t in range(1, 20_001):
        ADAM.kernel(w, np.array([(-1.0) ** t]), m, s, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8, t=t)
    assert abs(m[0]) < 0.1 and abs(np.sqrt(s[0]) - 1) < 1e-6
    assert says("07 two averages").startswith("m is about 0, √s is 1")

    losses = descend(ravine(25), ADAM, lr=0.3, steps=10_000).losses
    assert losses[200:3000].max() < 1e-3 < losses[3000:].max() and "leaps" in says("07 burst")

    article, paper = libraries.ARTICLE[UNCORRECTED_ADAM_INSIDE], libraries.PAPERS[ADAM]
    assert [n for n in ("beta1", "beta2", "eps") if article[n] == paper[n]] == ["beta1"]
    assert says("07 details") == "one"


def test_noise_drops_and_wells_are_as_written_down():
    late = descend(noisy(ravine(25), 4.0), GRADIENT_DESCENT, lr=0.04, steps=1000).positions[80:]
    steps = np.linalg.norm(np.diff(late, axis=0), axis=1)
    assert steps.min() > 1e-3 and np.linalg.norm(late, axis=1).max() < 3
    assert says("09 stopped") == "moving on, around the minimum"
    floors = []
    for lr in (0.01, 0.005):
        start = np.zeros((2, 2000))
        made = descend(noisy(ravine(25), 4.0), GRADIENT_DESCENT, start, steps=600, lr=lr)
        floors.append(made.losses[-1].mean())
    assert 0.42 < floors[1] / floors[0] < 0.55 and says("09 half the rate") == "about half"

    drop = lambda t: 0.02 if t <= 15 else 0.002  # noqa: E731
    inside, outside = (
        descend(ravine(1), rule, (1.0, 1.0), steps=60, lr=drop, beta=0.9).positions
        for rule in (MOMENTUM, MOMENTUM_RATE_OUTSIDE)
    )
    assert abs(inside[25, 0] - inside[15, 0]) > 2 * abs(outside[25, 0] - outside[15, 0])
    assert says("09 drop").startswith("inside")
    lengths = [np.linalg.norm(w[16] - w[15]) for w in (inside, outside)]
    assert lengths[0] > 2 * lengths[1] and says("04 dropped rate").endswith("inside")

    well, place = tilted_well(), np.linspace(0.5, 1.4, 50)
    for t in range(1000):
        place = place - 0.1 * (1 - t / 1000) * well.slope(place)
    assert place.min() > 0 and says("09 wells").startswith("none")


def test_momentum_may_circle_for_ever_on_a_convex_function():
    slope = lambda x: np.where(x < 1, 25 * x, np.where(x < 2, x + 24, 25 * x - 24))  # noqa: E731
    x = np.array([792 / 1225])
    v = x - 2592 / 1225
    for _ in range(300):
        momentum(x, slope(x), v, lr=1 / 9, beta=4 / 9)
    assert abs(x[0]) > 0.5 and says("05 arrives").startswith("not")


def test_the_hypothesis_has_the_claims_of_the_paper():
    assert QUESTIONS["13 my hypothesis"].options == CLAIMS


class Interval:
    """A comparison whose interval lies where it is said to."""

    def __init__(self, place, effect=1.0):
        self.place, self.effect, self.low, self.high = place, effect, effect, effect

    def says(self, *words):
        return words[self.place]


@pytest.mark.parametrize("key", [k for k, q in QUESTIONS.items() if q.measured and q.truth])
def test_measurements_become_options(key):
    q = QUESTIONS[key]
    tried = [Interval(place, effect) for place in range(3) for effect in (0.3, 0.8, 1.0, 1.2, 3.0)]
    tried += [(a, b) for a in (True, False) for b in (True, False)]
    tried += ["neither", "plain", "batch norm", "plain and batch norm", "nobody", "both"]
    tried += ["skips, both", "batch norm, both", "skips, batch norm, both"]
    tried += [{"drawn": 77, "new": new, "error": 6} for new in (25, 75, 95)]
    falls, flips = np.linspace(1, 0, 500)[:, None], np.resize([1.0, 2.0], 500)[:, None]
    followed = (2, falls), (10, flips), (40, falls), (10, np.inf * falls[:-1])
    if key == "11 edge":  # the others do not take runs
        tried += [(np.full((60, 1), float(sharp)), losses) for sharp, losses in followed]
    found = set()
    for seen in tried:
        try:
            found.add(q.find_truth(lambda seen=seen: seen))
        except (AttributeError, KeyError, TypeError):
            continue
    assert found == set(q.options)


# The guide


def test_the_prediction_of_the_guide_works():
    guide = (NOTEBOOKS.parent / "docs" / "ADD_A_PREDICTION.md").read_text("utf-8")
    (data,) = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    (code,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    space = {}
    exec(code, space)
    ((key, asked),) = tomllib.loads(data).items()
    assert key in space["TRUTHS"] and key not in QUESTIONS
    q = Question(key, truth=space["TRUTHS"][key], **asked)
    assert q.find_truth() == "about twice as many steps"
