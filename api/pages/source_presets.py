"""Ready-made sources to choose from, and the few values that one asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.pages.i18n import _
from api.pages.parts import Chip
from api.pages.source_words import kind_name
from core.errors import InvalidInput
from crawlers.presets import Parameter, Preset, fill, preset_called, presets
from crawlers.sources import SourceInput

_PREFIX = "p_"
_LONGEST = 400


@dataclass(frozen=True)
class PresetCard:
    """A preset with what it needs and how far it was verified."""

    key: str
    name: str
    kind: str
    description: str
    needs: str
    chip: Chip
    verified: str


@dataclass(frozen=True)
class AskedPreset:
    """The values that a preset asks for; *made* is the source that they make, if they do."""

    card: PresetCard
    parameters: tuple[Parameter, ...]
    made: SourceInput | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def preset_cards() -> tuple[PresetCard, ...]:
    """Return all presets, those that somebody checked first."""
    ordered = sorted(presets(), key=lambda preset: preset.verified.on is None)
    return tuple(_card(preset) for preset in ordered)


def read_preset(key: str, query: Mapping[str, str]) -> AskedPreset:
    """Read what was filled in; a first look has no faults. Raises ``NotFound`` for no preset."""
    preset = preset_called(key)
    asked = AskedPreset(_card(preset), preset.parameters)
    values = {
        each.name: query[_PREFIX + each.name][:_LONGEST]
        for each in preset.parameters
        if _PREFIX + each.name in query
    }
    if preset.parameters and not values:
        return asked
    try:
        return AskedPreset(asked.card, preset.parameters, fill(preset, values), values)
    except InvalidInput as error:
        wrong = {error.field or preset.parameters[0].name: str(error)}
        return AskedPreset(asked.card, preset.parameters, None, values, wrong)


def _card(preset: Preset) -> PresetCard:
    on = preset.verified.on
    chip = Chip(_("%(day)s 核对过", day=on) if on else _("没有核对过"))
    return PresetCard(
        preset.key,
        preset.name,
        kind_name(preset.kind),
        preset.description,
        preset.needs,
        chip,
        preset.verified.how,
    )
