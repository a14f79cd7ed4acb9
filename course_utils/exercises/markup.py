"""The little Markdown that checks, hints and replies use, as HTML: what they quote stays text."""

from __future__ import annotations

import re
from html import escape

_FENCE = re.compile(r"```\w*\n(.*?)\n```", re.S)
_CODE = re.compile(r"`([^`]+)`")
# Escaped before, so quotation marks and brackets of the reader's own are no mark-up any more.
_LINK = re.compile(r"\[([^\]]+)\]\((\d\d_\w+)\.ipynb((?:#[^\s)]*)?)\)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
# An asterisk between two letters is a product, in words too: lr*lambda1.
_STRESS = re.compile(r"(?<![\w*)])\*(?=[^\s*])([^*]+)(?<=[^\s*])\*(?![\w*(])")


def as_html(markdown: str) -> str:
    """Paragraphs, lists, code, stress and links to lessons, which lead to their pages."""
    parts = _FENCE.split(markdown)
    blocks = []
    for place, part in enumerate(parts):
        if place % 2:
            blocks.append(f'<pre class="code"><code>{escape(part)}</code></pre>')
        else:
            blocks += [_block(block) for block in re.split(r"\n\s*\n", part) if block.strip()]
    return "".join(blocks)


def _block(block: str) -> str:
    lines = block.strip("\n").split("\n")
    if all(line.startswith("    ") for line in lines):
        printed = escape("\n".join(line[4:] for line in lines))
        return f'<pre class="printed">{printed}</pre>'
    if all(line.startswith("- ") for line in lines):
        return f"<ul>{''.join(f'<li>{_words(line[2:])}</li>' for line in lines)}</ul>"
    return f"<p>{_words(' '.join(map(str.strip, lines)))}</p>"


def _words(text: str) -> str:
    """A line with its marks; what stands in code is taken as it is."""
    codes: list[str] = []

    def lift(found: re.Match[str]) -> str:
        codes.append(f"<code>{escape(found[1])}</code>")
        return f"\0{len(codes) - 1}\0"

    marked = escape(_CODE.sub(lift, text.replace("\0", "")))
    marked = _LINK.sub(r'<a href="\2.html\3">\1</a>', marked)
    marked = _STRESS.sub(r"<em>\1</em>", _STRONG.sub(r"<strong>\1</strong>", marked))
    return re.sub(r"\0(\d+)\0", lambda found: codes[int(found[1])], marked)
