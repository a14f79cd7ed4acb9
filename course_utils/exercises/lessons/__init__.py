"""The exercises of the course: a file of data a lesson, and Python where a program is needed."""

from .data import lesson

NUMBERS = ("00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14")
LESSONS = {number: lesson(number) for number in NUMBERS}
EXERCISES = {exercise.key: exercise for exercises in LESSONS.values() for exercise in exercises}
