"""Ready-made sources: a data file each, with what it needs and how far it was verified."""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, cast
from urllib.parse import quote, urlsplit

from core.errors import InvalidInput, NotFound
from crawlers.job import SourceKind
from crawlers.sources import SourceInput

ParameterType = Literal["text", "id", "site", "secret"]
_LONGEST: Final = 200
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
_SECRET: Final = re.compile(r"[A-Z0-9][A-Z0-9_]{0,63}")
_LONGEST_NAME: Final = 100


@dataclass(frozen=True)
class Parameter:
    """What a person fills in. A *secret* one asks for the name of a secret, never for the secret.

    *type*: text is percent-encoded, id goes as it is, site is the address of a site's root.
    """

    name: str
    label: str
    example: str
    type: ParameterType = "text"

    @property
    def secret(self) -> bool:
        """Whether the value is the name of a secret of sources."""
        return self.type == "secret"


@dataclass(frozen=True)
class Verified:
    """How far somebody made sure that it works; *on* is a day, or None where nothing was tried."""

    how: str
    on: str | None


@dataclass(frozen=True)
class Preset:
    """A source with places for its parameters. All texts are for users."""

    key: str
    name: str
    kind: SourceKind
    description: str
    needs: str
    verified: Verified
    parameters: tuple[Parameter, ...]
    source: dict[str, Any]


@cache
def presets() -> tuple[Preset, ...]:
    """Return all presets, by kind and name."""
    found = [
        _preset(file.name.removesuffix(".json"), json.loads(file.read_text(encoding="utf-8")))
        for file in files("crawlers.presets").iterdir()
        if file.name.endswith(".json")
    ]
    return tuple(sorted(found, key=lambda preset: (preset.kind, preset.key)))


def preset_called(key: str) -> Preset:
    """Return the preset with *key*. Raises ``NotFound`` that lists them."""
    for preset in presets():
        if preset.key == key:
            return preset
    raise NotFound(f"没有预设 {key!r}。现有预设：{'、'.join(each.key for each in presets())}")


def fill(preset: Preset, values: dict[str, str]) -> SourceInput:
    """Return the source that *preset* makes of *values*. Raises ``InvalidInput`` by parameter."""
    unknown = [name for name in values if name not in {each.name for each in preset.parameters}]
    if unknown:
        raise InvalidInput(f"预设 {preset.key} 没有参数 {unknown[0]}。", field=unknown[0])
    given = {each.name: _checked(each, values.get(each.name, "")) for each in preset.parameters}
    written = {each.name: _written(each, given[each.name]) for each in preset.parameters}
    source = dict(preset.source)
    source["name"] = _placed(source["name"], given)[:_LONGEST_NAME]
    source["url"] = _placed(source["url"], written)
    source["rules"] = _placed(source.get("rules", {}), written)
    return SourceInput(**source)


def _checked(parameter: Parameter, value: str) -> str:
    value = value.strip()
    if not value:
        raise InvalidInput(
            f"请填写{parameter.label}，如 {parameter.example}。", field=parameter.name
        )
    if len(value) > _LONGEST or not value.isprintable():
        raise InvalidInput(
            f"{parameter.label}应为 1 到 {_LONGEST} 个看得见的字符。", field=parameter.name
        )
    if not _fits(parameter.type, value):
        raise InvalidInput(
            f"{parameter.label}的写法不对，应如 {parameter.example}。", field=parameter.name
        )
    return value.rstrip("/") if parameter.type == "site" else value


def _fits(kind: ParameterType, value: str) -> bool:
    match kind:
        case "text":
            return True
        case "id":
            return _ID.fullmatch(value) is not None
        case "secret":
            return _SECRET.fullmatch(value) is not None
        case "site":
            return _is_site(value)


def _is_site(value: str) -> bool:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return usable and not (parts.query or parts.fragment or set(value) & set("{}<>\"' "))


def _written(parameter: Parameter, value: str) -> str:
    match parameter.type:
        case "secret":
            return f"secret:{value}"
        case "text":
            return quote(value, safe="")
        case "id" | "site":
            return value


def _placed(part: Any, values: dict[str, str]) -> Any:
    """Put values for ``{name}``; a value's own braces stay what they are."""
    if isinstance(part, dict):
        return {name: _placed(value, values) for name, value in part.items()}
    if isinstance(part, list):
        return [_placed(value, values) for value in part]
    if isinstance(part, str):
        return re.sub(r"\{(\w+)\}", lambda place: values.get(place[1], place[0]), part)
    return part


def _preset(key: str, record: dict[str, Any]) -> Preset:
    return Preset(
        key=key,
        name=record["name"],
        kind=cast("SourceKind", record["source"]["kind"]),
        description=record["description"],
        needs=record["needs"],
        verified=Verified(**record["verified"]),
        parameters=tuple(Parameter(**each) for each in record["parameters"]),
        source=record["source"],
    )
