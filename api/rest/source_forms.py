"""The forms in which sources, their visits and trials leave by REST."""

from dataclasses import asdict
from datetime import tzinfo
from typing import Any

from sqlalchemy.orm import Session

from api.pages.source_words import advice
from api.rest.forms import source_form
from core.clock import Clock, isoformat
from crawlers.health import Health, health_of
from crawlers.presets import Preset
from crawlers.trial import Trial
from storage.records.crawling import CrawlRun
from storage.records.watch import Source


def with_health(session: Session, source: Source, clock: Clock, zone: tzinfo) -> dict[str, Any]:
    """Return one source with its health."""
    health = health_of(session, [source], clock.now(), zone)[source.id]
    return source_with(source, health)


def source_with(source: Source, health: Health) -> dict[str, Any]:
    """Return *source* with *health*; spans of time are in seconds."""
    usual = health.usual_gap
    started = source.last_started_at
    return source_form(source) | {
        "host": source.host,
        "last_started_at": isoformat(started) if started else None,
        "health": {
            "state": health.state,
            "reason": health.reason or None,
            "advice": advice(source, health) or None,
            "running": health.running,
            "quiet_s": round(health.quiet_for.total_seconds()),
            "usual_gap_s": round(usual.total_seconds()) if usual else None,
            "latency_s": health.latency_s,
            "new_by_day": list(health.new_by_day),
        },
    }


def run_form(run: CrawlRun) -> dict[str, Any]:
    """Return one visit."""
    return {
        "trace_id": run.trace_id,
        "started_at": isoformat(run.started_at),
        "ended_at": isoformat(run.ended_at) if run.ended_at else None,
        "status": run.status,
        "items": run.items,
        "new": run.new,
        "duplicates": run.duplicates,
        "dropped": run.dropped,
        "pages": run.pages,
        "failed_pages": run.failed_pages,
        "error": run.error,
        "hint": run.hint,
    }


def preset_form(preset: Preset) -> dict[str, Any]:
    """Return a ready-made source; ``{name}`` in it stands for the value of that parameter."""
    return asdict(preset)


def trial_form(trial: Trial) -> dict[str, Any]:
    """Return what a trial found."""
    return {
        "status": trial.status,
        "pages": trial.pages,
        "error": trial.error,
        "hint": trial.hint,
        "complete": trial.complete,
        "items": [
            asdict(item)
            | {"published_at": isoformat(item.published_at) if item.published_at else None}
            for item in trial.items
        ],
    }
