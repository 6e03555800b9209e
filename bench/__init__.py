"""Measured claims: commands that anyone can run, ours beside a peer in the same run."""
