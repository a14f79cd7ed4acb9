"""Where each misconception is predicted and then met: the table in MISCONCEPTIONS.md.

    python tools/misconceptions.py            write the table
    python tools/misconceptions.py --check    is it up to date? exit 1 if not

The lessons carry the marks: a cell with the tag `predicts-C07` asks for a prediction about the
misconception C07, and a later cell with `shows-C07` shows what is true.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import nbformat

ROOT = Path(__file__).resolve().parent.parent
TABLE = "MISCONCEPTIONS.md"
MARK = re.compile(r"(predicts|shows)-(C\d\d)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Belief:
    """A misconception: what is believed, what is true, and the lesson that has to treat it."""

    says: str
    true: str
    lesson: str


BELIEFS = {
    "C01": Belief(
        "Downhill points to the minimum.",
        "Across a long valley it can point almost at a right angle to it.",
        "01",
    ),
    "C02": Belief(
        "A smaller learning rate cures the ravine.",
        "It takes away the zig-zag and the speed along with it.",
        "01",
    ),
    "C03": Belief(
        "Newton's method chooses the length of a step along the gradient.",
        "It divides each direction by its own curvature, so the direction changes.",
        "02",
    ),
    "C04": Belief(
        "Newton's method goes downhill.",
        "Where the surface bends down it goes up, to a saddle or a hilltop.",
        "02",
    ),
    "C05": Belief(
        "The inverse of the Hessian is one over each entry.",
        "It is the solution of a linear system, which mixes the slopes.",
        "02",
    ),
    "C06": Belief(
        "The loss has stopped moving, so this is a minimum.",
        "A saddle, or the floor of a ravine, looks the same for a long time.",
        "02",
    ),
    "C07": Belief(
        "The velocity of momentum is an average of gradients.",
        "It is a sum that fades: its weights add up to 1/(1 − β), not to 1.",
        "03",
    ),
    "C08": Belief(
        "An exponential average weighs with p, p², p³, ...",
        "Those add up to p/(1 − p). The weights are (1 − p), (1 − p)p, (1 − p)p², ...",
        "03",
    ),
    "C09": Belief(
        "β = 0.9 averages the last ten values.",
        "The last ten hold about two thirds of the weight, and the rest reaches far back.",
        "03",
    ),
    "C10": Belief(
        "Momentum damps oscillations.",
        "Only near the limit of gradient descent; elsewhere it makes one that was not there.",
        "05",
    ),
    "C11": Belief(
        "Gradients that alternate cancel in the velocity.",
        "1/(1 + β) of them is left, since the newest weighs most.",
        "04",
    ),
    "C12": Belief(
        "More momentum is better.",
        "A direction that rings shrinks by √β a step, whatever the rate: there is a best β.",
        "05",
    ),
    "C13": Belief(
        "With momentum any learning rate will do.",
        "The limit grows from 2/λ₁ to 2(1 + β)/λ₁, never more than twice as far.",
        "05",
    ),
    "C14": Belief(
        "The best-tuned heavy ball converges on every convex function.",
        "On one whose curvature changes it runs round a cycle for ever.",
        "05",
    ),
    "C15": Belief(
        "RMSProp needs no learning rate.",
        "The learning rate is the length of its step, and has to be tuned.",
        "06",
    ),
    "C16": Belief(
        "RMSProp slows down near the minimum.",
        "Only while the gradient falls; then its steps are as long as before, for ever.",
        "06",
    ),
    "C17": Belief(
        "To let the learning rate decay is simulated annealing.",
        "Simulated annealing climbs at random; a rate that decays never climbs on purpose.",
        "09",
    ),
    "C18": Belief(
        "RMSProp and Adam cure any ravine.",
        "They scale the axes of the weights; a ravine across the axes is left to them.",
        "08",
    ),
    "C19": Belief(
        "The flat weight has the large average of squares.",
        "The steep one has it along a zig-zag, and so gets the smaller factor.",
        "06",
    ),
    "C20": Belief(
        "A step of Adam is at most lr long.",
        "Only for β1 = β2; gradients that grow make it several times as long.",
        "07",
    ),
    "C21": Belief(
        "Adam converges wherever gradient descent does.",
        "It may end at the worst point, and a quiet run may burst.",
        "10",
    ),
    "C22": Belief(
        "The training loss must fall at every step.",
        "Many steps go up while the trend goes down.",
        "11",
    ),
    "C23": Belief(
        "Flat is good and sharp is bad, in any coordinates.",
        "The same function is sharp or flat, depending on how it is written.",
        "11",
    ),
    "C24": Belief(
        "Adaptive rules find sharper minima than momentum.",
        "Learning rate and batch decide more than the family of the rule.",
        "11",
    ),
    "C25": Belief(
        "The same learning rate for every rule makes a fair comparison.",
        "Learning rates have different units: multiply the loss and see.",
        "06",
    ),
    "C26": Belief(
        "That the averages start at zero matters for a few steps.",
        "At β = 0.999 it takes thousands of steps to fade.",
        "07",
    ),
    "C27": Belief(
        "Second-order methods are out of reach for large networks.",
        "The matrix is; its products with a vector cost about two gradients.",
        "02",
    ),
    "C28": Belief(
        "Adam is adaptive moment optimization, with β2 = 0.99 and ε = 1e-10.",
        "It is adaptive moment estimation, with β2 = 0.999 and ε = 1e-8 in the paper.",
        "07",
    ),
    "C29": Belief(
        "Numerator and denominator of Adam's step are the same kind of average.",
        "The one averages gradients, which cancel; the other squares, which do not.",
        "07",
    ),
    "C30": Belief(
        "It does not matter where the learning rate sits when it changes.",
        "With the rate inside the velocity, what was gathered at the old rate rolls on.",
        "09",
    ),
}


@dataclass(frozen=True)
class Place:
    """A marked cell: its lesson, its number among the code cells if it is one, its section."""

    lesson: str
    kind: str
    belief: str
    code: int
    section: str

    def __str__(self) -> str:
        """The number that JupyterLab shows beside the cell, or the section if it is text."""
        where = f"[{self.code}]" if self.code else "in the text of"
        anchor = quote(self.section.replace(" ", "-"), safe=":,?")
        link = f"[{self.section}](notebooks/{self.lesson}.ipynb#{anchor})"
        return f"{where} {link}"


def places(root: Path) -> list[Place]:
    """All marked cells, in the order of the lessons."""
    found = []
    for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        section, number = "", 0
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                section = ([section] + HEADING.findall(cell.source))[-1]
            number += cell.cell_type == "code"
            for tag in cell.metadata.get("tags", []):
                if mark := MARK.fullmatch(tag):
                    code = number if cell.cell_type == "code" else 0
                    found.append(Place(path.stem, *mark.groups(), code, section))
    return found


def table(root: Path) -> str:
    """The page for teachers."""
    marked = places(root)
    lines = [
        "# Misconceptions, and where the course meets them",
        "",
        "Each row is a belief that learners bring along. In the lessons named they commit to a "
        "prediction first (*asks*), and a later cell shows what is true (*shows*). Numbers in "
        "brackets are those that JupyterLab shows beside a cell. `python tools/misconceptions.py` "
        "writes this page from the marks in the lessons.",
        "",
        "| | One believes | It is so | Lesson | Asks | Shows |",
        "|---|---|---|---|---|---|",
    ]
    for name, belief in BELIEFS.items():
        here = [place for place in marked if place.belief == name]
        for lesson in sorted({place.lesson for place in here}) or [""]:
            asks, shows = (
                ", ".join(str(p) for p in here if (p.lesson, p.kind) == (lesson, kind))
                for kind in ("predicts", "shows")
            )
            number = lesson[:2] or f"{belief.lesson}, to come"
            lines.append(
                f"| {name} | {belief.says} | {belief.true} | {number} | {asks} | {shows} |"
            )
    return "\n".join(lines) + "\n"


def missing(root: Path) -> list[str]:
    """Beliefs whose lesson exists and does not treat them, in words."""
    built = {path.name[:2] for path in (root / "notebooks").glob("[0-9][0-9]_*.ipynb")}
    marked = {(place.lesson[:2], place.kind, place.belief) for place in places(root)}
    return [
        f"lesson {belief.lesson} has no cell that {kind} {name}"
        for name, belief in BELIEFS.items()
        for kind in ("predicts", "shows")
        if belief.lesson in built and (belief.lesson, kind, name) not in marked
    ]


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="say whether it is up to date")
    parser.add_argument("--root", type=Path, default=ROOT, help="the tree that holds notebooks/")
    args = parser.parse_args(argv)
    path, text = args.root / TABLE, table(args.root)
    if args.check:
        current = path.exists() and path.read_text("utf-8") == text
        print(f"{TABLE} is {'up to date' if current else 'out of date: write it again'}.")
        return int(not current)
    path.write_text(text, "utf-8")
    print("\n".join([f"{TABLE} written.", *missing(args.root)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
