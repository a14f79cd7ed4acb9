"""What an exponential average remembers: a series, its average, the weights, and the gain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..optimizers import smoothed
from ..svg import Picture, text, together
from ..theory import (
    correction,
    ema_gain,
    ema_mass,
    ema_variance,
    half_life,
    mean_age,
    steps_for,
    window,
)
from .controls import Choice, Control, Slider, Switch
from .explorer import Explorer, Mark
from .memory_ground import (
    DRIFT,
    GAIN,
    GROUND,
    LAST,
    LEVEL,
    NOISE,
    SERIES,
    STEP,
    WAVE,
    WEIGHTS,
    back,
    gain_curves,
    line_names,
    series_lines,
    signal,
    weight_bars,
)

__all__ = ["GROUND", "Memory"]

QUARTER, SOON = 0.25, 20


class Memory(Explorer):
    """A series as dots, its exponential average or its fading sum as a line, step by step.

    Below, under each value, its weight; the weights that reach back beyond the start lie on zeros.
    On the right, what becomes of every rhythm, from steady to one that flips at every step.
    """

    goal = (
        "Find a β that shrinks noise to a quarter, × 0.25 or less, and still lets nine tenths of a "
        "jump through within 20 steps."
    )
    presets = {
        "Flips at every step": {"series": WAVE, "period": 2, "noise": 0, "step": 60},
        "A jump": {"series": STEP, "noise": 0.2, "step": 60},
        "It lags": {"series": DRIFT, "beta": 0.95, "noise": 0, "step": 90},
        "Long memory": {"beta": 0.99, "step": 120},
        "The sum": {"fading_sum": True, "step": 60},
    }
    main_panel = GROUND
    last = LAST

    def controls(self) -> dict[str, Control]:
        """The series, beta, noise, the period of the wave, and sum or average."""
        return {
            "beta": Slider("memory β", 0.9, 0.0, 0.99, 0.001, ".3f"),
            "noise": Slider("noise", 0.6, 0.0, 1.0, 0.05, ".2f"),
            "period": Slider("period of the rhythm", 12, 2, 60, 0.5, ".1f"),
            "series": Choice("series", SERIES, LEVEL),
            "fading_sum": Switch("Sum instead of average"),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """The least beta for a quarter of the noise, and the largest for a jump in 20 steps."""
        quiet = (1 - QUARTER**2) / (1 + QUARTER**2)
        quick = 0.1 ** (1 / SOON)
        return {"beta": [(quiet, "noise × ¼", "left"), (quick, "jump in 20", "right")]}

    def clicked(self, x: float, y: float) -> dict[str, Any]:
        """A click on the gain curve makes a wave of that rhythm."""
        if not GAIN.contains(x, y):
            return {}
        frequency = (x - GAIN.x) / GAIN.width * np.pi
        period = min(max(2 * np.pi / max(frequency, 1e-3), 2), 60)
        return {"series": WAVE, "period": round(2 * period) / 2}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The series with its average, the weights under it, and the gain."""
        beta, total = state["beta"], state["fading_sum"]
        clean = signal(state["series"], state["period"])
        values = clean + state["noise"] * NOISE
        scale = window(beta) if total else 1.0
        average = smoothed(values, beta=beta)
        plain = scale * np.concatenate([[0.0], average])
        fair = None if total else correction(beta, np.arange(1, LAST + 1)) * average
        pieces = together(
            series_lines(clean, values, plain, fair),
            weight_bars(beta, total),
            gain_curves(state, scale),
        )
        return Picture(
            960, 466,
            f"{state['series']}, β = {beta:.3g}, {'sum' if total else 'average'}",
            back(),
            line_names(total) + pieces[0] + _facts(state, scale),
            tuple(pieces[1]),
            _spoken(state, values, plain, fair, scale),
        )  # fmt: skip


def _jump(beta: float) -> int:
    """Steps until nine tenths of a jump have come through."""
    return max(1, int(np.ceil(steps_for(0.1, max(beta, 1e-9)) - 1e-9)))


def _facts(state: Mapping[str, Any], scale: float) -> str:
    """What this beta remembers, in five lines."""
    beta = state["beta"]
    span = round(window(beta))
    lines = (
        f"period {state['period']:g}: × {scale * ema_gain(beta, 2 * np.pi / state['period']):.3g}",
        f"noise: × {scale * np.sqrt(ema_variance(beta)):.3g} (dotted)",
        f"9/10 of a jump: {_jump(beta)} step" + "s" * (_jump(beta) > 1),
        f"newest {span} hold {100 * ema_mass(beta, span):.0f} %",
        f"as calm as a mean of {(1 + beta) / (1 - beta):.3g}",
    )
    x, y = GAIN.x - 8, WEIGHTS.y - 8
    rows = [text(x, y + 24 + 20 * i, line, "small") for i, line in enumerate(lines)]
    return text(x, y, f"β = {beta:.3g} remembers", "strong") + "".join(rows)


def _spoken(state, values, plain, fair, scale) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    beta, total = state["beta"], state["fading_sum"]
    kind = "fading sum" if total else "average"
    rest = 100 * (1 - ema_mass(beta, np.arange(LAST + 1)))
    columns = [
        [str(k) for k in range(LAST + 1)],
        ["none yet", *_texts(values)],
        _texts(plain),
        [f"{x:.3g}" for x in rest],
    ]
    without = ""
    if fair is not None:
        columns.append(["none yet", *_texts(fair)])
        without = ", without the zeros {4}"
    sentence = (
        f"Series: {state['series']}, β = {beta:.3g}. Step {{0}}: value {{1}}, "
        f"{kind} {{2}}{without}; "
        "{3} % of the weight lies on the zeros before the start. "
        f"Half-life {half_life(max(beta, 1e-9)):.2f} steps, mean age {mean_age(beta):.2f}. "
        f"A rhythm of period {state['period']:g} is multiplied by "
        f"{scale * ema_gain(beta, 2 * np.pi / state['period']):.3g}, noise by "
        f"{scale * np.sqrt(ema_variance(beta)):.3g}; nine tenths of a jump take {_jump(beta)} "
        f"step{'s' * (_jump(beta) > 1)}."
    )
    return sentence, columns


def _texts(values: np.ndarray) -> list[str]:
    return [f"{x + 0.0:.2f}".replace("-0.00", "0.00").replace("-", "−") for x in values]
