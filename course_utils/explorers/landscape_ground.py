"""Trained networks with their landscapes, and what the explorer of landscapes draws of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from ..curvature import plane, random_directions
from ..networks import Network, digits, one_thread, train
from ..optimizers import MOMENTUM
from ..svg import Panel, Piece, Track, level, number, text, together

KINDS = {
    "plain": {},
    "skips": {"residual": True},
    "batch norm": {"batch_norm": True},
    "both": {"batch_norm": True, "residual": True},
}
STYLES = {"plain": "bare", "skips": "skip", "batch norm": "norm", "both": "joint"}
WIDTH, RATE, EPOCHS, BATCH, SAMPLES = 16, 0.03, 10, 128, 200
ANGLES, RADII = 24, np.linspace(0, 1, 11)
LEARNT = 1.0
LEVELS = (20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02)
LEFT = Panel(14, 34, 300, 300, (-1.04, 1.04), (-1.04, 1.04))
RIGHT = Panel(330, 34, 300, 300, (-1.04, 1.04), (-1.04, 1.04))
CUT = Panel(690, 34, 256, 300, (-1, 1), (0.01, 50), log=True)


@dataclass(frozen=True, eq=False)
class Landscape:
    """A trained network and the loss around it.

    Attributes:
        losses: on the disc of all weights w + a across + b up with a^2 + b^2 <= 1, the two
            directions filter-normalised; shape (angles, radii), half a turn of angles, with radii
            from -1 to 1 along each.
        middle: the loss at the trained weights.
        accuracy: share of the test set read right.
    """

    losses: np.ndarray
    middle: float
    accuracy: float

    @cached_property
    def below(self) -> np.ndarray:
        """Where along each cut, at the places ``FINE``, the loss is below 1, by interpolation."""
        logs = np.log(self.losses / LEARNT)
        return np.array([np.interp(FINE, LINE, row) < 0 for row in logs])

    @property
    def area(self) -> float:
        """The share of the disc on which the loss is below 1."""
        return float((self.below @ np.abs(FINE)).mean() / np.abs(FINE).sum())

    @property
    def lengths(self) -> np.ndarray:
        """For every angle the length of the cut on which the loss is below 1, of 2."""
        return 2 * self.below.mean(axis=1)


LINE, FINE = np.concatenate([-RADII[:0:-1], RADII]), np.linspace(-1, 1, 801)
TURN = np.pi * np.arange(ANGLES) / ANGLES


@lru_cache(maxsize=128)
def landscape(kind: str, depth: int, seed: int) -> Landscape:
    """Train a network of ``depth`` hidden layers on digits and walk around it."""
    data = digits()
    network = Network((64, *[WIDTH] * depth, 10), "relu", **KINDS[kind])
    run = train(network, MOMENTUM, data, lr=RATE, epochs=EPOCHS, batch=BATCH, seed=seed)
    x, y = data.x_train[:, :SAMPLES], data.y_train[:SAMPLES]
    across, up = random_directions(run.w, network.unpack, 2, seed)

    def loss(w):
        return network.loss(w, x, y)

    with one_thread():
        rows = [
            plane(loss, run.w, np.cos(a) * across + np.sin(a) * up, up, LINE, [0.0])[0]
            for a in TURN
        ]
    return Landscape(np.clip(rows, 1e-4, 1e4), float(loss(run.w)), float(run.accuracies[-1]))


@lru_cache(maxsize=128)
def map_of(kind: str, depth: int, seed: int, panel: Panel) -> str:
    """The disc from above, lower is darker, with the outline of the part that is below 1."""
    at = np.linspace(*panel.across, 105)
    values = np.log10(_on_a_grid(landscape(kind, depth, seed).losses, at))
    levels = [x for x in np.log10(LEVELS) if x > values.min()]
    bands = panel.bands(at, at, values, levels, least=1.5)
    edge = panel.bands(at, at, values, [x for x in levels if x == np.log10(LEARNT)], least=1.5)
    x, y = panel.pixels(0, 0)
    r = panel.width / (panel.across[1] - panel.across[0])
    half = f"a{number(r)} {number(r)} 0 1 0 "
    round_ = f"M{number(x - r)} {number(y)}{half}{number(2 * r)} 0{half}{number(-2 * r)} 0z"
    w, h = panel.width + 4, panel.height + 4
    box = f"M{number(panel.x - 2)} {number(panel.y - 2)}h{w:g}v{h:g}h-{w:g}z"
    rim = f'<path class="card" fill-rule="evenodd" d="{box}{round_}"/>'
    rim += f'<path class="frame" d="{round_}"/>'
    return bands + edge.replace('class="band"', 'class="edge ink"') + rim


def _on_a_grid(losses: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Losses at the points of a square grid, between those known on the disc, kept beyond it."""
    a, b = np.meshgrid(at, at)
    turn = np.arctan2(b, a) / np.pi * ANGLES % (2 * ANGLES)
    out = np.minimum(np.hypot(a, b), 1) * (len(RADII) - 1)
    logs, middle = np.log(losses), len(RADII) - 1
    whole = np.vstack([logs[:, middle:], logs[:, middle::-1], logs[:1, middle:]])
    i, j = np.floor(turn).astype(int), np.minimum(np.floor(out).astype(int), middle - 1)
    s, t = turn - i, out - j
    near = (1 - s) * whole[i, j] + s * whole[i + 1, j]
    far = (1 - s) * whole[i, j + 1] + s * whole[i + 1, j + 1]
    return np.exp((1 - t) * near + t * far)


def side(panel: Panel, kind: str, depth: int, seed: int, key: str) -> Piece:
    """One landscape: its map, its numbers, and the cut as an arrow that turns with the step."""
    here, style = landscape(kind, depth, seed), STYLES[kind]
    centre = panel.x + panel.width / 2
    numbers = (
        f"test {100 * here.accuracy:.0f} %, loss {here.middle:.2g}, "
        f"below {LEARNT:g}: {100 * here.area:.0f} % of the disc"
    )
    shapes = (
        map_of(kind, depth, seed, panel)
        + f'<path data-k="{key}" class="arrow {style}"/>'
        + text(centre, panel.y - 10, f"{kind}, {depth} hidden layers", f"strong {style}", "middle")
        + text(centre, panel.y + panel.height + 18, numbers, "small", "middle")
    )
    tip = panel.pixels(np.cos(TURN), np.sin(TURN))
    tail = panel.pixels(-np.cos(TURN), -np.sin(TURN))
    return shapes, [Track(key, "arrow", np.hstack([tail, tip]))]


def profile(kind: str, depth: int, seed: int, key: str) -> Piece:
    """The loss along the cut, as dots that move with the step."""
    here = landscape(kind, depth, seed).losses
    place = CUT.pixels(LINE[None], here).reshape(ANGLES, -1)
    return f'<path data-k="{key}" class="dots {STYLES[kind]}"/>', [Track(key, "cloud", place)]


@lru_cache(maxsize=1)
def back() -> str:
    """The frame of the profile, with its axes."""
    return (
        CUT.frame()
        + CUT.axes((-1, 0, 1), (0.01, 0.1, 1, 10), "", "loss along the cut, → is right")
        + CUT.inside(level(CUT, LEARNT, "", "guide strong"))
        + text(CUT.x + CUT.width / 2, CUT.y + CUT.height + 34, "1 = every unit by its own length",
               "muted small", "middle")
    )  # fmt: skip


def everything(left: str, right: str, depth: int, seed: int) -> Piece:
    """Both landscapes and the loss along their cuts."""
    pieces = together(
        side(LEFT, left, depth, seed, "cut-left"),
        side(RIGHT, right, depth, seed, "cut-right"),
    )
    lines = together(
        profile(right, depth, seed, "line-right"), profile(left, depth, seed, "line-left")
    )
    return pieces[0] + CUT.inside(lines[0]), pieces[1] + lines[1]
