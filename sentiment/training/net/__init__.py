"""Trains the net behind the n-gram engine: ``python -m sentiment.training.net --data DIR``.

It needs JAX: ``pip install 'shengyu[train]'``. Running the engine does not.
"""
