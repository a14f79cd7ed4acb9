"""Plans for teaching, from docs/plans: the pages in docs/teaching, the timetables of TEACHING.md.

    python -m tools.plans            writes them
    python -m tools.plans --check    says whether they are up to date, and what leads nowhere

docs/plans/NN.toml plans lesson NN minute by minute, for 90 and for 45 minutes;
docs/plans/schedules.toml puts such plans together. Clock times and sums are computed here. What a
poll asks, its answers and the right one stand in course_utils/exercises/predictions alone.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from course_utils.exercises.predictions import Question, predictions
from tools import budget
from tools.commands import Command
from tools.find import names, notebooks

ROOT = Path(__file__).resolve().parent.parent
DATA, PAGES, GUIDE = Path("docs", "plans"), Path("docs", "teaching"), Path("TEACHING.md")
LENGTHS = 90, 45
# What a row says instead of a heading where it shows the lesson's first screen.
FIRST = "First screen"
# What surrounds the argument of a lesson: no plan sends it home.
FRAME = "Remember", "The disease in one sentence", "You will also hear", "Summary"
MINUTES = re.compile(r",? \(?\d+ minutes\)?$")
BEGIN, END = "<!-- written by python -m tools.plans -->", "<!-- end of what it writes -->"


class Astray(Exception):
    """What in a plan leads nowhere, in a sentence."""


@dataclass(frozen=True)
class Row:
    """Some minutes of a plan.

    Attributes:
        m: how many.
        at: the section on the screen; empty where the screen is dark or somebody speaks.
        do: what the teacher and the class do.
        poll: the prediction that is asked.
        preset: the explorer's presets that are pressed, in their order.
        check: the exercise that is worked on.
        lesson: whose section it is, in a schedule of several lessons.
        plan: how long the lesson's own plan is that fills these minutes, in a schedule.
    """

    m: int
    at: str = ""
    do: str = ""
    poll: str = ""
    preset: tuple[str, ...] = ()
    check: str = ""
    lesson: str = ""
    plan: int = 0


@dataclass(frozen=True)
class Poll:
    """A prediction as a class is asked it.

    Attributes:
        key: the prediction.
        expect: the wrong answer that most choose, in the words of the prediction.
        why: the belief behind it.
        offer: numbers to choose from, where the prediction asks for a number.
        right: the right answer, where the lesson measures it; the tests compare.
    """

    key: str
    expect: str
    why: str
    offer: tuple[float, ...] = ()
    right: str = ""

    @property
    def question(self) -> Question:
        """The prediction itself."""
        return predictions()[self.key]

    @property
    def options(self) -> tuple[str, ...]:
        """What hands are raised for."""
        return self.question.options or tuple(map(self.question.show, self.offer))

    @property
    def answer(self) -> str:
        """The right one of the options."""
        question = self.question
        if question.measured:
            return self.right
        truth = question.find_truth()
        if question.options:
            return truth
        return question.show(min(self.offer, key=lambda each: abs(each - truth)))


@dataclass(frozen=True)
class Plan:
    """What happens around a lesson; see docs/plans for what the fields hold."""

    lesson: str
    goal: str
    board: str
    pairs: str
    hand_in: str
    late: str
    surprise: str
    rows: dict[int, tuple[Row, ...]]
    polls: tuple[Poll, ...]

    def home(self, length: int) -> list[str]:
        """The sections of the core that a plan does not show, and a learner reads at home."""
        shown = {row.at for row in self.rows[length]} | {FIRST}
        return [each for each in sections(self.lesson) if each not in {*shown, *FRAME}]


@dataclass(frozen=True)
class Meeting:
    """What a class meets for once: rows, and the minute of the day at which it begins, if any."""

    rows: tuple[Row, ...]
    begin: int = 0

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return sum(row.m for row in self.rows)


@dataclass(frozen=True)
class Schedule:
    """Meetings of one kind: each takes as many minutes, and ends with the same rows, if any."""

    name: str
    lead: str
    minutes: int
    meetings: tuple[Meeting, ...]
    then: tuple[Row, ...] = ()


@cache
def plans(root: Path = ROOT) -> dict[str, Plan]:
    """The plans by the numbers of their lessons."""
    return {name[:2]: _plan(root, name[:2]) for name in names(root)}


def _plan(root: Path, number: str) -> Plan:
    data = _read(root / DATA / f"{number}.toml")
    rows = {length: tuple(map(_row, data.pop(f"in_{length}"))) for length in LENGTHS}
    polls = tuple(Poll(**{k: _fixed(v) for k, v in each.items()}) for each in data.pop("poll"))
    return Plan(number, rows=rows, polls=polls, **data)


def schedules(root: Path = ROOT) -> list[Schedule]:
    """The schedules in their order."""
    found = []
    for each in _read(root / DATA / "schedules.toml")["schedule"]:
        then = tuple(map(_row, each.get("then", ())))
        meetings = tuple(
            Meeting((*map(_row, one["rows"]), *then), one.get("begin", 0))
            for one in each["meeting"]
        )
        found.append(Schedule(each["name"], each["lead"], each["minutes"], meetings, then))
    return found


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _row(data: dict[str, Any]) -> Row:
    preset = data.get("preset", ())
    preset = (preset,) if isinstance(preset, str) else tuple(preset)
    return Row(**{**data, "preset": preset})


def _fixed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@cache
def _core(number: str, root: Path = ROOT) -> tuple[NotebookNode, ...]:
    (path,) = notebooks(root, [number])
    return tuple(budget.core(nbformat.read(path, 4).cells))


def parts(number: str) -> Iterator[tuple[str, NotebookNode]]:
    """The core of a lesson in pieces, each with the heading above it."""
    heading = FIRST
    for cell in _core(number):
        if cell.cell_type == "code":
            yield heading, cell
            continue
        for text in re.split(r"(?m)^(?=## )", cell.source):
            if text.startswith("## "):
                heading = MINUTES.sub("", text.splitlines()[0].removeprefix("## "))
            yield heading, nbformat.v4.new_markdown_cell(text)


def sections(number: str) -> list[str]:
    """The headings of a lesson's core, without their minutes; first its first screen."""
    return list(dict.fromkeys(heading for heading, _ in parts(number)))


def minutes(number: str, without: Sequence[str] = ()) -> int:
    """What a lesson's core asks of a learner alone, by tools.budget, without some sections."""
    return budget.asked(cell for heading, cell in parts(number) if heading not in without).minutes


def asked_at(number: str, key: str) -> str:
    """The section of a lesson's core in which a prediction is asked.

    Raises:
        Astray: it is asked nowhere in the core.
    """
    for heading, cell in parts(number):
        if cell.cell_type == "code" and f'predict("{key}"' in cell.source:
            return heading
    raise Astray(f"The core of lesson {number} does not ask {key!r}.")


def letters(poll: Poll) -> dict[str, str]:
    """The options of a poll by their letters."""
    return {chr(97 + place): option for place, option in enumerate(poll.options)}


def letter(poll: Poll, option: str) -> str:
    """The letter of an option."""
    return next(name for name, each in letters(poll).items() if each == option)


def poll_of(row: Row, lesson: str) -> Poll:
    """The poll that a row asks.

    Raises:
        Astray: the lesson's plan has none of this name.
    """
    for poll in plans()[lesson].polls:
        if poll.key == row.poll:
            return poll
    raise Astray(f"The plan of lesson {lesson} asks {row.poll!r}, which is none of its polls.")


def lesson_page(plan: Plan) -> str:
    """The page of a lesson's plan, as Markdown."""
    name = next(each for each in names(ROOT) if each.startswith(plan.lesson))
    title = _core(plan.lesson)[0].source.splitlines()[0].removeprefix("# ")
    link = f"[lesson {plan.lesson}](../../notebooks/{name}.ipynb)"
    out = [
        f"# Teaching {title}",
        "",
        f"{plan.goal} Alone, the core of {link} takes {minutes(plan.lesson)} minutes.",
        "",
    ]
    for length in LENGTHS:
        out += [f"## In {length} minutes", "", *_table(plan.rows[length], plan.lesson), ""]
        if home := plan.home(length):
            out += [f"Left for home: {'; '.join(f'*{each}*' for each in home)}.", ""]
    about = {
        "On the board": plan.board,
        "In pairs": plan.pairs,
        "Handed in": plan.hand_in,
        "If late": plan.late,
        "If it surprises": plan.surprise,
    }
    out += [line for head, text in about.items() for line in (f"**{head}.** {text}", "")]
    out += ["## Polls", ""]
    for poll in plan.polls:
        out += [*_asked(poll), ""]
    out += [f"Written by `python -m tools.plans` from docs/plans/{plan.lesson}.toml.", ""]
    return "\n".join(out)


def _table(rows: Sequence[Row], lesson: str = "", begin: int = 0) -> Iterator[str]:
    yield "| minutes | on the screen | what happens |"
    yield "|---|---|---|"
    for start, row in zip(_starts(rows), rows, strict=True):
        told = " ".join(told_of(row, row.lesson or lesson))
        screen = f"*{row.at}*" if row.at else "–"
        screen = f"{row.lesson}: {screen}" if row.lesson else screen
        yield f"| {_span(start, row.m, begin)} | {screen} | {told} |"


def notes(number: str, heading: str) -> Iterator[str]:
    """What a speaker does while a section is on the wall, by the longest plan, as Markdown."""
    plan, length = plans()[number], max(LENGTHS)
    if heading == FIRST:
        yield f"**Goal.** {plan.goal}"
        yield f"**On the board.** {plan.board}"
        yield f"**If late.** {plan.late}"
        yield f"**If it surprises.** {plan.surprise}"
    rows = plan.rows[length]
    for start, row in zip(_starts(rows), rows, strict=True):
        if row.at == heading:
            yield f"**{_span(start, row.m, 0)}** {' '.join(told_of(row, number))}"
    if heading in plan.home(length):
        yield f"Left for home by the plan for {length} minutes."


def told_of(row: Row, lesson: str) -> Iterator[str]:
    """What happens in a row, in sentences."""
    if row.poll:
        yield f"Poll: {question(poll_of(row, lesson))}"
    if row.preset:
        yield f"Presets {', '.join(f'“{each}”' for each in row.preset)}."
    if row.check:
        yield f'Exercise `check("{row.check}", …)`.'
    if row.do:
        yield row.do


def question(poll: Poll) -> str:
    """What a poll asks, as one sentence."""
    ask = poll.question.ask.replace("{}", "…")
    return f"“{ask}”" if ask.endswith("?") else f"“{ask} …”"


def _asked(poll: Poll) -> Iterator[str]:
    right, expected = letter(poll, poll.answer), letter(poll, poll.expect)
    yield f'**{question(poll)}** Locked in by `predict("{poll.key}")`.'
    yield ""
    yield from (f"- ({name}) {option}" for name, option in letters(poll).items())
    yield ""
    because = poll.question.because
    yield f"Right: ({right}). {because} Expect ({expected}): {poll.why}".replace("  ", " ")


def _starts(rows: Sequence[Row]) -> list[int]:
    return [0, *accumulate(row.m for row in rows)][:-1]


def _span(start: int, length: int, begin: int) -> str:
    if begin:
        return clock(begin + start)
    return f"{start}–{start + length}"


def clock(minute: int) -> str:
    """A minute of the day as the clock shows it."""
    return f"{minute // 60}:{minute % 60:02}"


def timetables() -> str:
    """The schedules as Markdown, for TEACHING.md."""
    out = []
    for schedule in schedules():
        out += [f"### {schedule.name}", "", schedule.lead, ""]
        if len(schedule.meetings) == 1:
            (meeting,) = schedule.meetings
            out += [*_day(meeting), ""]
            continue
        out += ["| meeting | lessons, by their plans | minutes |", "|---|---|---|"]
        for number, meeting in enumerate(schedule.meetings, 1):
            named = "; ".join(map(_named, meeting.rows[: len(meeting.rows) - len(schedule.then)]))
            out.append(f"| {number} | {named} | {meeting.minutes} |")
        if schedule.then:
            ends = "; ".join(f"{row.m} minutes, {row.do}" for row in schedule.then)
            out += ["", f"Each meeting then ends with: {ends}."]
        out.append("")
    return "\n".join(out)


def _day(meeting: Meeting) -> Iterator[str]:
    if not meeting.begin:
        yield from _table(meeting.rows)
        return
    yield "| time | what |"
    yield "|---|---|"
    for start, row in zip(_starts(meeting.rows), meeting.rows, strict=True):
        yield f"| {clock(meeting.begin + start)} | {_named(row)} |"
    yield f"| {clock(meeting.begin + meeting.minutes)} | the end |"


def _named(row: Row) -> str:
    what = f"[{row.lesson}](docs/teaching/{row.lesson}.md)" if row.lesson else ""
    if row.plan:
        what += f" in {row.plan} minutes"
    return ": ".join(each for each in (what, row.do) if each)


def contents() -> str:
    """The table of the plans, for TEACHING.md."""
    out = ["| lesson, with its plan | minutes alone | goal |", "|---|---|---|"]
    for number, plan in plans().items():
        title = _core(number)[0].source.splitlines()[0].removeprefix("# ")
        link = f"[{title}](docs/teaching/{number}.md)"
        out.append(f"| {link} | {minutes(number)} | {plan.goal} |")
    return "\n".join([*out, ""])


def guide(text: str) -> str:
    """TEACHING.md with what is made in it made again."""
    made = iter((timetables(), contents()))

    def put(_: re.Match[str]) -> str:
        return f"{BEGIN}\n\n{next(made)}\n{END}"

    return re.sub(re.escape(BEGIN) + r".*?" + re.escape(END), put, text, flags=re.S)


def made() -> dict[Path, str]:
    """All that is written, by its place."""
    pages = {PAGES / f"{number}.md": lesson_page(plan) for number, plan in plans().items()}
    return {GUIDE: guide((ROOT / GUIDE).read_text("utf-8"))} | pages


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or check them."""
    parser = Command("python -m tools.plans", __doc__)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        pages = made()
    except Astray as error:
        print(error, file=sys.stderr)
        return 1
    behind = [
        path
        for path, text in pages.items()
        if not (ROOT / path).exists() or (ROOT / path).read_text("utf-8") != text
    ]
    if asked.check:
        for path in behind:
            print(f"{path} is out of date: run python -m tools.plans")
        return int(bool(behind))
    for path in behind:
        (ROOT / path).write_text(pages[path], "utf-8")
    print(f"{len(pages)} pages, {len(behind)} of them changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
