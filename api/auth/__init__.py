"""Accounts: passwords, sessions of the pages, tokens of programs."""
