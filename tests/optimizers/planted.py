"""A kernel in whose source one piece is replaced: what the tests must notice."""

import inspect
import textwrap


def with_mistake(function, right, wrong):
    """The function with a piece of its source replaced."""
    source = textwrap.dedent(inspect.getsource(function))
    head, quotes, body = source.rpartition('"""')
    assert quotes and right in body, f"{right!r} is no longer in {function.__name__}"
    body = body.replace(right, wrong, 1)
    namespace = dict(vars(inspect.getmodule(function)))
    exec(f"{head}{quotes}{body}", namespace)
    return namespace[function.__name__]
