"""Newton's arrows against matrices written down a second time."""

import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from course_utils.explorers import NewtonArrows
from course_utils.explorers.newton_arrows import LOSS, PANELS, STARTS, sizes
from tests.loops import banana_at


def ravine_at(w, kappa=25):
    a, b = 25.0, 25.0 / kappa
    return (a * w[0] ** 2 + b * w[1] ** 2) / 2, np.array([a * w[0], b * w[1]]), np.diag([a, b])


def saddle_at(w, kappa=25):
    u, v = w
    return (
        u * u / 2 + (v * v - 1) ** 2 / 4,
        np.array([u, v**3 - v]),
        np.diag([1.0, 3 * v * v - 1]),
    )


AT = {"ravine": ravine_at, "Rosenbrock's valley": banana_at, "saddle": saddle_at}


def newton_by_hand(at, w, mu, absolute, steps, kappa=25):
    places = [np.array(w, dtype=float)]
    for _ in range(steps):
        _, g, H = at(places[-1], kappa)
        e, Q = np.linalg.eigh(H)
        e = np.abs(e) if absolute else e
        places.append(places[-1] - Q @ (Q.T @ g / (e + mu)))
    return places


STATES = [
    ("ravine", (2.0, -10.0), 0.0, False, 25, 1),
    ("ravine", (2.0, -10.0), 5.0, False, 25, 7),
    ("ravine", (-1.5, 2.0), 50.0, False, 100, 20),
    ("Rosenbrock's valley", (-1.2, 1.0), 0.0, False, 25, 3),
    ("Rosenbrock's valley", (-1.2, 1.0), 1.0, False, 25, 12),
    ("saddle", (0.4, 0.4), 0.0, False, 25, 2),
    ("saddle", (0.4, 0.4), 0.0, True, 25, 2),
    ("saddle", (1.5, 0.05), 1.5, False, 25, 9),
]


@pytest.mark.parametrize("name, w, mu, absolute, kappa, step", STATES)
def test_the_arrows_say_what_linear_algebra_says(name, w, mu, absolute, kappa, step):
    explorer = NewtonArrows(
        surface=name, kappa=kappa, w1=w[0], w2=w[1], mu=mu, saddle_free=absolute
    )
    explorer.step = step
    _, g, H = AT[name](w, kappa)
    places = newton_by_hand(AT[name], w, mu, absolute, step, kappa)
    p = places[1] - places[0]
    angle = np.degrees(np.arccos(-g @ p / np.linalg.norm(g) / np.linalg.norm(p)))
    said = explorer.caption().replace("−", "-")
    got = re.search(
        r"w1 = (\S+), w2 = (\S+) the curvatures are (\S+) and (\S+)\. Newton's step leads (\w+), "
        r"(\S+)° away from -g; (?:the line search|a bounded step) goes (\S+) along -g\. "
        r"Step (\d+): Newton is at w1 = (\S+), w2 = (\S+) with loss (\S+), .* has loss (\S+)\. ",
        said,
    )
    assert got, said
    w1, w2, high, low, way, apart, far, at_step, u, v, loss, _ = got.groups()
    assert (float(w1), float(w2)) == w and int(at_step) == step
    assert [float(low), float(high)] == pytest.approx(np.linalg.eigvalsh(H), rel=6e-3)
    assert way == ("uphill" if g @ p > 0 else "downhill")
    assert float(apart) == pytest.approx(angle, abs=0.06)
    assert [float(u), float(v)] == pytest.approx(places[step], abs=6e-4)
    assert float(loss) == pytest.approx(AT[name](places[step], kappa)[0], rel=6e-3, abs=1e-20)
    reach = np.linalg.norm(g) * (g @ g) / (g @ H @ g) if g @ H @ g > 0 else 0.5
    assert float(far) == pytest.approx(reach, rel=6e-3)


@pytest.mark.parametrize("name, w, mu, absolute, kappa, step", STATES)
def test_the_arrows_end_where_the_steps_end(name, w, mu, absolute, kappa, step):
    explorer = NewtonArrows(
        surface=name, kappa=kappa, w1=w[0], w2=w[1], mu=mu, saddle_free=absolute
    )
    panel, (_, tip) = PANELS[name], newton_by_hand(AT[name], w, mu, absolute, 1, kappa)
    front = json.loads(explorer.player.picture)["front"]
    root = ElementTree.fromstring(f"<g>{front}</g>")
    (drawn,) = [e for e in root.iter("path") if e.get("class") == "arrow newton"]
    ends = [float(x) for x in re.findall(r"-?[\d.]+", drawn.get("d"))[:4]]
    assert ends[:2] == pytest.approx(panel.pixels(w[1], w[0]), abs=0.06)
    assert ends[2:] == pytest.approx(panel.pixels(tip[1], tip[0]), abs=0.06)


def test_angles_on_the_ground_are_true():
    for panel in PANELS.values():
        across = panel.width / np.ptp(panel.across)
        assert across == pytest.approx(panel.height / np.ptp(panel.up))


def test_damping_turns_newton_into_the_gradient():
    angles = []
    for mu in (0, 1, 5, 20, 50):
        said = NewtonArrows(mu=mu).caption()
        angles.append(float(re.search(r"([\d.]+)° away", said).group(1)))
    assert angles[0] == pytest.approx(67.4, abs=0.05) and angles[-1] < 6
    assert all(a > b for a, b in zip(angles, angles[1:], strict=False))


def test_the_mark_is_where_damping_makes_the_step_lead_downhill():
    explorer = NewtonArrows(surface="saddle", w1=0.0, w2=0.3)
    ((value, word, _),) = explorer.marks(explorer.state())["mu"]
    assert word == "downhill" and value == pytest.approx(1 - 3 * 0.3**2)
    for mu, way in ((value - 0.1, "uphill"), (value + 0.1, "downhill")):
        explorer.mu = mu
        assert f"leads {way}" in explorer.caption()


def test_a_new_surface_has_its_own_start_and_its_own_range():
    explorer = NewtonArrows()
    for name, start in STARTS.items():
        explorer.surface = name
        assert (explorer.w1, explorer.w2) == start
        w1, w2 = (explorer.board.widgets[n] for n in ("w1", "w2"))
        assert (w1.min, w1.max) == PANELS[name].up and (w2.min, w2.max) == PANELS[name].across
    for bad in (None, "Everest", 3):
        with pytest.raises(ValueError, match=r"^The control surface has no choice .*\.$"):
            explorer.surface = bad
    assert explorer.surface == "saddle"


@pytest.mark.parametrize("name", PANELS)
def test_a_click_moves_the_point(name):
    explorer = NewtonArrows(surface=name, step=4)
    x, y = PANELS[name].pixels(-1.25, 0.75)
    explorer.player.click = [float(x), float(y), 1.0]
    assert (explorer.w1, explorer.w2, explorer.step) == (0.75, -1.25, 0)


def test_at_a_flat_point_there_is_no_step_and_the_words_say_so():
    still = NewtonArrows(surface="saddle", w1=0.0, w2=0.0)
    assert "There is no step: the gradient is zero" in still.caption()
    singular = NewtonArrows(surface="saddle", w1=0.5, w2=0.0, mu=1.0)
    assert "Newton has no step here" in singular.caption() and "nan" not in singular.caption()


def test_the_goal_can_be_reached_by_damping_and_beaten_by_sizes():
    def steps(**state):
        said = NewtonArrows(surface="saddle", w1=0.4, w2=0.4, **state).caption()
        hit = re.search(r"below 1e-6 from step (\d+)", said)
        return int(hit.group(1)) if hit else 99

    damped = {mu: steps(mu=mu) for mu in np.arange(0, 6, 0.05).round(2)}
    assert damped[0] == 99 and min(damped.values()) <= 8
    assert steps(saddle_free=True) < min(damped.values())


def test_sizes_have_the_axes_of_the_matrix():
    H = np.array([[1.0, 3.0], [3.0, -2.0]])
    assert sizes(H) @ sizes(H) == pytest.approx(H @ H)
    assert np.linalg.eigvalsh(sizes(H)) == pytest.approx(np.sort(np.abs(np.linalg.eigvalsh(H))))


def test_a_loss_that_is_rounding_alone_is_shown_as_nothing():
    """Processors differ in the last digits of a solved system, and a loss has their squares."""
    arrived = NewtonArrows(surface="Rosenbrock's valley", step=20)
    assert re.search(
        r"Step 20: Newton is at w1 = 1\.000, w2 = 1\.000 with loss 0, ", arrived.caption()
    )
    shown = {t.shape: t.values for t in arrived.drawn(arrived.state()).tracks}["loss-newton"]
    assert shown[-1][1] == pytest.approx(LOSS.pixels(0, 1e-20)[1])
