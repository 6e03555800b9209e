"""A real mail server on this machine: plain, with a password, and with TLS."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from alerts.channels.channel import DeliveryFailed
from alerts.channels.choose import make_channel
from alerts.channels.eml import EmlFolder
from alerts.channels.smtp import SmtpAddress, SmtpServer
from core.errors import SettingsError
from core.settings import Settings
from tests.smtp_server import AnyPort


class Inbox:
    """Takes mail; refuses recipients that begin with the code to answer."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address[:3].isdigit():
            return f"{address[:3]} refused"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 taken"


def check_password(_server: Any, _session: Any, _envelope: Any, _how: str, data: Any) -> AuthResult:
    wanted = LoginPassword(b"pr@x", b"a/b:1")
    return AuthResult(success=data == wanted, handled=False)


def letter(to: str = "pr@example.cn") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "新的负面事件", "s@x.cn", to
    message.set_content("刺鼻的味道", cte="base64")
    return message


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


@pytest.fixture
def plain_server() -> Iterator[Controller]:
    yield from start(AnyPort(Inbox(), hostname="127.0.0.1", port=0))


@pytest.fixture
def tls_server(server_tls: ssl.SSLContext) -> Iterator[Controller]:
    yield from start(
        AnyPort(
            Inbox(),
            hostname="127.0.0.1",
            port=0,
            tls_context=server_tls,
            require_starttls=True,
            authenticator=check_password,
            auth_required=True,
        )
    )


def start(controller: Controller) -> Iterator[Controller]:
    controller.start()
    yield controller
    controller.stop()


def test_a_mail_arrives_whole(plain_server: Controller) -> None:
    channel = SmtpServer(SmtpAddress.parse(f"smtp://127.0.0.1:{plain_server.port}"))
    assert channel.send(letter(), "mail_1") == f"smtp://127.0.0.1:{plain_server.port}"
    (envelope,) = plain_server.handler.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == ("s@x.cn", ["pr@example.cn"])


@pytest.mark.parametrize(("code", "permanent"), [("550", True), ("451", False)])
def test_what_the_server_refuses_for_good_is_not_tried_again(
    plain_server: Controller, code: str, permanent: bool
) -> None:
    channel = SmtpServer(SmtpAddress.parse(f"smtp://127.0.0.1:{plain_server.port}"))
    with pytest.raises(DeliveryFailed, match=code) as caught:
        channel.send(letter(f"{code}@example.cn"), "mail_1")
    assert caught.value.permanent is permanent


@pytest.mark.parametrize("password", ["a%2Fb%3A1", "wrong", "%E7%A7%98%E5%AF%86"])
def test_starttls_with_a_password(
    tls_server: Controller, trusting: ssl.SSLContext, password: str
) -> None:
    url = f"smtp+starttls://pr%40x:{password}@127.0.0.1:{tls_server.port}"
    channel = SmtpServer(SmtpAddress.parse(url), context=trusting)
    if password == "a%2Fb%3A1":
        channel.send(letter(), "mail_1")
        assert len(tls_server.handler.mails) == 1
    else:
        with pytest.raises(DeliveryFailed) as caught:
            channel.send(letter(), "mail_1")
        assert not caught.value.permanent, "the password may be mended before the day is over"


def test_a_certificate_that_nobody_vouches_for_is_refused(tls_server: Controller) -> None:
    url = f"smtp+starttls://127.0.0.1:{tls_server.port}"
    with pytest.raises(DeliveryFailed, match="CERTIFICATE_VERIFY_FAILED") as caught:
        SmtpServer(SmtpAddress.parse(url)).send(letter(), "mail_1")
    assert not caught.value.permanent


def test_a_server_without_starttls_gets_no_mail_in_the_clear(
    plain_server: Controller, trusting: ssl.SSLContext
) -> None:
    url = f"smtp+starttls://127.0.0.1:{plain_server.port}"
    with pytest.raises(DeliveryFailed):
        SmtpServer(SmtpAddress.parse(url), context=trusting).send(letter(), "mail_1")
    assert plain_server.handler.mails == []


def test_a_server_that_is_away_is_tried_again(plain_server: Controller) -> None:
    channel = SmtpServer(SmtpAddress.parse("smtp://127.0.0.1:1"))
    with pytest.raises(DeliveryFailed) as caught:
        channel.send(letter(), "mail_1")
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("url", "port"),
    [("smtp://h", 25), ("smtps://h", 465), ("smtp+starttls://h", 587), ("smtps://h:1465", 1465)],
)
def test_each_scheme_has_its_port(url: str, port: int) -> None:
    assert SmtpAddress.parse(url).port == port


def test_a_password_never_shows() -> None:
    address = SmtpAddress.parse("smtps://me:secret@h")
    assert address.password == "secret"
    assert "secret" not in repr(address)


@pytest.mark.parametrize("url", ["http://h", "smtp://", "smtp://h:0", "smtp://h:port"])
def test_a_wrong_address_names_the_setting(url: str) -> None:
    with pytest.raises(SettingsError, match="SHENGYU_SMTP_URL"):
        SmtpAddress.parse(url)


def test_the_settings_choose_the_channel(tmp_path: Path) -> None:
    assert isinstance(make_channel(Settings(), tmp_path), EmlFolder)
    assert isinstance(make_channel(Settings(smtp_url="smtp://h"), tmp_path), SmtpServer)
