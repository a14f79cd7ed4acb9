"""What is slower or missing in the browser, by lesson: shown on the first page of the site."""

NOTICES: dict[str, str] = {}
