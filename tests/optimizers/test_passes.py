"""How often a step passes over its arrays, and how much it moves at least."""

from collections import Counter

from course_utils.optimizers import (
    ADAM,
    GRADIENT_DESCENT,
    RULES,
    SIGN_DESCENT,
    least_moved,
    passes,
)


def test_passes_and_what_they_move_are_counted():
    assert passes(GRADIENT_DESCENT) == [("multiply", 1, 1), ("subtract", 2, 1)]
    assert [each.operation for each in passes(SIGN_DESCENT)] == ["sign", "multiply", "subtract"]
    adam = passes(ADAM)
    assert Counter(each.operation for each in adam) == {
        "multiply": 5, "add": 3, "divide": 3, "square": 1, "sqrt": 1, "subtract": 1,
    }  # fmt: skip
    # By hand: the averages 7 and 9, both corrections and the rate 6, root and eps 4, quotient and
    # difference 6.
    assert sum(each.read + each.written for each in adam) == 7 + 9 + 6 + 4 + 6
    assert (least_moved(GRADIENT_DESCENT), least_moved(ADAM)) == (3, 7)
    for rule in RULES:
        assert sum(each.read + each.written for each in passes(rule)) >= least_moved(rule)
