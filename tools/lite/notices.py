"""What is slower or missing in the browser, by lesson: shown on the first page of the site."""

SLOW = "In a browser it takes more than two minutes to run from the top."
NOTICES: dict[str, str] = {"11": SLOW, "12": SLOW, "13": SLOW}
