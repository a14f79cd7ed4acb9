"""Train the runs of the diagnosis and store them: `python -m course_utils.networks.diagnosis`."""

from .store import write, write_readings

write()
write_readings()
