"""SnowNLP and our sentiment engines side by side: ``python -m bench.sentiment --data DIR``."""
