import hashlib
import re

from core.ids import Ids, secret_hash


def test_an_id_names_its_kind_and_is_safe_in_an_address() -> None:
    assert re.fullmatch(r"case_[a-z2-7]{16}", Ids().new("case"))


def test_ids_of_one_source_of_randomness_repeat_and_others_do_not() -> None:
    fixed = Ids(lambda count: b"\x07" * count)
    assert fixed.new("case") == fixed.new("case")
    assert len({Ids().new("case") for _ in range(1000)}) == 1000


def test_an_id_draws_eighty_bits_and_a_secret_256() -> None:
    drawn: list[int] = []

    def note(count: int) -> bytes:
        drawn.append(count * 8)
        return bytes(count)

    Ids(note).new("case")
    Ids(note).secret()
    assert drawn == [80, 256]


def test_a_secret_needs_no_escaping_in_an_address() -> None:
    secrets = {Ids().secret() for _ in range(200)}
    assert len(secrets) == 200
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in secrets)


def test_a_secret_is_stored_as_its_sha256() -> None:
    assert secret_hash("声誉") == hashlib.sha256("声誉".encode()).hexdigest()
