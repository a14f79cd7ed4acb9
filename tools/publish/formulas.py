"""Formulas: LaTeX to MathML, which browsers draw and screen readers read by themselves."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree import ElementTree

from latex2mathml.converter import convert

from .folder import Refused

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
FORMULA = re.compile(r"(?<!\\)(?P<ends>\$\$?)(?P<body>[^$]+?)(?<!\\)(?P=ends)", re.S)
ALIGNED = re.compile(r"\\(begin|end)\{aligned\}")
TIGHT, BARS = {"/"}, {"|", "∣"}
BELOW = {"lim", "max", "min"}
FUNCTIONS = {"sin", "cos", "log", "ln", "exp", "diag", "tr"}


@lru_cache(maxsize=4096)
def mathml(latex: str, block: bool = False) -> str:
    """A formula as a MathML element.

    Args:
        latex: the formula without its dollars.
        block: on a line of its own.

    Raises:
        Refused: the formula has a command that the converter does not know.
    """
    body = latex.strip()
    large = body.startswith(r"\displaystyle")
    body = ALIGNED.sub(r"\\\1{align*}", body.removeprefix(r"\displaystyle").strip())
    root = ElementTree.fromstring(convert(body, display="block" if block else "inline"))
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
        if element.tag in ("mi", "mtext") and re.search(r"[\\&]", element.text or ""):
            raise Refused(f"The formula {latex!r} has a part that cannot be shown: {element.text}")
    if large and not block:
        root.set("displaystyle", "true")
    for element in list(root.iter()):
        _align(element)
        _join_letters(element)
        _space(element)
        _part_functions(element)
        if element.tag == "msub" and (large or block) and element[0].text in BELOW:
            element.tag = "munder"
    return ElementTree.tostring(root, encoding="unicode")


def _align(element: ElementTree.Element) -> None:
    """Browsers align columns by style; the attributes are no longer read."""
    side = element.attrib.pop("columnalign", None)
    if side:
        element.set("class", side)
    if element.attrib.pop("columnspacing", "").startswith("0em"):
        element.set("class", "close")


def _join_letters(element: ElementTree.Element) -> None:
    """Letters of one upright word become one identifier, read as a word."""
    upright = [e for e in element if e.tag == "mi" and e.get("mathvariant") == "normal"]
    if element.tag == "mrow" and len(element) == len(upright) > 1:
        element.tag, element.text = "mi", "".join(e.text or "" for e in upright)
        for letter in upright:
            element.remove(letter)


def _space(element: ElementTree.Element) -> None:
    """Slashes and bars stand close; a minus after another sign belongs to what follows."""
    before = None
    for child in element:
        if child.tag == "mo":
            if child.text in TIGHT | BARS:
                child.set("lspace", "0")
                child.set("rspace", "0")
            closing = before is not None and (before.text or "") in {")", "]", "}", "|", "!"}
            if child.text == "−" and before is not None and before.tag == "mo" and not closing:
                child.set("form", "prefix")
        before = child


def _part_functions(element: ElementTree.Element) -> None:
    """Names of functions stand apart from a factor before them and a bare argument after them."""
    for child in list(element):
        base = child[0] if child.tag in ("msup", "msub", "msubsup") else child
        if element.tag not in ("mrow", "math", "mtd") or base.text not in FUNCTIONS:
            continue
        at = list(element).index(child)
        if at + 1 < len(element) and not _opens(element[at + 1]):
            element.insert(at + 1, ElementTree.Element("mspace", width="0.167em"))
        if at and element[at - 1].tag not in ("mo", "mspace"):
            element.insert(at, ElementTree.Element("mspace", width="0.167em"))


def _opens(element: ElementTree.Element) -> bool:
    """Whether an element is, or begins with, a parenthesis."""
    while element.tag == "mrow" and len(element):
        element = element[0]
    return element.tag == "mo"
