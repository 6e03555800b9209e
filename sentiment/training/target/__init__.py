"""Trains the net that scores towards a target: ``python -m sentiment.training.target --data DIR``.

It needs JAX: ``pip install 'shengyu[train]'``. Running the engine does not.
"""
