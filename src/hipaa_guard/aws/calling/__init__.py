"""One call with all its pages, many calls at once: throttling, bounds, and answers checked before they count."""
