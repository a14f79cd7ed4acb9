"""Train the runs of the diagnosis and store them, with what the curves of each cause show.

    python -m course_utils.networks.diagnosis

The records lie in course_utils/networks/records.
"""

import sys

from .store import write, write_readings


def main(arguments: list[str]) -> None:
    """Make the records, unless one asks what this does."""
    if {"-h", "--help"} & set(arguments):
        print((__doc__ or "").strip())
        return
    write()
    write_readings()


if __name__ == "__main__":
    main(sys.argv[1:])
