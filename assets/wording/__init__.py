"""The wording check (广告法): rules as data, findings with their place, waivers with an owner.

It assists review; it is no legal advice, and ``DISCLAIMER`` belongs beside every result.
"""

from assets.wording.checking import DISCLAIMER, Finding, Verdict, check, highlight_spans, verdict
from assets.wording.rules import RuleSet, load_rules
from assets.wording.waivers import Waived, Waiver, apply_waivers

__all__ = [
    "DISCLAIMER",
    "Finding",
    "RuleSet",
    "Verdict",
    "Waived",
    "Waiver",
    "apply_waivers",
    "check",
    "highlight_spans",
    "load_rules",
    "verdict",
]
