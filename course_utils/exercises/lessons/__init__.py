"""The exercises of the course: one file, one lesson."""

from . import (
    lesson_00,
    lesson_01,
    lesson_02,
    lesson_03,
    lesson_04,
    lesson_05,
    lesson_06,
    lesson_07,
    lesson_08,
    lesson_09,
    lesson_10,
    lesson_11,
    lesson_12,
    lesson_13,
)

LESSONS = {
    "00": lesson_00.EXERCISES,
    "01": lesson_01.EXERCISES,
    "02": lesson_02.EXERCISES,
    "03": lesson_03.EXERCISES,
    "04": lesson_04.EXERCISES,
    "05": lesson_05.EXERCISES,
    "06": lesson_06.EXERCISES,
    "07": lesson_07.EXERCISES,
    "08": lesson_08.EXERCISES,
    "09": lesson_09.EXERCISES,
    "10": lesson_10.EXERCISES,
    "11": lesson_11.EXERCISES,
    "12": lesson_12.EXERCISES,
    "13": lesson_13.EXERCISES,
}

EXERCISES = {exercise.key: exercise for lesson in LESSONS.values() for exercise in lesson}
