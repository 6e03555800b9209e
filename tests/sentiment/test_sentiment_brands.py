from collections.abc import Callable

import pytest
from sqlalchemy import select

from api.wiring import Service
from core.errors import Conflict, InvalidInput, NotFound
from sentiment.brands import (
    BrandInput,
    add_brand,
    archive_brand,
    edit_brand,
    restore_brand,
)
from storage.records.accounts import AuditEvent
from storage.records.watch import Brand

Watch = Callable[..., Brand]


def edit(service: Service, brand: Brand, given: BrandInput, version: int | None = None) -> Brand:
    with service.records.write() as session:
        at = brand.version if version is None else version
        return edit_brand(session, brand.id, at, given, "林岚", service.clock)


def stored(service: Service, brand: Brand) -> Brand:
    with service.records.read() as session:
        return session.get_one(Brand, brand.id)


def trail(service: Service, brand: Brand) -> list[tuple[str, str]]:
    with service.records.read() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id))
        return [(row.actor, row.action) for row in rows if row.record_id == brand.id]


def test_a_brand_is_kept_as_it_was_given(service: Service, watch: Watch) -> None:
    brand = watch(
        "星澜科技",
        "competitor",
        aliases=["星澜"],
        products=["S3 净化器"],
        people=["王澜"],
        exclude=["星澜小区"],
        context=["净化器"],
    )
    kept = stored(service, brand)
    assert (kept.name, kept.role, kept.version) == ("星澜科技", "competitor", 1)
    assert (kept.aliases, kept.products, kept.people) == (["星澜"], ["S3 净化器"], ["王澜"])
    assert (kept.exclude, kept.context) == (["星澜小区"], ["净化器"])
    assert kept.created_at == service.clock.now()
    assert kept.archived_at is None


def test_words_are_trimmed_and_repeats_and_blanks_left_out(service: Service, watch: Watch) -> None:
    brand = watch("  星澜 ", aliases=[" 澜 ", "", "澜", "  ", "星"])
    assert (brand.name, brand.aliases) == ("星澜", ["澜", "星"])


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "  "}, "name"),
        ({"name": "很" * 101}, "name"),
        ({"name": "星澜", "role": "friend"}, "role"),
        ({"name": "星澜", "aliases": ["长" * 101]}, "aliases"),
        ({"name": "星澜", "context": [f"词{n}" for n in range(501)]}, "context"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_field(
    watch: Watch, fields: dict[str, object], wrong: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        watch(**fields)
    assert refused.value.field == wrong


def test_a_name_that_is_taken_is_refused_even_if_archived(service: Service, watch: Watch) -> None:
    brand = watch("星澜")
    with pytest.raises(InvalidInput, match="已有名为“星澜”的品牌"):
        watch(" 星澜 ")
    with service.records.write() as session:
        archive_brand(session, brand.id, brand.version, "admin", service.clock)
    with pytest.raises(InvalidInput):
        watch("星澜")


def test_editing_replaces_every_field_and_counts_the_version_up(
    service: Service, watch: Watch
) -> None:
    brand = watch("星澜", aliases=["澜"])
    edit(service, brand, BrandInput("星澜科技", "own", products=["S3"]))
    kept = stored(service, brand)
    assert (kept.name, kept.aliases, kept.products, kept.version) == ("星澜科技", [], ["S3"], 2)


def test_a_brand_may_keep_its_own_name_but_not_take_anothers(
    service: Service, watch: Watch
) -> None:
    brand, _other = watch("星澜"), watch("远山")
    edit(service, brand, BrandInput("星澜", "own", aliases=["澜"]))
    with pytest.raises(InvalidInput) as refused:
        edit(service, brand, BrandInput("远山"), version=2)
    assert refused.value.field == "name"
    assert stored(service, brand).name == "星澜"


def test_who_read_an_older_version_does_not_overwrite_a_newer(
    service: Service, watch: Watch
) -> None:
    brand = watch("星澜")
    edit(service, brand, BrandInput("星澜甲"))
    with pytest.raises(Conflict):
        edit(service, brand, BrandInput("星澜乙"), version=1)
    assert stored(service, brand).name == "星澜甲"


def test_a_retired_brand_is_no_longer_watched_and_can_be_restored(
    service: Service, watch: Watch
) -> None:
    brand = watch("星澜")
    assert service.watchlist().match("星澜很好")
    with service.records.write() as session:
        archive_brand(session, brand.id, 1, "林岚", service.clock)
    assert service.brands() == []
    assert service.watchlist().match("星澜很好") == []
    with service.records.write() as session:
        restore_brand(session, brand.id, 2, "林岚", service.clock)
    assert service.watchlist().match("星澜很好")
    assert trail(service, brand) == [("admin", "add"), ("林岚", "archive"), ("林岚", "restore")]


def test_a_changed_brand_matches_by_its_new_words_at_once(service: Service, watch: Watch) -> None:
    brand = watch("星澜科技")
    assert service.watchlist().match("远山差评") == []
    edit(service, brand, BrandInput("星澜科技", aliases=["远山"]))
    assert service.watchlist().match("远山差评")


def test_swapping_a_watched_brand_for_a_retired_one_is_seen(service: Service, watch: Watch) -> None:
    first, second = watch("星澜"), watch("远山")
    edit(service, first, BrandInput("星澜", aliases=["澜"]), version=1)
    edit(service, first, BrandInput("星澜"), version=2)
    with service.records.write() as session:
        archive_brand(session, second.id, 1, "admin", service.clock)
    assert service.watchlist().match("星澜")
    with service.records.write() as session:
        archive_brand(session, first.id, 3, "admin", service.clock)
        restore_brand(session, second.id, 2, "admin", service.clock)
    assert [each.brand.name for each in service.watchlist().match("星澜和远山")] == ["远山"]


@pytest.mark.parametrize("change", [archive_brand, restore_brand])
def test_a_brand_that_is_not_there_is_not_found(service: Service, change: Callable) -> None:  # type: ignore[type-arg]
    with pytest.raises(NotFound), service.records.write() as session:
        change(session, "brand_none", 1, "admin", service.clock)


def test_own_brands_come_first(service: Service, watch: Watch) -> None:
    for name, role in (("政策", "industry"), ("远山", "competitor"), ("星澜", "own")):
        watch(name, role)
    assert [brand.name for brand in service.brands()] == ["星澜", "远山", "政策"]


def test_a_refused_brand_leaves_nothing_behind(service: Service) -> None:
    with pytest.raises(InvalidInput), service.records.write() as session:
        add_brand(session, BrandInput(""), "admin", service.clock, service.ids)
    assert service.brands() == []
