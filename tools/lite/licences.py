"""The licences of what a browser is given: one text, made from what the packages say themselves."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterable
from email.parser import HeaderParser
from pathlib import Path

from tools.lite import parts

# What is in no wheel, and so says nothing of itself.
CORE = """\
Pyodide {version}: Mozilla Public License 2.0, https://www.mozilla.org/MPL/2.0/. It is passed on
as it was published; its source is at https://github.com/pyodide/pyodide, under the tag {version}.
In it, Python {python} and its library: Python Software Foundation License,
https://docs.python.org/3/license.html; and the runtime of Emscripten: MIT and NCSA licences,
https://github.com/emscripten-core/emscripten/blob/main/LICENSE.
"""
TEXTS = re.compile(
    r"(?i)\.dist-info/(licen[sc]es/.*|[^/]*(licen[sc]e|copying|notice|authors)[^/]*)$"
)
NAMED = 60  # characters: some packages put the whole text where its name belongs


def text(wheels: Iterable[Path], more: str = "", covered: Collection[str] = ()) -> str:
    """What everything that a browser is given is licensed under, with the words of each licence.

    Args:
        wheels: the packages; their names, versions and licences are read from them.
        more: a paragraph on what comes besides.
        covered: file names of packages that may say nothing, as that paragraph speaks of them.

    Raises:
        PartError: a package says nothing of its licence.
    """
    info = {"version": parts.PYODIDE["version"], "python": parts.PYODIDE["info"]["python"]}
    listed, words = [], []
    for wheel in sorted(wheels, key=lambda path: path.name.lower()):
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
            said = HeaderParser().parsestr(archive.read(metadata).decode("utf-8", "replace"))
            title = f"{said['Name']} {said['Version']}"
            texts = [
                archive.read(name).decode("utf-8", "replace").strip()
                for name in sorted(names)
                if TEXTS.search(name) and not name.endswith("/")
            ]
        licence = named(said)
        if not licence and not texts and wheel.name not in covered:
            raise parts.PartError(f"{title} says nothing about its licence: do not publish it.")
        listed.append(f"{title}: {licence or ('see its text below' if texts else 'see above')}")
        words += [f"{title}\n{'-' * len(title)}\n\n{one}" for one in texts if one]
    head = "What this page brings to your browser, and under which licences."
    course = "The course itself: code BSD-3-Clause, text and images CC BY 4.0."
    top = [head, course, CORE.format(**info).strip(), *([more] if more else []), "\n".join(listed)]
    return "\n\n".join([*top, "Their texts:", *words]) + "\n"


def named(said) -> str:
    """The name of a package's licence, from the newer field, the older one or the classifiers."""
    short = [said.get("License-Expression", ""), said.get("License", "").strip()]
    found = [one for one in short if one and len(one) <= NAMED and "\n" not in one]
    classes = [
        one.rpartition(" :: ")[2]
        for one in said.get_all("Classifier", [])
        if one.startswith("License ::")
    ]
    return (found or [", ".join(classes)])[0]
