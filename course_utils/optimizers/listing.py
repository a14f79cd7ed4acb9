"""A kernel shown as it stands in the library, or as a change to another one."""

from __future__ import annotations

import ast
import difflib
import inspect
import textwrap
from collections.abc import Callable
from typing import Any


class Listing:
    """Lines of code to show.

    Attributes:
        code: the lines, joined.
        language: ``python``, or ``diff`` where added lines begin with + and dropped ones with -.
    """

    def __init__(self, code: str, language: str) -> None:
        """Keep the lines and how to colour them."""
        self.code, self.language = code, language

    def _repr_markdown_(self) -> str:
        return f"```{self.language}\n{self.code}\n```"

    def __repr__(self) -> str:
        """The lines."""
        return self.code


def show_kernel(kernel: Callable[..., Any], since: Callable[..., Any] | None = None) -> Listing:
    """The source of a kernel without its docstring; with ``since``, as a change to that kernel."""
    if since is None:
        return Listing(_lines(kernel), "python")
    before, after = _lines(since).splitlines(), _lines(kernel).splitlines()
    change = [line for line in difflib.ndiff(before, after) if not line.startswith("?")]
    return Listing("\n".join(change), "diff")


def _lines(kernel: Callable[..., Any]) -> str:
    source = textwrap.dedent(inspect.getsource(kernel))
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    lines = source.rstrip().splitlines()
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        del lines[first.lineno - 1 : first.end_lineno]
    return "\n".join(lines)
