"""Watchlist matching, scoring, explanation, stories and competitor activity."""
