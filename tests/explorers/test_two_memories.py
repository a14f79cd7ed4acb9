"""The explorer of Adam's two memories against a plain loop."""

import re

import numpy as np
import pytest

from course_utils.explorers import TwoMemories
from course_utils.explorers.two_memories import LAST, TRIED, quickest
from tests.loops import adam_loop, home


def heavy_ball(curvatures, beta):
    w, v, losses = np.array([2.0, -10.0]), np.zeros(2), []
    for _ in range(LAST + 1):
        losses.append(min(0.5 * (curvatures * w * w).sum(), 1e12))
        w = np.clip(w, -1e50, 1e50)
        v = beta * v - 0.02 * curvatures * w
        w = w + v
    return losses


def root_mean_square(curvatures, lr, eps):
    w, s, losses = np.array([2.0, -10.0]), np.zeros(2), []
    for _ in range(LAST + 1):
        losses.append(0.5 * (curvatures * w * w).sum())
        g = curvatures * w
        s = 0.9 * s + 0.1 * g * g
        w = w - lr * g / (np.sqrt(s) + eps)
    return losses


CASES = [
    (0.3, 0.9, 0.999, 1e-8, 1.0, 25, True, 60),
    (0.3, 0.9, 0.999, 1e-8, 1.0, 25, False, 16),
    (0.3, 0.9, 0.99, 1e-10, 1.0, 25, False, 120),
    (0.5, 0.8, 0.95, 1e-8, 1e-3, 4, True, 33),
    (1.2, 0.5, 0.999, 1e-8, 1.0, 25, True, 12),
    (0.1, 0.0, 0.9, 1.0, 100.0, 100, False, 9),
]


@pytest.mark.parametrize(("lr", "beta1", "beta2", "eps", "c", "kappa", "corrected", "step"), CASES)
def test_the_explorer_says_what_a_plain_loop_finds(
    lr, beta1, beta2, eps, c, kappa, corrected, step
):
    explorer = TwoMemories(
        lr=lr, beta1=beta1, beta2=beta2, eps=eps, c=c, kappa=kappa, corrected=corrected, step=step
    )
    curvatures = c * np.array([25.0, 25 / kappa])
    path, _, _ = adam_loop(curvatures, lr, beta1, beta2, eps, corrected)
    said = explorer.caption().replace("−", "-")
    got = re.match(
        r"(Adam.*): η = (\S+), β1 = (\S+), β2 = (\S+), ε = (\S+), c = (\S+), κ = (\S+)\. "
        r"Step (\d+): w1 = (\S+), w2 = (\S+), loss / c (\S+); this step was (\S+) η along w1 and "
        r"(\S+) η along w2\. The longest is (\S+) η, at step (\d+)\. Below 1e-3 for good: (.*)\.$",
        said,
    )
    assert got, said
    assert got[1] == ("Adam" if corrected else "Adam, not corrected")
    settings = (lr, beta1, beta2, eps, c, kappa, step)
    assert [float(got[i]) for i in range(2, 9)] == pytest.approx(settings, rel=0.05)
    assert [float(got[i]) for i in (9, 10)] == pytest.approx(path[step], abs=6e-3)
    losses = 0.5 * (curvatures / c * path**2).sum(axis=1)
    assert float(got[11]) == pytest.approx(losses[step], rel=0.06)
    steps = np.abs(np.diff(path, axis=0)) / lr
    assert [float(got[i]) for i in (12, 13)] == pytest.approx(steps[step - 1], abs=6e-3)
    assert float(got[14]) == pytest.approx(steps.max(), abs=6e-3)
    assert steps[int(got[15]) - 1].max() == pytest.approx(steps.max(), rel=1e-9)
    arrives = {
        "momentum": home(np.array(heavy_ball(curvatures, beta1)) / c),
        "RMSProp": home(np.array(root_mean_square(curvatures, lr, eps)) / c),
        "Adam": home(losses),
    }
    for part in got[16].split(", "):
        name, rest = part.split(" ", 1)
        if rest.startswith("from step"):
            assert int(rest.split()[-1]) == arrives[name]
        else:
            assert arrives[name] > LAST


@pytest.mark.parametrize("corrected", [True, False])
def test_the_room_of_each_weight_is_what_the_step_uses(corrected):
    explorer = TwoMemories(corrected=corrected)
    picture = explorer.drawn(explorer.state())
    tracks = {track.shape: track for track in picture.tracks}
    _, first, root = adam_loop((25.0, 1.0), 0.3, 0.9, 0.999, 1e-8, corrected)
    for i in (0, 1):
        line, above, below = (
            np.array(tracks[key].values)[:, 1] for key in (f"m{i}", f"room{i}+", f"room{i}-")
        )
        zero = line[0]
        assert above - zero == pytest.approx(zero - below, abs=1e-6)
        share = (zero - line[1:]) / (zero - above[1:])
        assert share == pytest.approx(first[1:, i] / root[1:, i], abs=1e-6)


def test_the_scale_of_the_loss_moves_momentum_alone():
    one, other = TwoMemories(), TwoMemories(c=100)
    places = [
        {t.shape: np.array(t.values) for t in e.drawn(e.state()).tracks if "-path" in t.shape}
        for e in (one, other)
    ]
    for kind in ("adam", "rmsprop"):
        assert places[0][f"{kind}-path"] == pytest.approx(places[1][f"{kind}-path"], abs=0.05)
    assert np.abs(places[0]["momentum-path"] - places[1]["momentum-path"]).max() > 100


def test_the_marked_rate_is_the_quickest_of_those_tried():
    for beta1, beta2, corrected in ((0.9, 0.999, True), (0.5, 0.99, True), (0.9, 0.99, False)):
        arrive = []
        for lr in TRIED:
            path, _, _ = adam_loop((25.0, 1.0), lr, beta1, beta2, 1e-8, corrected)
            arrive.append(home(0.5 * (np.array([25.0, 1.0]) * path**2).sum(axis=1)))
        found = quickest(25, 1.0, beta1, beta2, 1e-8, corrected)
        assert found == pytest.approx(TRIED[int(np.argmin(arrive))])


def test_the_goal_can_be_reached_and_the_presets_cannot():
    for state, good in (({"lr": 1.2, "beta1": 0.5}, True), ({}, False)):
        said = TwoMemories(**state).caption()
        assert (int(re.search(r"Adam from step (\d+)", said)[1]) <= 20) is good
