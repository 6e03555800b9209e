"""Which open case tells what a text tells. It runs under the write lock, so it reads little.

The signatures of all open cases are compared at once; a case's text is only read where one of the
two texts may be an excerpt of the other.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from alerts.states import ACTIVE
from sentiment.stories import (
    LONGER_RATIO,
    SAME_CONTAINMENT,
    SAME_JACCARD,
    SHORTEST_EXCERPT,
    containment,
    normal_form,
    signature,
)
from storage.records.cases import Case

# The most texts that one mention is compared with.
_MOST_TEXTS = 50


def like_case(session: Session, brand_id: str, text: str) -> str | None:
    """Return the id of the open case of *brand_id* that tells what *text* tells, or None.

    Of several it is the one that was opened first. The rule is ``sentiment.stories.same_story``,
    but excerpts are looked for only in the 50 newest cases whose length allows one. The rows of
    all open cases stay locked until the commit, where the database locks rows.
    """
    cases = session.execute(
        select(Case.id, Case.opened_at, Case.signature)
        .where(Case.brand_id == brand_id, Case.state.in_(ACTIVE))
        .order_by(Case.opened_at, Case.id)
        .with_for_update()
    ).all()
    if not cases:
        return None
    like = _similar(signature(text), [case.signature for case in cases])
    nearest = cases[int(like.argmax())] if like.any() else None
    if nearest is cases[0]:
        return str(nearest.id)
    until = nearest.opened_at if nearest else cases[-1].opened_at
    excerpts = _excerpts(session, brand_id, text, until)
    return next(
        (str(case.id) for case in cases if case is nearest or case.id in excerpts),
        None,
    )


def _similar(sig: bytes, others: Sequence[bytes]) -> NDArray[np.bool_]:
    """Say of each of *others* whether it estimates a Jaccard similarity of .5 or more."""
    table = np.frombuffer(b"".join(others), dtype="<u4").reshape(len(others), -1)
    alike = np.mean(table == np.frombuffer(sig, dtype="<u4"), axis=1) >= SAME_JACCARD
    return np.asarray(alike, dtype=np.bool_)


def _excerpts(session: Session, brand_id: str, text: str, until: datetime) -> set[str]:
    """Return the cases opened up to *until* that quote *text* or that it quotes."""
    length = len(normal_form(text))
    if length < SHORTEST_EXCERPT:
        return set()
    found = session.execute(
        select(Case.id, Case.text)
        .where(
            Case.brand_id == brand_id,
            Case.state.in_(ACTIVE),
            Case.opened_at <= until,
            Case.normal_length >= SHORTEST_EXCERPT,
            or_(
                Case.normal_length >= length * LONGER_RATIO,
                Case.normal_length * LONGER_RATIO <= length,
            ),
        )
        .order_by(Case.detected_at.desc(), Case.id)
        .limit(_MOST_TEXTS)
    )
    return {case_id for case_id, other in found if containment(text, other) >= SAME_CONTAINMENT}
