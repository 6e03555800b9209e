"""The compose file: right by the schema of Compose, and as closed as it says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from core.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
OURS = ("web", "worker")
SERVERS = ("postgres", "elasticsearch", "minio")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_the_file_follows_the_schema_of_compose(compose: dict[str, Any]) -> None:
    schema = json.loads((Path(__file__).with_name("compose-spec.json")).read_text("utf-8"))
    assert [fault.message for fault in Draft202012Validator(schema).iter_errors(compose)] == []


def test_the_schema_refuses_a_wrong_file(compose: dict[str, Any]) -> None:
    schema = json.loads((Path(__file__).with_name("compose-spec.json")).read_text("utf-8"))
    compose = json.loads(json.dumps(compose))
    compose["services"]["web"]["portz"] = ["8000"]
    assert list(Draft202012Validator(schema).iter_errors(compose))


def test_everything_the_issue_of_production_names_is_there(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*OURS, "mail", *SERVERS}


@pytest.mark.parametrize("name", OURS)
def test_our_processes_can_write_their_volumes_only(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert {each.partition(":")[2] for each in service["volumes"]} == {"/data", "/scratch"}


def test_nothing_listens_beyond_this_machine(compose: dict[str, Any]) -> None:
    published = [
        port for service in compose["services"].values() for port in service.get("ports", ())
    ]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_one_the_service_knows(compose: dict[str, Any], name: str) -> None:
    given = compose["services"][name]["environment"]
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    assert set(given) <= known


def test_no_secret_stands_in_the_file(compose: dict[str, Any]) -> None:
    secret = re.compile("PASSWORD|SECRET|KEY")
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if secret.search(name):
                assert re.fullmatch(r"\$\{\w+:-\}", value), name


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_runs_without_rights_keeps_its_data_and_tells_its_health(
    compose: dict[str, Any], name: str
) -> None:
    service = compose["services"][name]
    build = service.get("build", {}).get("dockerfile_inline", "")
    assert re.search(r"^USER \d+:\d+$", build, re.MULTILINE) or service["user"] != "0"
    assert service["cap_drop"] == ["ALL"]
    assert service["healthcheck"]["test"]
    kept = [volume.partition(":")[0] for volume in service["volumes"]]
    assert kept
    assert set(kept) <= set(compose["volumes"])


@pytest.mark.parametrize("name", OURS)
def test_our_processes_wait_for_servers_only_where_they_are_started(
    compose: dict[str, Any], name: str
) -> None:
    waits = compose["services"][name]["depends_on"]
    for server in SERVERS:
        assert waits[server] == {"condition": "service_healthy", "required": False}
        assert compose["services"][server]["profiles"] == ["servers"]


def test_the_example_sets_what_the_servers_and_our_processes_need(compose: dict[str, Any]) -> None:
    """With its marks taken away and its secrets filled in, the settings are whole."""
    text = (ROOT / ".env.example").read_text("utf-8")
    given = dict(re.findall(r"^#?([A-Z0-9_]+)=(.*)$", text, re.MULTILINE))
    asked = set()
    for name in SERVERS:
        for value in compose["services"][name]["environment"].values():
            asked |= set(re.findall(r"\$\{(\w+):-\}", value))
    assert asked <= set(given)
    filled = {name: value or "a-secret-of-yours" for name, value in given.items()}
    values = {
        name.removeprefix(PREFIX).lower(): re.sub(r"\$\{(\w+)\}", lambda m: filled[m[1]], value)
        for name, value in filled.items()
        if name.startswith(PREFIX)
    }
    assert len(Settings(**values).servers) == 3


def test_every_image_has_a_version(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert re.search(r":(?!latest).+$", service["image"])
