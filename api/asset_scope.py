"""Narrows a request for assets to what a person may know of: totals and facets obey it too."""

from dataclasses import replace
from datetime import date

from api.asset_sight import sight_of, visible_states
from api.auth.identity import SignedIn
from storage.search.assets import AssetRequest


def scope(person: SignedIn, request: AssetRequest, today: date) -> AssetRequest:
    """Return *request* with the limits of *person*; *today* is the workspace's calendar day.

    Whoever may not read drafts sees published assets only, an agency available ones only.
    """
    return replace(
        request,
        visible_states=visible_states(person.role),
        visible_on=today if sight_of(person.role) == "available" else None,
    )
