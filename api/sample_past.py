"""Plays the sample's past in a workspace that was just made."""

from datetime import datetime

from sqlalchemy import select

from alerts.actions import Actor
from alerts.channels.eml import EmlFolder
from alerts.mail import CaseMail
from api.sample_library import make_shelf
from api.wiring import Service
from api.worker import make_ingest, pseudonym_key
from assets.sample.bringing import happenings
from core.clock import FixedClock
from crawlers.pseudonym import pseudonym
from crawlers.sample.deeds import script_moments
from crawlers.sample.load import SampleSource, sources
from crawlers.sample.replay import Moment, Stage, past_batches, play
from storage.records.accounts import User
from storage.records.watch import Source


def play_past(service: Service, clock: FixedClock, started_at: datetime) -> None:
    """Replay the two weeks before *started_at* (aware); *clock* is the service's own."""
    stage = _stage(service, clock)
    settings = service.settings
    base_url = f"http://{settings.loopback}:{settings.port}"
    batches = past_batches(stage, _by_platform(service, base_url), started_at, base_url)
    deeds = script_moments(stage, _people(service), started_at)
    library = [
        Moment(*happening) for happening in happenings(make_shelf(service, started_at), clock)
    ]
    play(stage, [*library, *batches, *deeds], until=started_at)


def _stage(service: Service, clock: FixedClock) -> Stage:
    settings, key = service.settings, pseudonym_key(service)
    render = CaseMail(
        base_url=settings.base_url,
        zone=service.zone,
        secret=service.secret,
        mail_from=settings.mail_from,
        clock=clock,
    )
    return Stage(
        records=service.records,
        spool=service.spool,
        ingest=make_ingest(service),
        clock=clock,
        ids=service.ids,
        # Mails of the past never leave the machine, whatever server is set.
        channel=EmlFolder(service.workspace.mail),
        render=render,
        mask=lambda author: pseudonym(author, key),
        message_host=service.message_host,
    )


def _by_platform(service: Service, base_url: str) -> dict[str, tuple[str, SampleSource]]:
    known = {source.name: source for source in sources(base_url)}
    with service.records.read() as session:
        stored = session.scalars(select(Source)).all()
    return {row.platform: (row.id, known[row.name]) for row in stored}


def _people(service: Service) -> dict[str, Actor]:
    with service.records.read() as session:
        users = session.scalars(select(User).where(User.is_sample)).all()
    return {user.username: Actor(user.id, user.display_name) for user in users}
