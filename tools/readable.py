"""A notebook as text: its cells, what they put out, and a fingerprint in place of each picture.

    python -m tools.readable notebooks/04_momentum.ipynb    print it
    git config diff.notebook.textconv "python3 tools/readable.py"
                                                            let git diff show every lesson so

The standard library alone is used, so that git can call it with any Python.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.commands import Command  # noqa: E402

WIDEST = 160  # letters of a changed line that are shown: a caption, not a table
PICTURE = re.compile(r"<img\b|<svg\b")


def text(notebook: dict) -> str:
    """The whole notebook, cell after cell."""
    parts = []
    for number, cell in enumerate(notebook["cells"], 1):
        tags = " ".join(cell.get("metadata", {}).get("tags", []))
        parts.append(f"--- cell {number}: {cell['cell_type']} {tags}".rstrip())
        parts.append(_joined(cell["source"]))
        parts += [f"  > {line}" for line in put_out(cell)]
    return "\n".join(parts) + "\n"


def put_out(cell: dict) -> list[str]:
    """What a cell puts out, in lines: words as they are, a picture as its fingerprint and size."""
    lines = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if output["output_type"] == "error":
            lines.append(f"{output['ename']}: {output['evalue']}")
        words = output.get("text") or data.get("text/markdown") or data.get("text/plain") or ""
        lines += _joined(words).splitlines()
        for kind, content in sorted(data.items()):
            page = content if isinstance(content, dict) else _joined(content)
            if kind.startswith("image/") or kind == "text/html" and PICTURE.search(page):
                lines.append(f"[picture {_mark(page)}]")
            elif kind not in ("text/plain", "text/markdown", "text/latex"):
                lines.append(f"[{kind} {_mark(page)}]")
    return lines


def changes(before: dict, after: dict) -> Iterator[str]:
    """The captions, pictures and printed lines in which two notebooks differ."""
    old = {cell.get("id"): put_out(cell) for cell in before.get("cells", [])}
    number = 0
    for cell in after["cells"]:
        if cell["cell_type"] != "code":
            continue
        number += 1
        was, now = old.get(cell.get("id"), []), put_out(cell)
        for line in difflib.ndiff(was, now):
            if line[0] in "+-" and line[2:].strip():
                shown = line if len(line) <= WIDEST else line[: WIDEST - 1] + "…"
                yield f"code cell {number}: {shown}"


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _mark(content: str | dict) -> str:
    page = content if isinstance(content, str) else json.dumps(content, sort_keys=True)
    return f"{hashlib.sha256(page.encode()).hexdigest()[:8]}, {len(page) / 1000:.1f} kB"


def main(argv: list[str] | None = None) -> int:
    """Print a notebook; what is none is printed as it lies, so that git can show it, too."""
    parser = Command("python -m tools.readable", __doc__)
    parser.add_argument("notebook", type=Path)
    stored = parser.parse_args(argv).notebook.read_text("utf-8")
    try:
        shown = text(json.loads(stored))
    except (ValueError, KeyError, TypeError):
        shown = stored
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(shown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
