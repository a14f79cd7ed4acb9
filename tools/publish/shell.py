"""What every page of the site and every deck has around its contents."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

THEME = '<button type="button" id="theme" hidden>Dark</button>'


def shell(title: str, sheet: str, body: str, scripts: Sequence[str] = ()) -> str:
    """A whole HTML page with a style sheet, ``page.js`` and further scripts."""
    loaded = "".join(f'<script src="{name}"></script>' for name in ("page.js", *scripts))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="stylesheet" href="{sheet}">
<link rel="icon" href="data:,">
{loaded}
</head>
<body>
{body}
</body>
</html>
"""
