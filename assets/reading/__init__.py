"""Reads files that strangers made, each in a process of its own with hard limits."""
