"""The pictures of the README and of lesson 00: ``python -m tools.images``.

The zig-zag of gradient descent, and then the same start with momentum.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from course_utils.descent import descend
from course_utils.optimizers import GRADIENT_DESCENT, MOMENTUM
from course_utils.surfaces import ravine
from course_utils.svg import (
    Panel,
    Picture,
    Track,
    animated_svg,
    contour_map,
    counter,
    legend,
    split_step,
    together,
    trail,
)

MAIN = Panel(46, 30, 900, 264, (-11.5, 3.5), (-2.2, 2.2))
STEPS = 36
IMAGES = Path(__file__).resolve().parents[1] / "images"


def opening() -> Picture:
    """Gradient descent for the first half of the steps, then momentum from the same start."""
    surface = ravine(kappa=25)
    plain = descend(surface, GRADIENT_DESCENT, lr=0.076, steps=STEPS)
    heavy = descend(surface, MOMENTUM, lr=0.076, beta=0.5, steps=STEPS)
    walks = plain.padded(STEPS).positions, heavy.padded(STEPS).positions
    wait = np.zeros(STEPS + 1, int), np.full(STEPS + 1, STEPS)
    order = (
        np.concatenate([np.arange(STEPS + 1), wait[1]]),
        np.concatenate([wait[0], np.arange(STEPS + 1)]),
    )
    trails = [trail(MAIN, run, STEPS, kind) for run, kind in ((plain, "gd"), (heavy, "momentum"))]
    moving = []
    for (_, tracks), steps in zip(trails, order, strict=True):
        moving += [Track(t.shape, t.kind, [t.values[k] for k in steps]) for t in tracks]
    acting = np.concatenate([walks[0], walks[1]])
    pushes = -0.076 * np.concatenate([plain.gradients, heavy.gradients])
    words = [f"gradient descent, step {k}" for k in range(STEPS + 1)]
    words += [f"momentum, step {k}" for k in range(STEPS + 1)]
    rest = together(split_step(MAIN, acting, pushes), counter(MAIN, words))
    names = legend(
        20,
        (330, "gradient descent", "gd strong", "path gd"),
        (548, "momentum", "momentum strong", "path momentum"),
    )
    return Picture(
        960, 318,
        "A narrow valley seen from above. Gradient descent leaps from wall to wall on its way to "
        "the minimum; momentum, from the same start, soon runs along the valley floor.",
        contour_map(surface, MAIN),
        names + MAIN.inside("".join(shapes for shapes, _ in trails), rest[0]),
        (*moving, *rest[1]),
    )  # fmt: skip


def files() -> dict[str, str]:
    """The pictures of the README by their file names."""
    picture = opening()
    pictures = {
        "zig_zag.svg": animated_svg(picture, seconds=16, times=2),
        "zig_zag_still.svg": picture.svg(2 * STEPS + 1),
    }
    return {name: text + "\n" for name, text in pictures.items()}


def main() -> None:
    """Write both pictures."""
    IMAGES.mkdir(exist_ok=True)
    for name, text in files().items():
        (IMAGES / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"images/{name}: {len(text) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
