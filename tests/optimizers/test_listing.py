"""A kernel on the page is the kernel that runs, and a change to it is the change."""

import inspect

import pytest

from course_utils.optimizers import (
    RULES,
    averaged_momentum,
    gradient_descent,
    momentum,
    show_kernel,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_listing_is_the_source_without_its_docstring(rule):
    source, shown = inspect.getsource(rule.kernel), show_kernel(rule.kernel).code
    head, docstring, body = source.split('"""')
    assert docstring == rule.kernel.__doc__
    assert shown == head.rstrip() + body.rstrip()


def test_what_a_rule_adds_has_a_plus_and_what_it_drops_a_minus():
    change = show_kernel(averaged_momentum, since=momentum)
    lines = change.code.splitlines()
    assert "+     v += (1 - beta) * g" in lines and "-     v -= lr * g" in lines
    assert "      v *= beta" in lines and not any(line.startswith("?") for line in lines)
    assert change._repr_markdown_() == f"```diff\n{change.code}\n```"
    assert show_kernel(gradient_descent)._repr_markdown_().startswith("```python\ndef ")
