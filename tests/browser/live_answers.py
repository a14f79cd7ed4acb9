"""Answer the exercises of a site by the page's own Python, and compare what it says with ours.

python -m tests.browser.live_answers SITE [--lessons NN ...] [--times]

SITE is a folder that ``course.py site`` wrote. Every exercise is answered with its solution, and
with that of the exercise after it, which is wrong or of another form; what the worker says is
compared with what this Python says. Then an answer that no watchdog can reach is stopped. With
``--times`` one learns how long the checks took. The command ends with 1 if anything differs.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from bs4 import BeautifulSoup
from playwright.sync_api import Page

from course_utils.exercises.headless import checked
from tests.browser.live import page_of
from tests.tools.test_site_answers import typed
from tools.commands import Command
from tools.lite.browser import lonely_chromium, served
from tools.publish.answers import forms
from tools.publish.lesson import Lesson, lessons

HEADLESS = "course_utils.exercises.headless"
CALL = "([name, args, limit]) => coursePython.call('" + HEADLESS + "', name, args, { limit })"
STOPPED = f"(asked) => ({CALL})(asked).catch((error) => error.reason)"
# One call that never comes back to Python's own lines.
BEYOND = "import itertools\nsum(itertools.repeat(0))"
PATIENCE = 600_000


def asked(lesson: Lesson) -> list[tuple[str, dict]]:
    """The exercises of a lesson, each with what somebody types who knows the solution."""
    found = []
    for one in forms(lesson).values():
        for form in BeautifulSoup(one.html, "html.parser").select("[data-kind=exercise]"):
            data = json.loads(form.script.string)
            found.append((data["key"], typed(form, data)))
    return found


def spoiled(answer: dict, other: dict) -> dict:
    """A wrong answer of the same form."""
    if "code" in answer:
        return {**answer, "code": answer["code"].replace("+=", "-=").replace("/", "*")}
    if "parts" in answer:
        return {"parts": dict.fromkeys(answer["parts"], "0.3")}
    return {"text": other.get("text", "1/3")}


def differing(page: Page, lesson: Lesson, times: dict[str, float]) -> int:
    """How many verdicts of a lesson differ; each is printed."""
    every, wrong = asked(lesson), 0
    for place, (key, answer) in enumerate(every):
        page.evaluate(CALL, ["ready", [key], 0])
        for given in (answer, spoiled(answer, every[place - 1][1])):
            begun = time.monotonic()
            there = page.evaluate(CALL, ["checked", [key, given], 0])
            times[key] = max(times.get(key, 0), time.monotonic() - begun)
            here = checked(key, given)
            if there != here:
                wrong += 1
                print(f"  {key}, {given}:\n    page: {there['plain']}\n    here: {here['plain']}")
    print(
        f"Lesson {lesson.number}: {2 * len(every) - wrong} of {2 * len(every)} are the same",
        flush=True,
    )  # noqa: E501
    return wrong


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = Command("python -m tests.browser.live_answers", __doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--lessons", nargs="*", default=[], metavar="NN")
    parser.add_argument("--times", action="store_true")
    chosen = parser.parse_args(argv)
    faults: list[str] = []
    times: dict[str, float] = {}
    with served(chosen.site) as address, lonely_chromium() as browser:
        page = page_of(browser, faults)
        page.set_default_timeout(PATIENCE)
        every = lessons(chosen.lessons)
        first = min(path.name for path in chosen.site.glob("[0-9][0-9]_*.html"))
        page.goto(f"{address}/{first}")
        wrong = sum(differing(page, lesson, times) for lesson in every)
        endless = {"code": BEYOND, "call": "check('momentum', 0)"}
        reason = page.evaluate(STOPPED, ["checked", ["momentum", endless], 3000])
        again = page.evaluate(CALL, ["checked", ["first step", {"text": "w - lr*g"}], 0])
        stopped = reason == "limit" and again["verdict"] == "right"
        print(f"An endless call was {'stopped' if stopped else 'not stopped'}: {reason}")
    if chosen.times:
        for key, taken in sorted(times.items(), key=lambda pair: -pair[1])[:10]:
            print(f"  {taken:.1f} s {key}")
    print(*faults, sep="\n")
    return int(bool(wrong or faults or not stopped))


if __name__ == "__main__":
    sys.exit(main())
