"""The explorer of rescaled layers against a plain loop."""

import re

import numpy as np
import pytest

from course_utils.explorers import Rescaling


@pytest.mark.parametrize(
    ("a", "lr", "step"), [(10**0.6, 0.18, 60), (10**0.6, 0.26, 9), (2.0, 0.2, 12), (0.5, 0.52, 60)]
)
def test_the_rescaling_says_what_a_plain_loop_finds(a, lr, step):
    said = Rescaling(a=a, lr=lr, step=step).caption().replace("−", "-")
    got = re.match(
        r"With a = (\S+) the minimum \((\S+), (\S+)\) has the sharpness (\S+) and the same "
        r"function as every other\. With η = (\S+) the limit is (\S+), so gradient descent "
        r"(can|cannot) stay there\. Step (\d+): w1 = (\S+), w2 = (\S+), loss (\S+), "
        r"sharpness (\S+)\. (.*)$",
        said,
    )
    assert got, said
    a = float(Rescaling(a=a).a)
    assert float(got[4]) == pytest.approx(a**2 + a**-2, rel=6e-3)
    assert float(got[6]) == pytest.approx(2 / lr, rel=6e-3)
    assert got[7] == ("can" if a**2 + a**-2 < 2 / lr else "cannot")
    steep = np.array([1 / a, a]) / np.hypot(a, 1 / a)
    w = np.array([a, 1 / a]) + 0.1 * steep
    path = [w]
    for _ in range(60):
        w = w - lr * (w[0] * w[1] - 1) * w[::-1]
        path.append(w)
        if (w[0] * w[1] - 1) ** 2 > 1e6:
            break
    if step < len(path) and "runs away" not in got[13]:
        w = path[step]
        assert [float(got[9]), float(got[10])] == pytest.approx(w, abs=6e-3)
        r = w[0] * w[1] - 1
        H = np.array([[w[1] ** 2, r + w[0] * w[1]], [r + w[0] * w[1], w[0] ** 2]])
        assert float(got[12]) == pytest.approx(np.linalg.eigvalsh(H)[-1], rel=6e-3)
    if len(path) < 61:
        assert got[13].startswith("The descent runs away at step")
    else:
        assert got[13].startswith("It comes to rest at")
        last = float(got[13].split()[-1].rstrip("."))
        assert last == pytest.approx(path[-1] @ path[-1], abs=6e-3)


def test_the_goal_of_the_rescaling_can_be_reached():
    said = Rescaling(a=10**0.6, lr=0.18, step=60).caption()
    assert 10**1.2 > 15 and float(said.split()[-1].rstrip(".")) < 4


def test_bold_is_where_the_minimum_can_be_held():
    from course_utils.explorers.rescaling import SPREAD, minimum_sharpness

    picture = Rescaling(lr=0.3).drawn(Rescaling(lr=0.3).state())
    bold = re.findall(r'class="path held" points="([^"]*)"', picture.front)
    assert len(bold[-1].split()) == (minimum_sharpness(10**SPREAD) <= 2 / 0.3).sum()
    assert "held" not in Rescaling(lr=1.1).drawn(Rescaling(lr=1.1).state()).front
