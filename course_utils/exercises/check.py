"""What a lesson calls: `check` an answer, ask for a `hint`, see a `solution`, read the `tally`."""

from __future__ import annotations

import difflib
from typing import Any

from .exercise import Exercise
from .feedback import Feedback, Help
from .plain import NotPlain, plain
from .session import SESSION, Tally
from .troubles import OWN_FAULT, own_fault

# Ideas of answers that ran into the end of their time or worse: they are not run a second time.
STOPPED = ("endless", "memory", "crashed", "ended")


def check(key: str, answer: Any = ..., *more: Any, **parts: Any) -> Feedback:
    """Compare an answer with the truth and say what is right, or which idea went wrong.

    Args:
        key: the exercise's name.
        answer: a function, a formula, a number, a dictionary: whatever the exercise asks for.
        *more: further numbers, if several are asked for and nobody put them in brackets.
        **parts: answers by name, for an exercise with several parts.

    Never raises, and comes back within three seconds whatever the answer does; on a machine that
    is busy with other things, ten seconds later at most (`sandbox.LONGEST` in all).
    """
    exercise = _find(key)
    if isinstance(exercise, Feedback):
        return exercise
    answer = parts if parts and answer is ... else (answer, *more) if more else answer
    try:
        answer = plain(answer)
        feedback = exercise.judge(answer)
        printed = exercises()[key]
        other = printed.question != exercise.question and feedback.idea not in STOPPED
        if other and feedback.verdict == "not yet" and printed.judge(answer):
            feedback = _of_the_page(exercise)
    except NotPlain as error:
        feedback = Feedback("not yet", str(error), "unreadable")
    except Exception as error:
        feedback = Feedback("not judged", own_fault(error, sure=True), OWN_FAULT)
    if feedback.idea == OWN_FAULT:
        feedback = Feedback("not judged", feedback.text, OWN_FAULT)
    SESSION.note_check(key, feedback.verdict, feedback.idea)
    return feedback


def hint(key: str) -> Help | Feedback:
    """The next hint: first a question, then a pointer, then a line."""
    exercise = _find(key)
    if isinstance(exercise, Feedback):
        return exercise
    given = SESSION.hints.get(key, 0)
    SESSION.hints[key] = given + 1
    hints = exercise.hints
    if given < len(hints):
        return Help(f"Hint {given + 1} of {len(hints)}.", hints[given])
    return Help("No more hints.", f'The last was: {hints[-1]} `solution("{key}")` shows one way.')


def solution(key: str) -> Help | Feedback:
    """One way to solve the exercise, with the reason."""
    exercise = _find(key)
    return exercise if isinstance(exercise, Feedback) else exercise.show_solution()


def tally() -> Tally:
    """How the predictions and exercises of this session came out."""
    return Tally(SESSION)


def exercises() -> dict[str, Exercise]:
    """All exercises of the course by their names, with the numbers that the lessons print."""
    from .lessons import EXERCISES

    return EXERCISES


def _of_the_page(exercise: Exercise) -> Feedback:
    """What to say to an answer that is right for the numbers of the page."""
    sentence = f"That is right for the numbers on the page. Yours are others: {exercise.question}"
    return exercise.wrong(sentence, "other numbers", reread=None)


def _find(key: str) -> Exercise | Feedback:
    known = exercises()
    if isinstance(key, str) and key in known:
        return known[key].for_learner(SESSION.name)
    if not isinstance(key, str):
        return Feedback("not yet", 'Name the exercise first: check("momentum", my_momentum).')
    close = difflib.get_close_matches(key.lower(), known, 1, 0.5)
    better = f' Did you mean "{close[0]}"?' if close else f" There are: {', '.join(known)}."
    return Feedback("not yet", f'There is no exercise called "{key}".{better}')
