"""Database, search and objects: each one interface with two or more engines."""
