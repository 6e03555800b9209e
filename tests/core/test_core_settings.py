import re
from pathlib import Path

import pytest
from child_process import ROOT

from core.errors import SettingsError
from core.settings import PREFIX, Settings, load_settings

MANUAL = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / "given.env"


def fault_of(env_file: Path, line: str) -> str:
    """Return the sentence with which *line* stops the start."""
    env_file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(SettingsError) as stopped:
        load_settings(env_file, environ={})
    return str(stopped.value)


def test_nothing_set_means_embedded_in_the_folder_data() -> None:
    settings = load_settings(environ={})
    assert settings.data_dir == Path("data")
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.database_url is None
    assert settings.zone.key == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("PORT", "0", "greater than or equal to 1"),
        ("PORT", "65536", "less than or equal to 65535"),
        ("PORT", "http", "integer"),
        ("PUBLIC_URL", "pr.example.cn", "http://"),
        ("PUBLIC_URL", "ftp://pr.example.cn", "http://"),
        ("PUBLIC_URL", "http://[::1", "http://"),
        ("PUBLIC_URL", "https://pr.example.cn:http", "http://"),
        ("TIMEZONE", "Beijing", "no such time zone"),
        ("TIMEZONE", "Asia", "no such time zone"),
        ("TIMEZONE", "../../etc/passwd", "no such time zone"),
        ("SAMPLE", "yes", "'on' or 'off'"),
        ("SCORER", "oracle", "snownlp"),
        ("LOG_LEVEL", "LOUD", "'DEBUG', 'INFO'"),
        ("ADMIN_PASSWORD", "short", "10 to 256 characters"),
        ("ALLOW_PRIVATE", "127.0.0.1", "host:port"),
        ("ALLOW_PRIVATE", "127.0.0.1:8080,:80", "':80'"),
        ("ALLOW_PRIVATE", "127.0.0.1:99999", "host:port"),
        ("SMTP_URL", "mail.example.cn:25", "smtp://"),
        ("SMTP_URL", "https://mail.example.cn", "smtp://"),
        ("SMTP_URL", "smtp://", "smtp://"),
        ("SMTP_URL", "smtp://mail.example.cn:port", "smtp://"),
        ("DATABASE_URL", "mysql://me:pw@db/shengyu", "PostgreSQL"),
        ("DATABASE_URL", "sqlite:///data.sqlite", "PostgreSQL"),
        ("ELASTICSEARCH_URL", "es.example.cn:9200", "http://"),
        ("ELASTICSEARCH_URL", "http://elastic:pw@es.example.cn:9200", "no password"),
        ("ELASTICSEARCH_URL", "http://es1.example.cn:9200,", "http://"),
        ("ELASTICSEARCH_PREFIX", "Shengyu*", "small letters"),
        ("S3_ENDPOINT", "s3.example.cn", "http://"),
        ("S3_ENDPOINT", "https://s3.example.cn/bucket", "no path"),
        ("S3_PUBLIC_ENDPOINT", "s3.example.cn", "http://"),
        ("S3_BUCKET", "Our Files", "3 to 63"),
    ],
)
def test_a_wrong_setting_stops_with_its_name_its_fault_and_an_example(
    env_file: Path, name: str, value: str, fault: str
) -> None:
    sentence = fault_of(env_file, f"{PREFIX}{name}={value}")
    assert sentence.startswith(f"{PREFIX}{name}: ")
    assert fault in sentence
    assert "example: " in sentence


def test_several_wrong_settings_are_told_together(env_file: Path) -> None:
    sentence = fault_of(env_file, "SHENGYU_PORT=0\nSHENGYU_SAMPLE=maybe")
    assert [line.partition(":")[0] for line in sentence.splitlines()] == [
        "SHENGYU_PORT",
        "SHENGYU_SAMPLE",
    ]


def test_the_sentence_does_not_show_a_secret(env_file: Path) -> None:
    assert "hunter2" not in fault_of(env_file, "SHENGYU_SMTP_URL=http://me:hunter2@mail")
    assert "hunter2" not in fault_of(env_file, "SHENGYU_ADMIN_PASSWORD=hunter2")


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("DATABASE_URL=postgresql://me:pw@db/shengyu", ["SECRET_KEY"]),
        ("ELASTICSEARCH_URL=http://127.0.0.1:9200", ["SECRET_KEY"]),
        ("S3_ENDPOINT=http://127.0.0.1:9000", ["SECRET_KEY", "S3_ACCESS_KEY", "S3_SECRET_KEY"]),
        ("ELASTICSEARCH_USERNAME=elastic", ["ELASTICSEARCH_PASSWORD"]),
        ("ELASTICSEARCH_PASSWORD=secret", ["ELASTICSEARCH_USERNAME"]),
    ],
)
def test_what_a_server_needs_beside_its_address_is_told_at_once(
    env_file: Path, line: str, missing: list[str]
) -> None:
    told = fault_of(env_file, PREFIX + line).partition(": must be set beside")[0]
    assert told.split(", ") == [PREFIX + name for name in missing]


def test_the_stores_on_servers_are_named(env_file: Path) -> None:
    env_file.write_text(
        "SHENGYU_SECRET_KEY=long-and-random\n"
        "SHENGYU_DATABASE_URL=postgresql://me:pw@db.example.cn/shengyu\n"
        "SHENGYU_ELASTICSEARCH_URL=https://es1.example.cn:9200/, https://es2.example.cn:9200\n",
        encoding="utf-8",
    )
    settings = load_settings(env_file, {})
    assert settings.servers == ("database_url", "elasticsearch_url")
    assert settings.elasticsearch_url == "https://es1.example.cn:9200,https://es2.example.cn:9200"
    assert load_settings(environ={}).servers == ()


def test_a_setting_that_is_set_to_nothing_is_not_set(env_file: Path) -> None:
    env_file.write_text(
        "SHENGYU_PORT=\nSHENGYU_DATABASE_URL=\nSHENGYU_PUBLIC_URL=\n", encoding="utf-8"
    )
    settings = load_settings(env_file, environ={})
    assert (settings.port, settings.database_url, settings.public_url) == (8000, None, None)


def test_the_environment_wins_over_the_env_file(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file.write_text("SHENGYU_PORT=8001\nSHENGYU_HOST=0.0.0.0\n", encoding="utf-8")
    monkeypatch.setenv("SHENGYU_PORT", "8002")
    settings = load_settings(env_file)
    assert (settings.port, settings.host) == (8002, "0.0.0.0")


def test_a_dot_env_beside_the_start_is_read_without_being_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SHENGYU_PORT=8003\n", encoding="utf-8")
    assert load_settings().port == 8003


def test_an_env_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"missing\.env: no such file"):
        load_settings(tmp_path / "missing.env")


def test_an_env_file_that_is_not_utf8_stops_with_a_sentence(env_file: Path) -> None:
    env_file.write_bytes("SHENGYU_CONTACT=声誉\n".encode("gbk"))
    with pytest.raises(SettingsError, match="not UTF-8"):
        load_settings(env_file)


def test_other_programs_variables_are_left_alone(env_file: Path) -> None:
    env_file.write_text("PORT=1\nPATH=/bin\nSHENGYU_FAULT=x\n", encoding="utf-8")
    assert load_settings(env_file).port == 8000


@pytest.mark.parametrize("where", ["environment", "env file"])
def test_a_secret_may_come_from_a_file(env_file: Path, tmp_path: Path, where: str) -> None:
    secret = tmp_path / "password"
    secret.write_text("  correct-horse-battery\n", encoding="utf-8")
    line = f"SHENGYU_ADMIN_PASSWORD_FILE={secret}"
    env_file.write_text(line if where == "env file" else "", encoding="utf-8")
    environ = dict([line.split("=")]) if where == "environment" else {}
    settings = load_settings(env_file, environ)
    assert settings.admin_password is not None
    assert settings.admin_password.get_secret_value() == "correct-horse-battery"


def test_a_secret_of_a_file_wins_over_the_plain_one(env_file: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-the-file", encoding="utf-8")
    env_file.write_text(
        f"SHENGYU_SECRET_KEY=plain\nSHENGYU_SECRET_KEY_FILE={tmp_path / 'key'}\n", encoding="utf-8"
    )
    key = load_settings(env_file, {}).secret_key
    assert key is not None
    assert key.get_secret_value() == "from-the-file"


@pytest.mark.parametrize(
    ("content", "fault"), [(None, "cannot read"), (b" \n", "is empty"), (b"\xff\xfe", "not UTF-8")]
)
def test_a_secret_file_that_holds_no_secret_stops_with_a_sentence(
    env_file: Path, tmp_path: Path, content: bytes | None, fault: str
) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    sentence = fault_of(env_file, f"SHENGYU_SECRET_KEY_FILE={tmp_path / 'key'}")
    assert sentence.startswith("SHENGYU_SECRET_KEY_FILE: ")
    assert fault in sentence
    assert "example: SHENGYU_SECRET_KEY_FILE=/run/secrets/shengyu_secret_key" in sentence


def test_a_wrong_secret_of_a_file_is_told_by_the_settings_name(
    env_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "smtp").write_text("mail.example.cn", encoding="utf-8")
    sentence = fault_of(env_file, f"SHENGYU_SMTP_URL_FILE={tmp_path / 'smtp'}")
    assert sentence.startswith("SHENGYU_SMTP_URL: must start with smtp://")


def test_only_secrets_come_from_files(env_file: Path, tmp_path: Path) -> None:
    (tmp_path / "port").write_text("9000", encoding="utf-8")
    env_file.write_text(f"SHENGYU_PORT_FILE={tmp_path / 'port'}\n", encoding="utf-8")
    assert load_settings(env_file, {}).port == 8000


def test_pairs_of_the_allow_list_are_split_and_trimmed(env_file: Path) -> None:
    env_file.write_text("SHENGYU_ALLOW_PRIVATE= 127.0.0.1:80 ,[::1]:8080,\n", encoding="utf-8")
    assert load_settings(env_file).allow_private == ("127.0.0.1:80", "[::1]:8080")


@pytest.mark.parametrize(
    ("host", "link"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("pr.local", "http://pr.local:8000"),
    ],
)
def test_links_lead_to_an_address_that_a_browser_can_open(host: str, link: str) -> None:
    assert Settings(host=host).base_url == link


def test_links_begin_with_the_public_address_without_its_last_slash() -> None:
    assert Settings(public_url="https://pr.example.cn/").base_url == "https://pr.example.cn"


def documented() -> dict[str, str]:
    """Read the tables of the manual: name → default."""
    rows = re.findall(r"^\| `(SHENGYU_\w+)` \| (.*?) ?\|(.+)\|$", MANUAL, flags=re.M)
    assert all(what.strip() for _, _, what in rows)
    return {name: default.strip("`") for name, default, _ in rows}


def test_the_manual_lists_exactly_the_settings_and_their_defaults() -> None:
    expected = {}
    for name, field in Settings.model_fields.items():
        unset = field.default is None or field.default == ()
        expected[f"{PREFIX}{name.upper()}"] = "" if unset else str(field.default)
    assert documented() == expected


def test_the_manual_marks_exactly_the_secrets() -> None:
    marked = set(re.findall(r"^\| `(SHENGYU_\w+)` \|.*\*Secret\.\*", MANUAL, flags=re.M))
    secrets = {
        f"{PREFIX}{name.upper()}"
        for name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation)
    }
    assert marked == secrets
    assert "_FILE" in MANUAL
