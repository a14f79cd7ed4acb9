"""Style sheets in which every dark colour follows the system, until the reader chooses."""

from __future__ import annotations

import re
import sys

from .folder import ASSETS, ROOT

DARK = re.compile(r'\[data-jp-theme-light="false"\]([^{}]*){([^{}]*)}')


def stylesheet(*names: str) -> str:
    """The explorers' own sheets, followed by ours."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from course_utils.svg.palette import stylesheet as pictures

    sheets = [ROOT / "course_utils" / "explorers" / "player.css", *(ASSETS / n for n in names)]
    return themed("\n".join([pictures(), *(sheet.read_text("utf-8") for sheet in sheets)]))


def themed(css: str) -> str:
    """The sheet, its dark rules said once more for readers whose system is dark.

    Paper is light, whatever the screen is.
    """

    def twice(rule: re.Match[str]) -> str:
        system = f":root:not([data-jp-theme-light]){rule[1]}{{{rule[2]}}}"
        dark = f"@media screen and (prefers-color-scheme: dark) {{ {system} }}"
        return f"@media screen {{ {rule[0]} }}\n{dark}"

    return DARK.sub(twice, css)
