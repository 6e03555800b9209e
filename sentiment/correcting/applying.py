"""The workspace's own calibrations over the scores of the engine they were fitted for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sentiment.engines.ngram_model import Calibration
from sentiment.scorer import Score
from storage.records.marks import CalibrationFit

_SMALLEST = 1e-6  # what a probability counts as at the least before its logarithm is taken


@dataclass(frozen=True)
class OwnCalibration:
    """A calibration in use, and the id of its record."""

    id: int
    calibration: Calibration

    def applied(self, score: Score) -> Score:
        """Return *score*, which the engine gave, as this calibration sees it."""
        given = np.array([[score.p_negative, score.p_neutral, score.p_positive]])
        found = self.calibration.probabilities(np.log(given.clip(_SMALLEST)))
        return Score.of(*found[0].tolist())


@dataclass(frozen=True)
class Calibrations:
    """Those in use for one engine: a brand's own first, then its source type's."""

    by_brand: Mapping[str, OwnCalibration] = field(default_factory=dict)
    by_type: Mapping[str, OwnCalibration] = field(default_factory=dict)

    def of(self, brand_id: str | None, source_type: str | None) -> OwnCalibration | None:
        """Return what a score towards *brand_id* (None: of a whole text) is to be shaped by."""
        return self.by_brand.get(brand_id or "") or self.by_type.get(source_type or "")


def calibrations_in_use(session: Session, engine: str) -> Calibrations:
    """Return what was fitted for *engine*, the name and version of ``Scorer.name``, and kept."""
    newest = (
        select(func.max(CalibrationFit.id))
        .where(CalibrationFit.engine == engine)
        .group_by(CalibrationFit.scope, CalibrationFit.key)
    )
    rows = session.scalars(
        select(CalibrationFit).where(CalibrationFit.id.in_(newest), CalibrationFit.in_use)
    )
    found: dict[str, dict[str, OwnCalibration]] = {"brand": {}, "source_type": {}}
    for row in rows:
        found[row.scope][row.key] = OwnCalibration(row.id, parameters_of(row))
    return Calibrations(found["brand"], found["source_type"])


def parameters_of(row: CalibrationFit) -> Calibration:
    """Return the calibration that a record holds."""
    negative, neutral, positive = row.parameters["biases"]
    return Calibration(row.parameters["temperature"], (negative, neutral, positive))


def log_probabilities(p: tuple[float, float, float], shaped_by: Calibration | None) -> list[float]:
    """Return the engine's own logarithms behind *p*, up to a constant: *shaped_by* is undone."""
    logits = np.log(np.clip(np.array(p), _SMALLEST, None))
    if shaped_by is not None:
        logits = (logits - np.array(shaped_by.biases)) * shaped_by.temperature
    return [float(each) for each in logits]
