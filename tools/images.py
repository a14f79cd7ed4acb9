"""The pictures of the README and of lesson 00: ``python -m tools.images``.

Gradient descent and momentum leave the same place on the wall of a ravine at the same moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from course_utils.descent import Trajectory, descend
from course_utils.optimizers import GRADIENT_DESCENT, MOMENTUM
from course_utils.surfaces import ravine
from course_utils.svg import Panel, number
from course_utils.svg.palette import LINES, SURFACES

IMAGES = Path(__file__).resolve().parents[1] / "images"
MAIN = Panel(0, 0, 1200, 430, (-11.2, 4.0), (-2.58, 2.58))
KAPPA, LR, BETA = 25, 0.076, 0.5
# Who is there: the loss is below this, and stays.
GOAL = 1e-3
# Both arrive within these steps; then the picture rests for a while before it plays again.
STEPS, REST = 72, 16
SECONDS, TIMES = 16, 3
BANDS = 24
# How much is left of a line that has been walked long ago
OLD = "0.72"
NAMES = {"gd": "gradient descent", "momentum": "momentum"}
# Where the names stand while their points move: above and below the valley.
HEIGHTS = {"gd": 24.0, "momentum": 418.0}
TITLE = (
    "A narrow valley seen from above. Gradient descent leaps from wall to wall on its way to the "
    "minimum; momentum, from the same start, soon runs along the valley floor."
)


def descents() -> dict[str, Trajectory]:
    """Both rules from the same start, at the same rate."""
    surface = ravine(kappa=KAPPA)
    return {
        "gd": descend(surface, GRADIENT_DESCENT, lr=LR, steps=STEPS),
        "momentum": descend(surface, MOMENTUM, lr=LR, beta=BETA, steps=STEPS),
    }


def arrival(run: Trajectory) -> int:
    """The first step from which the loss stays below the goal."""
    return int(np.flatnonzero(run.losses > GOAL)[-1]) + 1


def style() -> str:
    """The colours of both themes: a page says which one its reader has chosen."""
    names = {"wall", "depth", "ink", "card"}
    colours = {name: pair for name, pair in SURFACES.items() if name in names}
    colours |= {kind: (LINES[kind].light, LINES[kind].dark) for kind in NAMES}
    light, dark = (
        "".join(f"--{name}:{pair[theme]};" for name, pair in colours.items()) for theme in (0, 1)
    )
    return (
        f"svg{{{light}font:600 17px 'DejaVu Sans',Verdana,'Helvetica Neue',Arial,sans-serif}}"
        f".glow{{opacity:0}}@media (prefers-color-scheme:dark){{svg{{{dark}}}.glow{{opacity:.24}}}}"
        ".wall{fill:var(--wall)}.band{fill:var(--depth);fill-opacity:.07;stroke:var(--card);"
        "stroke-opacity:.16;stroke-width:.8}"
        "text{fill:var(--ink);paint-order:stroke;stroke:var(--card);stroke-width:5px;"
        "stroke-linejoin:round}"
        ".step{font-weight:400}.path{fill:none;stroke-linecap:round;stroke-linejoin:round}"
        ".casing{stroke:var(--card)}.cross{fill:none;stroke:var(--ink);stroke-width:3}"
        + "".join(
            f".{kind}{{stroke:var(--{kind})}}text.{kind}{{fill:var(--{kind});stroke:var(--card)}}"
            f"circle.{kind}{{fill:var(--{kind});stroke:none}}"
            for kind in NAMES
        )
        + ".still{display:none}@media (prefers-reduced-motion:reduce)"
        "{.still{display:inline}.moving{display:none}}"
    )


def ground() -> str:
    """The valley: every contour is an ellipse, and the walls fade into the page."""
    x, y = MAIN.pixels(0, 0)
    across, up = (
        size / (high - low) * reach
        for size, (low, high), reach in (
            (MAIN.width, MAIN.across, np.sqrt(KAPPA) * 2.75),
            (MAIN.height, MAIN.up, 2.75),
        )
    )
    rings = "".join(
        f'<ellipse class="band" cx="{number(x)}" cy="{number(y)}" '
        f'rx="{number(across * k / BANDS)}" ry="{number(up * k / BANDS)}"/>'
        for k in range(BANDS, 0, -1)
    )
    return (
        '<defs><filter id="soft" x="-10%" y="-20%" width="120%" height="140%">'
        '<feGaussianBlur stdDeviation="14"/></filter>'
        '<linearGradient id="light" x1="0" y1="0" x2="0.25" y2="1">'
        '<stop offset="0" stop-color="#fff" stop-opacity=".28"/>'
        '<stop offset=".5" stop-color="#fff" stop-opacity="0"/>'
        '<stop offset="1" stop-color="#000" stop-opacity=".07"/></linearGradient>'
        '<mask id="fade"><rect x="26" y="26" width="1148" height="378" rx="26" fill="#fff" '
        'filter="url(#soft)"/></mask></defs>'
        '<g mask="url(#fade)"><rect class="wall" width="1200" height="430"/>'
        f'{rings}<rect width="1200" height="430" fill="url(#light)"/></g>'
        f'<path class="cross" d="M{number(x - 8)} {number(y)}h16M{number(x)} {number(y - 8)}v16"/>'
    )


def sizes(run: Trajectory) -> np.ndarray:
    """The radius of the point after each step: the faster, the larger."""
    length = np.hypot(*np.diff(run.positions, axis=0).T)
    # Nothing leads to the start: it is as large as the first step.
    length = np.append(length[:1], length)
    return 1.6 + 4.2 * np.sqrt(length / 4)


def moment(k: float) -> str:
    """The share of the playing time at which step ``k`` is done."""
    return f"{k / (STEPS + REST):.4f}".rstrip("0").rstrip(".") or "0"


def animate(attribute: str, times: Sequence[float], values: Sequence[str], kind="animate") -> str:
    """An attribute that has the given values at the given steps; it keeps the last."""
    times, values = [*times, STEPS + REST], [*values, values[-1]]
    name = 'attributeName="transform" type="translate"' if kind == "animateTransform" else (
        f'attributeName="{attribute}"'
    )  # fmt: skip
    return (
        f'<{kind} {name} dur="{SECONDS}s" repeatCount="{TIMES}" fill="freeze" '
        f'keyTimes="{";".join(map(moment, times))}" values="{";".join(values)}"/>'
    )


def shown(k: float, until: float | None = None) -> str:
    """Seen from step ``k`` on, and until another step if there is one."""
    times, values = ([0, k, k], ["0", "0", "1"]) if k else ([0], ["1"])
    if until is not None:
        times, values = [*times, until, until], [*values, "1", "0"]
    return animate("opacity", times, values)


def trail(kind: str, run: Trajectory, moving: bool) -> str:
    """The path, each piece paler the longer ago it was walked, in a casing and with a glow."""
    place, radius = MAIN.pixels(*run.positions.T[::-1]), sizes(run)
    pieces, dots, last = [], [], arrival(run)
    for k in range(last):
        (x1, y1), (x2, y2) = place[k], place[k + 1]
        d = f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}"
        # A step is still fresh for the next ten; then its line is at rest.
        age = [k, k + 1, k + 10]
        motion, look = "", f' opacity="{max(float(OLD), 1 - (last - k) / 25):.2f}"'
        if moving:
            motion = animate("stroke-dashoffset", [0, k, k + 1], ["1", "1", "0"])
            before = [(0, "0"), (k, "0")] if k else []
            course = [*before, *zip(age, ("1", "1", OLD), strict=True)]
            motion += animate("opacity", *zip(*course, strict=True))
            look = ' pathLength="1" stroke-dasharray="1 2" stroke-dashoffset="1"'
        pieces.append(f'<path d="{d}"{look}>{motion}</path>')
    for k in range(last + 1):
        x, y = map(number, place[k])
        seen = shown(k) if moving else ""
        dots.append(
            f'<circle class="{kind}" cx="{x}" cy="{y}" r="{number(radius[k])}">{seen}</circle>'
        )
    name = f"{kind}{'-moving' if moving else ''}"
    layers = (("casing", 8), (f"{kind} glow", 16), (kind, 4.4))
    return f'<defs><g id="{name}">{"".join(pieces)}</g></defs>' + "".join(
        f'<g class="path {look}"><use href="#{name}" stroke-width="{width}"/></g>'
        for look, width in layers
    ) + "".join(dots)  # fmt: skip


def words(kind: str, step: int) -> tuple[float, float, str]:
    """What stands at the minimum when a rule is there, and where."""
    x, y = MAIN.pixels(0, 0)
    return x + 22, y + (-18 if kind == "momentum" else 34), f"{NAMES[kind]}: step {step}"


def text(x: float, y: float, said: str, kind: str, anchor: str = "start", motion: str = "") -> str:
    """A piece of text."""
    return (
        f'<text x="{number(x)}" y="{number(y)}" class="{kind}" text-anchor="{anchor}">'
        f"{escape(said, quote=False)}{motion}</text>"
    )


def runner(kind: str, run: Trajectory) -> str:
    """The point that moves, its name above or below it, and a ring when it arrives."""
    place, there = MAIN.pixels(*run.positions.T[::-1]), arrival(run)
    steps = list(range(there + 1))
    spots = [f"{number(x)} {number(y)}" for x, y in place[: there + 1]]
    motion = animate("", steps, spots, "animateTransform")
    glow = (
        f'<g>{motion}<circle class="{kind}" r="20" opacity=".25"/>'
        f'<circle r="11" fill="var(--card)"/><circle class="{kind}" r="8.5"/></g>'
    )
    # A name is as wide as its letters: it turns back before the right edge.
    beside = [f"{number(max(x, 110.0))} 0" for x, _ in place[: there + 1]]
    name = f'<g opacity="1">{shown(0, there)}<g>{animate("", steps, beside, "animateTransform")}'
    name += text(0, HEIGHTS[kind], NAMES[kind], kind, "middle") + "</g></g>"
    x, y = map(number, place[there])
    ring = (
        f'<circle cx="{x}" cy="{y}" r="8" fill="none" style="fill:none;stroke:var(--{kind})" '
        f'stroke-width="3" opacity="0">{animate("r", [0, there, there + 6], ["8", "8", "58"])}'
        + animate("opacity", [0, there, there, there + 6], ["0", "0", "1", "0"])
        + "</circle>"
    )
    at_last = text(*words(kind, there), kind, motion=shown(there)).replace(
        "<text", '<text opacity="0"'
    )
    return ring + name + glow + at_last


def hero(moving: bool = True) -> str:
    """The opening picture as a document; without motion, both have arrived."""
    runs = descents()
    body = [ground()]
    still = "".join(trail(kind, run, False) for kind, run in runs.items())
    x, y = map(number, MAIN.pixels(0, 0))
    start = MAIN.pixels(*runs["gd"].positions[0][::-1])
    for kind, run in runs.items():
        still += f'<circle cx="{x}" cy="{y}" r="11" fill="var(--card)"/>'
        still += f'<circle class="{kind}" cx="{x}" cy="{y}" r="8.5"/>'
        still += text(*words(kind, arrival(run)), kind)
    still += text(start[0], start[1] - 16, "the same start", "step", "middle")
    if moving:
        last = max(map(arrival, runs.values()))
        acts = "".join(trail(kind, run, True) for kind, run in runs.items())
        acts += "".join(runner(kind, run) for kind, run in runs.items())
        for k in range(last + 1):
            clock = shown(k, k + 1 if k < last else None)
            acts += text(40, 404, f"step {k}", "step", motion=clock).replace(
                "<text", f'<text opacity="{0 if k else 1}"'
            )
        body.append(f'<g class="moving">{acts}</g><g class="still">{still}</g>')
    else:
        body.append(still)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 1200 430" width="960">'
        f"<title>{TITLE}</title><style>{style()}</style>{''.join(body)}</svg>"
    )


def files() -> dict[str, str]:
    """The pictures of the README by their file names."""
    pictures = {"zig_zag.svg": hero(), "zig_zag_still.svg": hero(moving=False)}
    return {name: text + "\n" for name, text in pictures.items()}


def main() -> None:
    """Write both pictures."""
    IMAGES.mkdir(exist_ok=True)
    for name, text in files().items():
        (IMAGES / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"images/{name}: {len(text) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
