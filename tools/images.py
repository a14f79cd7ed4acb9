"""Draw the pictures of the README and of lesson 00 again, into images/.

    python3 course.py images

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
from course_utils.svg.colour import between
from course_utils.svg.palette import LINES
from tools.commands import Command

IMAGES = Path(__file__).resolve().parents[1] / "images"
MAIN = Panel(0, 0, 1200, 430, (-11.2, 4.0), (-2.58, 2.58))
KAPPA, LR, BETA = 25, 0.076, 0.5
# Who is there: the loss is below this, and stays.
GOAL = 1e-3
# Both arrive within these steps; then the picture rests for a while before it plays again.
STEPS, REST = 72, 16
SECONDS, TIMES = 16, 3
# The water is black at the minimum and lightest on the walls; dark everywhere, so that the bright
# lines of the dark theme glow on it. A page of either theme shows the same picture.
DEPTH = ("#010409", "#030d22", "#061d42", "#0b2f63", "#134581", "#1f5c9c", "#2b6cab", "#3a7dba")
CASING, INK = "#020812", "#f2f6fa"
CONTOURS = 18
# How much is left of a line that has been walked long ago, and how many steps it stays fresh
OLD, FRESH = 0.75, 14
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
    """The colours, the same on light and dark pages, and what is shown where nothing may move."""
    return (
        "svg{font:600 17px 'DejaVu Sans',Verdana,'Helvetica Neue',Arial,sans-serif}"
        f".contour{{fill:none;stroke:#a9d4ff;stroke-width:1}}text{{fill:{INK};paint-order:stroke;"
        f"stroke:{CASING};stroke-opacity:.7;stroke-width:5px;stroke-linejoin:round}}"
        ".step{font-weight:400}.path{fill:none;stroke-linecap:round;stroke-linejoin:round}"
        f".casing{{stroke:{CASING};opacity:.55}}.cross{{fill:none;stroke:{INK};stroke-width:2.4}}"
        + "".join(
            f".{kind}{{stroke:{LINES[kind].dark}}}text.{kind}{{fill:{LINES[kind].dark};"
            f"stroke:{CASING}}}circle.{kind}{{fill:{LINES[kind].dark};stroke:none}}"
            f"circle.{kind}.ring{{fill:none;stroke:{LINES[kind].dark};stroke-width:3}}"
            for kind in NAMES
        )
        + ".wide{opacity:.13}.narrow{opacity:.18}"
        ".still{display:none}@media (prefers-reduced-motion:reduce)"
        "{.still{display:inline}.moving{display:none}}"
    )


def contours() -> str:
    """The valley: every contour is an ellipse, and light falls on the far wall."""
    x, y = MAIN.pixels(0, 0)
    # The radii of the contour through w1 = 3, outside of the picture above and below
    across, up = (
        size / (high - low) * reach
        for size, (low, high), reach in (
            (MAIN.width, MAIN.across, np.sqrt(KAPPA) * 3),
            (MAIN.height, MAIN.up, 3),
        )
    )
    depth = "".join(
        f'<stop offset="{share:.3f}" stop-color="{between(DEPTH, share**0.8)}"/>'
        for share in np.linspace(0, 1, 17)
    )
    # From one contour to the next the loss rises by the same amount.
    contours = "".join(
        f'<ellipse class="contour" stroke-opacity="{0.1 + 0.12 * r:.2f}" cx="{number(x)}" '
        f'cy="{number(y)}" rx="{number(across * r)}" ry="{number(up * r)}"/>'
        for r in np.sqrt(1.4 * np.arange(1, CONTOURS + 1) / CONTOURS)
    )
    return (
        '<defs><radialGradient id="depth" gradientUnits="userSpaceOnUse" cx="0" cy="0" r="1" '
        f'gradientTransform="translate({number(x)} {number(y)}) '
        f'scale({number(across)} {number(up)})">{depth}</radialGradient>'
        '<linearGradient id="light" x1="0" y1="0" x2="0.1" y2="1">'
        '<stop offset="0" stop-color="#01071a" stop-opacity=".5"/>'
        '<stop offset=".44" stop-color="#01071a" stop-opacity="0"/>'
        '<stop offset=".56" stop-color="#8fd0ff" stop-opacity="0"/>'
        '<stop offset="1" stop-color="#8fd0ff" stop-opacity=".18"/></linearGradient>'
        '<clipPath id="edge"><rect width="1200" height="430" rx="16"/></clipPath></defs>'
        '<g clip-path="url(#edge)"><rect width="1200" height="430" fill="url(#depth)"/>'
        f'<rect width="1200" height="430" fill="url(#light)"/>{contours}</g>'
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
    """The path in a casing: what was walked last is broad and glows, what is old is thin."""
    place, radius = MAIN.pixels(*run.positions.T[::-1]), sizes(run)
    lines, fresh, dots, last = [], [], [], arrival(run)
    for k in range(last):
        (x1, y1), (x2, y2) = place[k], place[k + 1]
        d = f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}"
        if moving:
            walked = animate("stroke-dashoffset", [0, k, k + 1], ["1", "1", "0"])
            look = ' pathLength="1" stroke-dasharray="1 2" stroke-dashoffset="1"'
            for pieces, old in ((lines, f"{OLD}"), (fresh, "0")):
                ages, left = [0, k, k + 1, k + 1 + FRESH][not k :], ["0", "0", "1", old][not k :]
                ages[0], left[0] = 0, "0"
                faded = animate("opacity", ages, left)
                pieces.append(f'<path d="{d}"{look}>{walked}{faded}</path>')
        else:
            share = max(0.0, 1 - (last - k) / FRESH)
            lines.append(f'<path d="{d}" opacity="{OLD + (1 - OLD) * share:.2f}"/>')
            if share:
                fresh.append(f'<path d="{d}" opacity="{share:.2f}"/>')
    for k in range(last + 1):
        x, y = map(number, place[k])
        seen = shown(k) if moving else ""
        dots.append(
            f'<circle class="{kind}" cx="{x}" cy="{y}" r="{number(radius[k])}">{seen}</circle>'
        )
    name = f"{kind}{'-moving' if moving else ''}"
    layers = (
        ("lines", "casing", 6.4),
        ("fresh", f"{kind} wide", 20),
        ("fresh", f"{kind} narrow", 12),
        ("lines", kind, 3),
        ("fresh", kind, 5),
    )
    kept = "".join(
        f'<g id="{name}-{what}">{"".join(pieces)}</g>'
        for what, pieces in (("lines", lines), ("fresh", fresh))
    )
    return f"<defs>{kept}</defs>" + "".join(
        f'<g class="path {look}"><use href="#{name}-{what}" stroke-width="{width}"/></g>'
        for what, look, width in layers
    ) + "".join(dots)  # fmt: skip


def point(kind: str) -> str:
    """Where a rule is now: a light with a halo, around the origin."""
    rings = ((30, ".14"), (19, ".28"), (9.5, "1"))
    return (
        "".join(f'<circle class="{kind}" r="{r}" opacity="{o}"/>' for r, o in rings)
        + f'<circle r="3.6" fill="{INK}"/>'
    )


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
    glow = f"<g>{motion}{point(kind)}</g>"
    # A name is as wide as its letters: it turns back before the right edge.
    beside = [f"{number(max(x, 110.0))} 0" for x, _ in place[: there + 1]]
    name = f'<g opacity="1">{shown(0, there)}<g>{animate("", steps, beside, "animateTransform")}'
    name += text(0, HEIGHTS[kind], NAMES[kind], kind, "middle") + "</g></g>"
    x, y = map(number, place[there])
    ring = (
        f'<circle class="{kind} ring" cx="{x}" cy="{y}" r="8" opacity="0">'
        + animate("r", [0, there, there + 6], ["8", "8", "58"])
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
    body = [contours()]
    still = "".join(trail(kind, run, False) for kind, run in runs.items())
    x, y = map(number, MAIN.pixels(0, 0))
    start = MAIN.pixels(*runs["gd"].positions[0][::-1])
    for kind, run in runs.items():
        still += f'<g transform="translate({x} {y})">{point(kind)}</g>'
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


def main(argv: list[str] | None = None) -> None:
    """Write both pictures."""
    Command("python3 course.py images", __doc__).parse_args(argv)
    IMAGES.mkdir(exist_ok=True)
    for name, text in files().items():
        (IMAGES / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"images/{name}: {len(text) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
