"""Many small cases in one test, which names every case that fails and not the first alone."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest


def each(cases: Mapping[str, tuple], check: Callable[..., Any]) -> None:
    """Call a check with the arguments of every case; fail once, with the names of all that fail."""
    assert cases, "a test without a case shows nothing"
    wrong = []
    for name, arguments in cases.items():
        try:
            check(*arguments)
        except (Exception, pytest.fail.Exception) as problem:
            wrong.append(f"{name}: {type(problem).__name__}: {problem}")
    assert not wrong, f"{len(wrong)} of {len(cases)} cases:\n" + "\n".join(wrong)
