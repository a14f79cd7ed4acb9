"""What a course would use instead of our explorers, as code cells with the same work."""

from __future__ import annotations

from importlib.util import find_spec

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


def rivals() -> dict[str, str]:
    """The code cells of the ways that are installed, by name."""
    ways = {"one letter": ONE_LETTER, "interact": INTERACT}
    if find_spec("ipympl"):
        ways["ipympl"] = IPYMPL
    return ways
