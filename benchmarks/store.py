"""What was measured, as JSON files: one for each part, rounded to what is worth keeping."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PARTS = ("kernels", "descents", "growth", "hand", "course")
HERE = Path(__file__).resolve().parent
FOLDER = HERE / "results"
DIGITS = 4


def write(result: dict[str, Any], folder: Path = FOLDER) -> Path:
    """Keep the result of a part; the file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result['part']}.json"
    path.write_text(text(result) + "\n", "utf-8")
    return path


def read(name: str, folder: Path = FOLDER) -> dict[str, Any] | None:
    """The result of a part, None if it was not measured."""
    path = folder / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def text(result: dict[str, Any]) -> str:
    """JSON with one line for each row of a list, so that a change shows where it is."""
    parts = []
    for key, value in rounded(result).items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in value)
            parts.append(f"{json.dumps(key)}: [\n  {rows}\n ]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n " + ",\n ".join(parts) + "\n}"


def rounded(value: Any) -> Any:
    """The same with four digits in every float."""
    if isinstance(value, dict):
        return {key: rounded(x) for key, x in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(x) for x in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
