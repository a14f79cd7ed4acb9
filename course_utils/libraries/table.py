"""The tables of names and of proofs, as Markdown in a notebook and as lines elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ..optimizers import MATRIX_RULES, RULES, Rule
from .calls import Call, parts
from .equivalences import equivalences
from .names import ARTICLE, LIBRARIES, PAPERS, Counterpart, counterpart
from .translation import defaults


class Table:
    """A table of text."""

    def __init__(self, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
        """Keep head and rows."""
        self.head, self.rows = head, tuple(rows)

    def _repr_markdown_(self) -> str:
        lines = [self.head, ("---",) * len(self.head), *self.rows]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)

    def __repr__(self) -> str:
        """A line for each cell that holds something."""
        lines = []
        for first, *cells in self.rows:
            lines.append(first.replace("*", ""))
            pairs = zip(self.head[1:], cells, strict=True)
            lines += [f"  {name}: {cell.replace('`', '')}" for name, cell in pairs if cell]
        return "\n".join(lines)


def table(rules: Iterable[Rule] = (*RULES, *MATRIX_RULES)) -> Table:
    """Names, argument names and defaults of rules, in every library, the papers and the article.

    A cell reads "their name (our name) = their default", and the condition under which its call
    makes our steps if there is one; it is empty where no setting of a library makes them.
    """
    head = ("rule", "ours", *LIBRARIES.values(), "paper", "article")
    return Table(head, [_row(rule) for rule in rules])


def table_of_equivalences() -> Table:
    """All equivalences: rule, transcription, substitution; each row is one that SymPy proves."""
    rows = [
        (f"**{e.rule.name}**", f"{LIBRARIES[e.library]}, `{e.theirs.__name__}`", e.says)
        for e in equivalences()
    ]
    return Table(("rule", "elsewhere", "the same path with"), rows)


def _row(rule: Rule) -> tuple[str, ...]:
    ours = [f"{n} = {rule.defaults[n]:g}" if n in rule.defaults else n for n in rule.hyper]
    cells = [f"**{rule.name}**", ", ".join(ours)]
    for library in LIBRARIES:
        found = counterpart(rule, library)
        cells.append(_cell(rule, library, found) if found else "")
    for known in (PAPERS, ARTICLE):
        cells.append(", ".join(f"{n} = {x:g}" for n, x in known.get(rule, {}).items()))
    return tuple(cells)


def _cell(rule: Rule, library: str, found: Counterpart) -> str:
    call, values = Call.parse(found.call), defaults(rule, library)
    condition = f", {found.condition}" if found.condition else ""
    if call.name == "optax.chain":
        return f"`{found.call}`{condition}"
    words = []
    for argument, ours in call.given.items():
        for i, name in enumerate(ast.unparse(each) for each in parts(ours)):
            theirs = f"{argument}[{i}]" if isinstance(ours, tuple) else argument
            same = name == theirs or not name.isidentifier() or name in ("True", "False")
            label = f"{theirs} = {name}" if same and name != theirs else theirs
            label += "" if same else f" ({name})"
            words.append(label + (f" = {values[name]:g}" if name in values else ""))
    fixed = [f"{n} = {x:g} built in" for n, x in found.built_in.items()]
    fixed += [found.note] if found.note else []
    return f"`{call.name}`: {', '.join([*words, *fixed])}{condition}"
