"""A reason why a material may not be used now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, get_args

BlockCode = Literal[
    "not_published",
    "recalled",
    "archived",
    "right_expired",
    "right_not_begun",
    "channel_not_licensed",
    "territory_not_licensed",
    "evidence_expired",
]
BLOCK_CODES: Final[tuple[BlockCode, ...]] = get_args(BlockCode)


@dataclass(frozen=True)
class Block:
    """*sentence* says it in Chinese; *until* is the day that decides: the last day on which a
    right or piece of evidence held, or the first on which a right will.

    *values* fill the sentence in other tongues: ``assets.sentences.block_sentence``.
    """

    code: BlockCode
    sentence: str
    until: date | None = None
    values: Mapping[str, str] = field(default_factory=dict)
