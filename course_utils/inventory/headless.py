"""The twelve questions without a notebook: a page of the site keeps the hand-ins itself."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..exercises.markup import as_html
from .hand_in import hand_in
from .record import Unfit, read
from .store import write

KEPT = "Kept in this browser, and nowhere else: save the file below if your teacher asks for it."


def handed_in(
    when: str, answers: Mapping[str, str], nickname: str, earlier: Sequence[str]
) -> dict[str, Any]:
    """Hand in as a lesson does, from a folder that is gone afterwards.

    Args:
        when: "before" or "after".
        answers: a letter for each number.
        nickname: it may be empty.
        earlier: the files of earlier hand-ins, as text.

    Returns:
        What is said, as HTML, and the record of the new file, None if nothing was taken.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for text in earlier:
            try:
                write(read(text.encode()), folder)
            except Unfit:
                continue
        before = set(folder.iterdir())
        reply = hand_in(when, answers, nickname=nickname, folder=folder)
        new = [json.loads(path.read_text("utf-8")) for path in set(folder.iterdir()) - before]
    said = "\n\n".join(reply.paragraphs)
    said = re.sub(rf"Stored in {re.escape(folder.as_posix())}\S*, and nowhere else\.", KEPT, said)
    return {"html": as_html(said), "record": new[0] if new else None}
