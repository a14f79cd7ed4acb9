"""What holds for all tests, those of the notebooks included."""

import os

# A lesson that is tested neither shows what somebody predicted in its folder nor keeps anything.
os.environ["COURSE_PROGRESS"] = "off"
