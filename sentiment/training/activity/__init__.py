"""Trains the weights behind a competitor's activity: ``python -m sentiment.training.activity``."""
