"""What goes wrong with a local server."""


class Unavailable(Exception):
    """A server cannot be had or started here; the sentence says what to do."""
