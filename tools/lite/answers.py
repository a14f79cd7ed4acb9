"""Answers to try in the browser: the right one of a teacher's copy, and two that are wrong."""

from __future__ import annotations

import ast
import re

from tools import solutions

OPPOSITE = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
# The signs of a formula that is an answer in words: `a + b`, `a/b`.
SIGN = re.compile(r" [+-] |(?<=\w)[*/](?=\w)")
OTHER = {" + ": " - ", " - ": " + ", "*": "/", "/": "*"}


def first_answer(name: str) -> str:
    """The first cell of a lesson with an exercise in it, answered."""
    notebook, _ = solutions.copy(solutions.ROOT / "notebooks" / f"{name}.ipynb", "")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if any(map(solutions.is_check, ast.walk(ast.parse(cell.source)))):
                return cell.source
    raise ValueError(f"{name} has no exercise.")


class _Spoil(ast.NodeTransformer):
    """Puts the opposite in place of the first operator, or changes the first number."""

    done = False

    def generic_visit(self, node: ast.AST) -> ast.AST:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if self.done or docstring:
            return node
        if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OPPOSITE:
            self.done, node.op = True, OPPOSITE[type(node.op)]()
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
            self.done, node.value = True, node.value + 1
        elif isinstance(node, ast.Constant) and (sign := SIGN.search(str(node.value))):
            self.done, node.value = True, SIGN.sub(OTHER[sign[0]], node.value, 1)
        return super().generic_visit(node)


def spoil(source: str) -> str:
    """The same cell with one thing wrong in it."""
    return ast.unparse(_Spoil().visit(ast.parse(source)))


def loop(source: str) -> str:
    """The same cell with a function that never returns; empty if it has no function."""
    tree = ast.parse(source)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if not functions:
        return ""
    functions[0].body = ast.parse("while True: pass").body
    return ast.unparse(tree)
