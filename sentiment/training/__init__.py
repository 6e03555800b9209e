"""Trains the n-gram engine: ``python -m sentiment.training --data DIR``."""
