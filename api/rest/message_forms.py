"""The forms in which messages, proposals and uses leave by REST."""

from typing import Any

from alerts.answers import Proposal
from alerts.uses import Use
from api.rest.asset_forms import asset_form
from assets.message_body import MessageBody
from assets.row_shapes import AssetRow
from core.clock import isoformat


def message_form(row: AssetRow, body: MessageBody, uses: int | None) -> dict[str, Any]:
    """Return a message: an asset with the body of the version told of, and how often it served."""
    return asset_form(row) | {
        "version_id": row.version_id,
        "newest_version": row.newest,
        "body": body.model_dump(mode="json"),
        "uses": uses,
    }


def proposal_form(found: Proposal) -> dict[str, Any]:
    """Return a message that fits a case; *score* only orders."""
    return {
        "asset_id": found.row.id,
        "version_id": found.version_id,
        "number": found.number,
        "title": found.row.title,
        "scenario": found.scenario,
        "why": list(found.why),
        "score": round(found.score, 4),
        "statement": found.statement,
        "variants": [variant.model_dump() for variant in found.variants],
        "do_not_say": list(found.do_not_say),
        "steps": list(found.body.steps),
        "contacts": [contact.model_dump() for contact in found.body.contacts],
    }


def use_form(use: Use) -> dict[str, Any]:
    """Return one use of a message in a case, with the text that was copied."""
    return {
        "id": use.id,
        "case_id": use.case_id,
        "asset_id": use.asset_id,
        "title": use.title,
        "version_id": use.version_id,
        "number": use.number,
        "variant": use.variant,
        "text": use.text,
        "place": use.place,
        "user": use.user,
        "at": isoformat(use.at),
    }
