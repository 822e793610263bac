"""Waiting for what a page says of itself, where no locator can say it.

Playwright's own waiting for a function evaluates inside the page from its second look on, which our Content Security Policy
refuses: it works only where the first look already finds it. Here each look is a call of its own.
"""

import time
from collections.abc import Callable


def wait_until(page, expression: str, arg=None, seconds: float = 30) -> None:
    """Looks every 50 ms until the expression or function is true in the page.

    Raises AssertionError with the expression when it is not within the time.
    """
    until = time.monotonic() + seconds
    while not page.evaluate(expression, arg):
        assert time.monotonic() < until, f"not within {seconds:g} s: {expression}"
        page.wait_for_timeout(50)


def wait_for(page, happened: Callable[[], bool], seconds: float = 30) -> None:
    """Lets the page go on until something outside of it has happened. Raises AssertionError when it has not in time."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, f"not within {seconds:g} s"
        page.wait_for_timeout(50)
