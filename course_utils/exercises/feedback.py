"""What a check, a hint or a solution answers, as text that a notebook shows and nbval compares."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from urllib.parse import quote

WIDTH = 92
VERDICTS = {
    "right": ("✔", "Right."),
    "not yet": ("✘", "Not yet."),
    "unanswered": ("…", "Not answered yet:"),
    "noted": ("✎", "Noted."),
    "not judged": ("⚠", "Not judged."),
}


@dataclass(frozen=True)
class Section:
    """A place in a lesson: the notebook's name without ending, and a heading in it."""

    lesson: str
    heading: str

    @property
    def link(self) -> str:
        """A Markdown link that JupyterLab follows to the heading."""
        anchor = quote(self.heading.replace(" ", "-"), safe=":,?")
        return f"[{self.heading}]({self.lesson}.ipynb#{anchor})"

    def __str__(self) -> str:
        """The heading and the number of its lesson."""
        return f'"{self.heading}" in lesson {self.lesson[:2]}'


@dataclass(frozen=True)
class Feedback:
    """The answer of a check.

    True if the learner's answer is right.

    Attributes:
        verdict: "right", "not yet", "unanswered", "noted", or "not judged" where the check failed.
        text: what to say, two or three sentences of Markdown.
        idea: the name of the mistake that was recognised, "" if none was.
        reread: the section that explains it.
        listing: further lines, each with its own mark (parts of an answer, options to choose from).
        printed: the beginning of what the learner's code printed.
    """

    verdict: str
    text: str
    idea: str = ""
    reread: Section | None = None
    listing: tuple[str, ...] = ()
    printed: str = ""

    def __bool__(self) -> bool:
        """Whether the answer is right."""
        return self.verdict == "right"

    def __repr__(self) -> str:
        """The feedback as wrapped plain text."""
        mark, word = VERDICTS[self.verdict]
        text = f"{mark} {word} {self.text}"
        if self.reread:
            text += f" Read again: {self.reread}."
        lines = [wrapped(plain(text))]
        lines += [wrapped(plain(item), "  ") for item in self.listing]
        if self.printed:
            lines += ["Your code printed:", *(f"  {line}" for line in self._printed())]
        return "\n".join(lines)

    def _repr_markdown_(self) -> str:
        mark, word = VERDICTS[self.verdict]
        text = f"{mark} **{word}** {self.text}"
        if self.reread:
            text += f" Read again: {self.reread.link}."
        if self.listing:
            text += "\n\n" + "\n".join(f"- {item}" for item in self.listing)
        if self.printed:
            text += "\n\nYour code printed:\n\n" + "\n".join(f"    {x}" for x in self._printed())
        return text

    def line(self) -> str:
        """The feedback as one line of a list."""
        mark, word = VERDICTS[self.verdict]
        words = [mark, word, self.text]
        if self.listing:
            words.append("; ".join(self.listing) + ".")
        if self.reread:
            words.append(f"Read again: {self.reread}.")
        return " ".join(words)

    def _printed(self) -> list[str]:
        lines = [line[:WIDTH] for line in self.printed.splitlines()]
        return lines[:3] + (["..."] if len(lines) > 3 else [])


@dataclass(frozen=True)
class Help:
    """A hint or a solution: a heading, words, and code if there is any."""

    heading: str
    text: str = ""
    code: str = ""

    def __repr__(self) -> str:
        """The help as plain text, the code indented."""
        parts = [wrapped(plain(f"{self.heading} {self.text}".strip()))]
        if self.code:
            parts.append(textwrap.indent(self.code, "    "))
        return "\n".join(parts)

    def _repr_markdown_(self) -> str:
        text = f"**{self.heading}** {self.text}".strip()
        return text + (f"\n\n```python\n{self.code}\n```" if self.code else "")


def plain(markdown: str) -> str:
    """Markdown as text that reads well without rendering."""
    parts = re.split(r"(`[^`]*`)", markdown)  # what is quoted as code keeps its `**`
    return "".join(x if x[:1] == "`" else re.sub(r"\*\*(.+?)\*\*", r"\1", x) for x in parts)


def wrapped(text: str, indent: str = "") -> str:
    """Text in lines of at most 92 characters, continued lines indented by two."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def number(x: float, digits: int = 4) -> str:
    """A number as it is written in a sentence: 13260 and not 1.326e+04."""
    if x != x:
        return "nan"
    plain = 1e4 <= abs(x) < 1e6 and digits >= 4
    text = f"{float(f'{x:.{digits + 2}g}'):.0f}" if plain else f"{x:.{digits}g}"
    return text.replace("-", "−")
