"""Makes what the mentions' indices need, and says where the server differs from it."""

from typing import Any, Final

from core.errors import StorageError
from storage.search.elastic.connection import Connection, segment
from storage.search.elastic.layout import MAPPINGS, VERSION, Layout
from storage.search.elastic.months import ALL_COPIES

_OLDEST: Final = (8, 19)


def prepare(connection: Connection, layout: Layout) -> None:
    """Make template and ids' index unless they are there; processes may do so at once.

    Raises ``StorageError`` for a server that is too old or that a newer version of this service
    has written.
    """
    _check_version(connection)
    stored = _template(connection, layout)
    newest = max(stored.get("version", 0), *_versions(connection, layout), 0)
    if newest > VERSION:
        raise StorageError(
            f"The indices {layout.mentions} were written by a newer version of this service "
            f"(format {newest}; this one knows {VERSION}). Install the newer version again."
        )
    if stored != layout.template:
        connection.send("PUT", _template_path(layout), layout.template)
    ids = f"/{segment(layout.ids)}"
    if connection.send("HEAD", ids, allowed=(404,)).status == 404:
        made = connection.send("PUT", ids, layout.id_index, params=ALL_COPIES, allowed=(400,))
        if made.status == 400 and made.body["error"]["type"] != "resource_already_exists_exception":
            raise StorageError(f"The index {layout.ids} cannot be made: {made.body['error']}")


def differences(connection: Connection, layout: Layout) -> list[str]:
    """Return a sentence for everything stored that is not as this version wants it."""
    found: list[str] = []
    stored = _template(connection, layout)
    if stored != layout.template:
        what = "is missing" if not stored else "differs"
        found.append(f"The index template {layout.mentions} {what}. Start the service again.")
    for index, mappings in sorted(mappings_of(connection, layout.mentions).items()):
        if mappings != MAPPINGS:
            fields = ", ".join(_different(mappings, MAPPINGS))
            found.append(f"The index {index} differs in {fields}. Run `shengyu reindex`.")
    if not mappings_of(connection, layout.ids):
        found.append(f"The index {layout.ids} is missing. Run `shengyu reindex`.")
    return found


def mappings_of(connection: Connection, name: str) -> dict[str, Any]:
    """Return index → mappings of everything behind *name*."""
    found = connection.send("GET", f"/{segment(name)}/_mapping", allowed=(404,))
    if found.status == 404:
        return {}
    return {index: each["mappings"] for index, each in found.body.items()}


def _versions(connection: Connection, layout: Layout) -> list[int]:
    """Return the versions of all indices' fields."""
    found = mappings_of(connection, layout.mentions).values()
    return [each.get("_meta", {}).get("version", 0) for each in found]


def _template(connection: Connection, layout: Layout) -> dict[str, Any]:
    found = connection.send(
        "GET", _template_path(layout), params={"flat_settings": "true"}, allowed=(404,)
    )
    if found.status == 404:
        return {}
    (stored,) = found.body["index_templates"]
    template: dict[str, Any] = stored["index_template"]
    # Newer servers add what we never set.
    return {name: template[name] for name in layout.template if name in template}


def _template_path(layout: Layout) -> str:
    return f"/_index_template/{segment(layout.mentions)}"


def _check_version(connection: Connection) -> None:
    found = connection.send(
        "GET",
        "/_nodes/_all/http",
        params={"filter_path": "nodes.*.version"},
        # Some managed servers do not tell, and are new.
        allowed=(400, 403, 404, 410),
    )
    if found.status != 200:
        return
    for node in found.body.get("nodes", {}).values():
        major, minor, *_ = (int(part) for part in node["version"].split("-")[0].split("."))
        if (major, minor) < _OLDEST:
            raise StorageError(
                f"A node runs Elasticsearch {node['version']}. Version 8.19 or newer is needed."
            )


def _different(stored: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    parts = {**stored, **stored.get("properties", {})}, {**wanted, **wanted["properties"]}
    names = (parts[0].keys() | parts[1].keys()) - {"properties"}
    return sorted(name for name in names if parts[0].get(name) != parts[1].get(name))
