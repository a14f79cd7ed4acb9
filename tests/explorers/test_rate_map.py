"""The map of rates against plain loops and eigenvalues."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from course_utils.explorers import RateMap
from course_utils.explorers.rate_map import FASTER_THAN, MAIN, MOMENTUM_LAW, NESTEROV_LAW
from course_utils.optimizers import momentum, nesterov
from tests.loops import eigenvalues

LAWS = {"momentum": MOMENTUM_LAW, "nesterov": NESTEROV_LAW}


SVG = "{http://www.w3.org/2000/svg}"


def plain_loop(rule, lr, beta, kappa, steps):
    """Weights and velocities from (2, -10), written down as the two rules are defined."""
    curvatures = np.array([25.0, 25 / kappa])
    w, v = np.array([2.0, -10.0]), np.zeros(2)
    path = [(w, v)]
    for _ in range(steps):
        g = curvatures * w
        v = beta * v - lr * g
        w = w + (v if rule == "momentum" else beta * v - lr * g)
        path.append((w, v))
    w, v = np.array(path).transpose(1, 0, 2)
    return w, v, 0.5 * (curvatures * w**2).sum(axis=1)


CASES = [
    ("momentum", 0.02, 0.8, 25, 30),
    ("momentum", 0.04, 0.1, 25, 0),
    ("momentum", 0.11, 0.444, 25, 17),
    ("momentum", 0.036, 0.9, 100, 100),
    ("momentum", 0.1215, 0.5, 25, 12),
    ("momentum", 0.0555, 0.0, 4, 9),
    ("nesterov", 0.0525, 0.626, 25, 25),
    ("nesterov", 0.02, 0.95, 100, 80),
    ("nesterov", 0.055, 0.9, 25, 20),
]


@pytest.mark.parametrize(("rule", "lr", "beta", "kappa", "step"), CASES)
def test_the_map_says_what_a_plain_loop_finds(rule, lr, beta, kappa, step):
    explorer = RateMap(lr=lr, beta=beta, kappa=kappa, nesterov=rule == "nesterov", step=step)
    w, v, losses = plain_loop(rule, lr, beta, kappa, 100)
    said = explorer.caption().replace("−", "-")
    got = re.match(
        r"(\w+), η = (\S+), β = (\S+), κ = (\S+)\. Step (\d+): w1 = (\S+), v1 = (\S+), w2 = (\S+), "
        r"v2 = (\S+), loss (\S+)\. w1 (.*), × (\S+) a step(.*); w2 (.*), × (\S+) a step(.*)\. "
        r"(.*); with the best, η = (\S+) and β = (\S+), (\d+) steps\.$",
        said,
    )
    assert got, said
    assert got[1].lower() == rule
    assert [float(got[i]) for i in (2, 3, 4, 5)] == pytest.approx([lr, beta, kappa, step], rel=5e-3)
    now = [w[step, 0], v[step, 0], w[step, 1], v[step, 1]]
    assert [float(got[i]) for i in (6, 7, 8, 9)] == pytest.approx(now, rel=6e-3, abs=1e-9)
    assert float(got[10]) == pytest.approx(losses[step], rel=0.06)
    sizes = []
    for what, factor, more, curvature in ((11, 12, 13, 25), (14, 15, 16, 25 / kappa)):
        rates = eigenvalues(rule, lr, beta, curvature)
        largest = rates[np.abs(rates).argmax()]
        sizes.append(abs(largest))
        assert float(got[factor]) == pytest.approx(abs(largest), abs=6e-4)
        if abs(largest) >= 1:
            assert got[what] == "runs away"
        elif abs(largest.imag) > 1e-9:
            assert got[what] == "oscillates"
            period = 2 * np.pi / abs(np.angle(largest))
            assert float(re.search(r"once in (\S+) steps", got[more])[1]) == pytest.approx(
                period, rel=0.03
            )
        else:
            assert got[what] == ("flips sign" if largest.real < 0 else "decays")
    if max(sizes) >= 1:
        assert got[17] == "This does not converge"
    else:
        steps = np.log(1e-3) / np.log(max(sizes))
        assert got[17] == f"A factor of 1000 takes {steps:.0f} steps"
    best = [
        max(
            abs(eigenvalues(rule, float(got[18]), float(got[19]), c)).max()
            for c in (25, 25 / kappa)
        )
    ]
    assert float(got[20]) == pytest.approx(np.log(1e-3) / np.log(best[0]), rel=0.12)


@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
def test_regimes_over_the_whole_map(rule):
    seen = set()
    for lr in np.linspace(0.001, 0.16, 23):
        for beta in np.linspace(0.01, 0.99, 21):
            rates = eigenvalues(rule, lr, beta, 25.0)
            largest = rates[np.abs(rates).argmax()]
            if (
                abs(abs(largest) - 1) < 1e-9
                or 0 < abs(np.ptp(rates.real)) + abs(largest.imag) < 1e-3
            ):
                continue
            what, factor = LAWS[rule].regime(lr, beta, 25.0)
            seen.add(what)
            assert factor == pytest.approx(abs(largest), rel=1e-9)
            expected = (
                "runs away" if abs(largest) >= 1 else "oscillates" if largest.imag
                else "decays" if largest.real > 0 else "flips sign"
            )  # fmt: skip
            assert what == expected, (lr, beta, rates)
    assert seen == {"decays", "oscillates", "flips sign", "runs away"}


def bands(picture):
    root = ElementTree.fromstring(f"<g>{picture.back}</g>")
    for e in root.iter("path"):
        if e.get("class") == "shade":
            yield np.array(re.findall(r"(-?[\d.]+),(-?[\d.]+)", e.get("d")), dtype=float)


@pytest.mark.parametrize(
    ("kappa", "nesterov_too"), [(25, False), (100, False), (25, True), (100, True)]
)
def test_the_shades_end_where_the_rate_has_their_value(kappa, nesterov_too):
    rule = "nesterov" if nesterov_too else "momentum"
    explorer = RateMap(kappa=kappa, nesterov=nesterov_too)
    outlines = list(bands(explorer.drawn(explorer.state())))
    levels = [1.0, *(1e-3 ** (1 / n) for n in FASTER_THAN)]
    best = {
        "momentum": (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1),
        "nesterov": 1 - 2 / np.sqrt(3 * kappa + 1),
    }
    assert sum(level > best[rule] + 0.001 for level in levels) == len(outlines)
    for outline, level in zip(outlines, levels, strict=False):
        x, y = outline.T
        edge = (x < MAIN.x + 1) | (x > MAIN.x + MAIN.width - 1)
        edge |= (y < MAIN.y + 1) | (y > MAIN.y + MAIN.height - 1)
        places = [MAIN.data(*p) for p in outline[~edge]]
        rates = [
            max(abs(eigenvalues(rule, lr, b, c)).max() for c in (25, 25 / kappa))
            for lr, b in places
        ]
        assert len(rates) > 8
        assert np.median(np.abs(np.array(rates) - level)) < 0.003


@pytest.mark.parametrize("kappa", [2, 9, 25, 100])
@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
def test_the_marks_are_the_best_and_the_limit(kappa, rule):
    explorer = RateMap(kappa=kappa, beta=0.5, nesterov=rule == "nesterov")
    found = explorer.marks(explorer.state())
    lr, limit = (
        next(x for x, word, _ in found["lr"] if word == name) for name in ("best", "limit")
    )
    beta = found["beta"][0][0]

    def worst(lr, beta):
        return max(abs(eigenvalues(rule, lr, beta, c)).max() for c in (25, 25 / kappa))

    here = worst(lr, beta)
    nearby = [
        worst(lr * a, beta * b)
        for a in (0.97, 1, 1.03)
        for b in (0.97, 1, 1.03)
        if (a, b) != (1, 1)
    ]
    assert here < min(nearby)
    assert (
        abs(eigenvalues(rule, 0.999 * limit, 0.5, 25)).max()
        < 1
        < abs(eigenvalues(rule, 1.001 * limit, 0.5, 25)).max()
    )


def test_a_click_on_the_map_takes_its_settings():
    explorer = RateMap(step=7)
    explorer.player.click = [*map(float, MAIN.pixels(0.1, 0.6)), 1.0]
    assert (explorer.lr, explorer.beta, explorer.step) == (
        pytest.approx(0.1),
        pytest.approx(0.6),
        7,
    )
    root = ElementTree.fromstring(explorer.drawn(explorer.state()).svg(0))
    x, y = MAIN.pixels(explorer.lr, explorer.beta)
    centres = [
        (float(e.get("cx")), float(e.get("cy"))) for e in root.iter(f"{SVG}circle") if e.get("cx")
    ]
    assert centres == [pytest.approx((x, y), abs=0.06)]
    explorer.player.click = [float(MAIN.x), float(MAIN.y), 2.0]
    assert (explorer.lr, explorer.beta) == (0.001, 0.99)


def test_a_straight_line_of_the_portrait_is_kept_by_the_rule():
    for rule, kernel in (("momentum", momentum), ("nesterov", nesterov)):
        slopes = LAWS[rule].lines(0.02, 0.05, 25.0)
        assert len(slopes) == 2
        for slope in slopes:
            w, v = np.array([1.0]), np.array([slope])
            kernel(w, 25 * w, v, lr=0.02, beta=0.05)
            assert v[0] / w[0] == pytest.approx(slope)
        # A double eigenvalue has one line, whatever the last digit of the critical beta is.
        for lr in np.linspace(0.005, 0.03, 40):
            assert len(LAWS[rule].lines(lr, float(LAWS[rule].critical(lr, 25.0)), 25.0)) == 1
