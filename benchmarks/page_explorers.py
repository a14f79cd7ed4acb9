"""What is measured under the hand: all explorers, and on the same pages the rivals of them.

A rival is what a course would use instead, as a code cell with the same work.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

IMPORT = "from course_utils.explorers import "


@dataclass(frozen=True)
class Shown:
    """An explorer on a page, or a rival of it.

    Attributes:
        name: its name.
        source: the cell that shows it.
        warm: presses before those that count; more where a place computes something for good.
        without: a slider that is left out, since another one would then have new places again.
        press: a button to press in place of sliders.
        plays: whether there is something to play.
        rival: whether it is one.
    """

    name: str
    source: str
    warm: int = 1
    without: str = ""
    press: str = ""
    plays: bool = True
    rival: bool = False


# The same descents on the same ravine, a figure of as many pixels.
WORK = """
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatSlider, IntSlider, Play, interact, jslink
from matplotlib.figure import Figure
from course_utils.descent import descend
from course_utils.optimizers import ADAM, GRADIENT_DESCENT, MOMENTUM, RMSPROP
from course_utils.surfaces import ravine

surface, steps = ravine(25), {steps}
w2, w1 = np.linspace(-11.5, 3.5, 161), np.linspace(-2.2, 2.2, 81)
loss = surface.value(np.stack(np.meshgrid(w1, w2, indexing="ij")))
levels = loss.max() * (np.arange(10) / 10) ** 2

def runs(lr):
    return [descend(surface, rule, steps=steps, lr=lr) for rule in {rules}]

def sliders(name):
    lr = FloatSlider(0.02, min=0.001, max=0.08, step=0.001, description=name + " lr")
    step = IntSlider(steps, 0, steps, description=name + " step")
    play = Play(max=steps, interval=20)
    jslink((play, "value"), (step, "value"))
    display(play)
    return lr, step
"""
INTERACT = """
def draw(lr, step):
    figure, (ground, losses) = plt.subplots(1, 2, figsize=(9.6, 4.66))
    ground.contourf(w2, w1, loss, levels, cmap="Greens_r")
    for run in runs(lr):
        ground.plot(*run.positions[: step + 1, ::-1].T, marker=".")
        losses.semilogy(run.losses[: step + 1])
    plt.show()

lr, step = sliders("interact")
interact(draw, lr=lr, step=step)
None
"""
IPYMPL = """
from ipympl.backend_nbagg import Canvas, FigureManager

figure = Figure((9.6, 4.66))
canvas = Canvas(figure)
FigureManager(canvas, 0)
ground, losses = figure.subplots(1, 2)
ground.contourf(w2, w1, loss, levels, cmap="Greens_r")
paths = [ground.plot([], [], marker=".")[0] for _ in runs(0.02)]
curves = [losses.semilogy([], [])[0] for _ in runs(0.02)]
losses.set(xlim=(0, steps), ylim=(1e-10, 1e3))

def redraw(change=None):
    for run, path, curve in zip(runs(slow.value), paths, curves):
        path.set_data(*run.positions[: to.value + 1, ::-1].T)
        curve.set_data(range(to.value + 1), run.losses[: to.value + 1])
    canvas.draw_idle()

slow, to = sliders("ipympl")
slow.observe(redraw, "value")
to.observe(redraw, "value")
redraw()
display(slow, to, canvas)
"""
# The least that a picture can do: what is left is the way to the kernel and back.
ONE_LETTER = """
from ipywidgets import HTML

letter = HTML()

def write(change=None):
    word = "ab"[int(1000 * by.value + at.value) % 2]
    letter.value = f"<svg width='20' height='20'><text y='15'>{word}</text></svg>"

by, at = sliders("one letter")
by.observe(write, "value")
at.observe(write, "value")
write()
display(by, at, letter)
"""
USUAL = WORK.format(steps=100, rules="(GRADIENT_DESCENT, MOMENTUM)")
LONG = WORK.format(steps=300, rules="(GRADIENT_DESCENT, MOMENTUM, RMSPROP, ADAM)")


def shown(name: str, warm: int = 1, without: str = "") -> Shown:
    """An explorer as it opens."""
    return Shown(name, f"{IMPORT}{name}\n{name}()", warm, without)


WALKING = Shown(
    "FirstSteps, walking",
    f"{IMPORT}FirstSteps\nFirstSteps()",
    press="Go to next w1, w2",
    plays=False,
)
RACING = Shown(
    "FirstSteps, racing",
    f"{IMPORT}FirstSteps, along_the_arrow\nFirstSteps(walk=along_the_arrow(9), reveal=True)",
)
LONGER = Shown(
    "TurnedAxes, 300 steps",
    """
from course_utils.explorers import turned_axes

turned_axes.LAST = turned_axes.model.LAST = 300

class Longer(turned_axes.TurnedAxes):
    last = 300

Longer()
""",
)
PAGES: dict[str, tuple[str, tuple[Shown, ...]]] = {
    "descents": (
        USUAL,
        (*map(shown, ("Damping", "RateMap", "TwoMemories", "NewtonArrows")), WALKING, RACING),
    ),
    "statistics": (
        USUAL,
        tuple(
            map(shown, ("Directions", "Memory", "Cycle", "Cloud", "Rescaling", "SpuriousFeatures"))
        ),
    ),
    "networks": (
        USUAL,
        (
            shown("Edge"),
            shown("Landscapes", 9, "seed"),
            shown("Budget"),
            shown("Wells", 20),
            shown("Diagnosis"),
        ),
    ),
    "long": (LONG, tuple(map(shown, ("ZigZag", "FailingSequence", "TurnedAxes")))),
    "longest": (LONG, (LONGER,)),
}
QUICK = {"descents": (USUAL, (shown("Damping"),))}


def names() -> set[str]:
    """The explorers that are measured."""
    return {one.name.partition(",")[0] for _, all_shown in PAGES.values() for one in all_shown}


def rivals() -> list[Shown]:
    """The ways that are installed."""
    ways = {"one letter": ONE_LETTER, "interact": INTERACT}
    if find_spec("ipympl"):
        ways["ipympl"] = IPYMPL
    return [Shown(name, source, rival=True) for name, source in ways.items()]
