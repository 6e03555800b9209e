"""Hard language to learn from, put together from our own templates and words.

Public sets hold few litotes, comparisons, rhetorical questions and announcements, so the engine
reads such sentences by their nouns. ``templates.json`` holds sentences with slots by phenomenon and
label, ``words.json`` what fills them; each frame of blame has its counterpart of praise, so that
the frame itself teaches nothing and what turns the sentence does.
"""

from sentiment.training.hard_language.rows import NAME, hard_language_set

__all__ = ["NAME", "hard_language_set"]
