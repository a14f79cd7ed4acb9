"""Plots as SVG that are the same for the same numbers."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from . import store

COLOURS = {
    "ours": "#0072b2", "naive NumPy": "#999999", "torch": "#d55e00", "torch foreach": "#e69f00",
    "torch fused": "#cc79a7", "optax jit": "#009e73", "memory limit": "#000000",
}  # fmt: skip
STYLE = {
    "svg.hashsalt": "ravine", "svg.fonttype": "none", "font.size": 10, "axes.grid": True,
    "grid.alpha": 0.3, "axes.spines.top": False, "axes.spines.right": False,
    "legend.frameon": False, "figure.facecolor": "white", "font.family": "sans-serif",
}  # fmt: skip


def figure(columns: int = 1, rows: int = 1, size: tuple[float, float] = (4.6, 3.6)) -> Any:
    """A figure and its axes, an array of shape (rows, columns)."""
    with matplotlib.rc_context(STYLE):
        fig = Figure(figsize=(size[0] * columns, size[1] * rows), layout="constrained")
        axes = fig.subplots(rows, columns, squeeze=False)
    return fig, axes


def legend_below(fig: Figure, ax: Any, columns: int = 4) -> None:
    """The names in one panel, below all panels."""
    handles, names = ax.get_legend_handles_labels()
    fig.legend(handles, names, loc="outside lower center", ncols=columns, frameon=False)


def fingerprint(result: dict[str, Any]) -> str:
    """Of the numbers of a part."""
    return hashlib.sha256(store.text(result).encode()).hexdigest()[:16]


def svg(fig: Figure, result: dict[str, Any]) -> str:
    """A figure as SVG text; its description holds the fingerprint of what it shows."""
    buffer = io.StringIO()
    words = f"{result['part']}, {result['made']['date']}, numbers {fingerprint(result)}"
    with matplotlib.rc_context(STYLE):
        fig.savefig(buffer, format="svg", metadata={"Date": None, "Description": words})
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"
