"""A bar for long computations that only somebody who watches can see."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sized
from typing import Any, TypeVar

Item = TypeVar("Item")


def progress(items: Iterable[Item], words: str = "") -> Iterator[Item]:
    """The items one by one, with a bar under the cell that grows and is gone at the end.

    The bar appears only where a person sits in front of the notebook. A notebook that is executed
    by a program gets no output from here, so that nothing of it can be committed.

    Args:
        items: what to go through, of known length.
        words: what is being done, said beside the bar.

    Raises:
        TypeError: the length of the items is not known.
    """
    if not isinstance(items, Sized):
        raise TypeError(
            "A progress bar needs to know how many items there are: pass a list or a range."
        )
    return _with_bar(items, words) if watched() else iter(items)


def watched() -> bool:
    """Whether the front end that runs this cell could be asked a question: a person is there."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return bool(getattr(getattr(get_ipython(), "kernel", None), "_allow_stdin", False))


def _with_bar(items: Any, words: str) -> Iterator[Any]:
    from IPython.display import HTML, display

    shown = display(HTML(_bar(0, len(items), words)), display_id=True)
    try:
        for done, item in enumerate(items, 1):
            yield item
            shown.update(HTML(_bar(done, len(items), words)))
    finally:
        shown.update(HTML(""))


def _bar(done: int, total: int, words: str) -> str:
    said = f"{words}: {done} of {total}" if words else f"{done} of {total}"
    label = html.escape(said, quote=True)
    return f'<progress max="{total}" value="{done}" aria-label="{label}"></progress> {label}'
