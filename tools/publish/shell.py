"""What every page of the site and every deck has around its contents."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

THEME = '<button type="button" id="theme" hidden>Dark</button>'


# The path of gradient descent, as the mark of a page.
MARK = (
    '<svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><path d="M2 4 6 28 11 7 15 24 19 11'
    ' 23 20 26 14 30 16" fill="none" stroke="currentColor" stroke-width="3" '
    'stroke-linejoin="round" stroke-linecap="round"/></svg>'
)
ICON = "data:image/svg+xml," + quote(
    MARK.replace('class="mark"', 'xmlns="http://www.w3.org/2000/svg"')
    .replace(' aria-hidden="true"', "")
    .replace("currentColor", "#0a58a8"),
    safe="",
)


def shell(title: str, sheet: str, body: str, scripts: Sequence[str] = (), head: str = "") -> str:
    """A whole HTML page with a style sheet, ``page.js``, further scripts and lines of its head."""
    loaded = "".join(f'<script src="{name}"></script>' for name in ("page.js", *scripts))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="stylesheet" href="{sheet}">
<link rel="icon" href="{ICON}">
{loaded}
{head}
</head>
<body>
{body}
</body>
</html>
"""
