"""The polls of TEACHING.md: each names the right answer, and the lettered ones are computed."""

import re
from pathlib import Path

import numpy as np

from course_utils import theory
from course_utils.optimizers import uncorrected_adam

TEXT = (Path(__file__).resolve().parents[2] / "TEACHING.md").read_text(encoding="utf-8")
POLLS = re.findall(r"^- \*\*(Poll[ \d]*)\.\*\* (.*)$", TEXT, re.MULTILINE)


def answer(begins):
    """The letter that the poll with these words calls right."""
    (poll,) = [words for _, words in POLLS if begins in words]
    return re.search(r"Right: (?:\((\w)\)|after (\d+))", poll).expand(r"\1\2")


def test_every_poll_names_its_right_answer_and_expects_another():
    assert len(POLLS) >= 22
    for _, words in POLLS:
        assert "Expect" in words and "Right: " in words, words
        right = re.search(r"Right: \((\w)\)", words)
        if right:
            assert f"({right[1]})" in words.split("Expect")[0], words
            assert not re.search(rf"Expect \({right[1]}\)", words), words


def test_lettered_answers_are_what_a_computation_gives():
    assert answer("shrinks by a tenth") == str(int(np.ceil(np.log(0.01) / np.log(0.9))))

    lr, half = 2 / 26, 1 / 26  # curvatures 25 and 1
    assert 1 - 25 * lr < 0 < 1 - 25 * half and abs(1 - half) > abs(1 - lr)
    assert answer("We halve it") == "b"

    assert abs((1 - 0.9**10) - 2 / 3) < 0.02 and answer("newest ten values") == "c"

    v = 0.0
    for _ in range(300):
        v = 0.9 * v + 1
    assert round(v, 6) == 10 and answer("settles at") == "c"

    assert round(1 / 1.9, 1) == 0.5 and answer("a flipping push") == "b"

    assert round(theory.best_momentum(100, 1)[1], 2) == 0.67 and answer("For κ = 100") == "b"

    w, m, s = np.zeros((3, 1))
    uncorrected_adam(w, np.ones(1), m, s, lr=1.0, beta1=0.9, beta2=0.999, eps=0.0)
    assert abs(w[0]) > 3 and answer("without the correction") == "b"

    left = {d: theory.best_scaled_kappa(100, np.radians(d)) for d in range(0, 91, 5)}
    assert max(left, key=left.get) == 45 and answer("Scaling helps least") == "b"

    w1 = np.linspace(0.2, 5, 500)
    assert (w1**2 + w1**-2).min() < 2.01 and answer("(w1 w2") == "b"
