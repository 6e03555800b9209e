"""Measures search over mentions: ``python -m bench.search``."""
