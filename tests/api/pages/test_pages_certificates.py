"""Who let this pass, and is the copy in my hand the one that passed?"""

import hashlib

import httpx
import pytest
from pages_desk import AsRole
from pages_library import PagesLibrary, picture

POSTER = hashlib.sha256(picture("#2f54c8")).hexdigest()
RECALLED = hashlib.sha256(picture("#c2352b")).hexdigest()


@pytest.fixture
def reader(shelf: PagesLibrary, as_role: AsRole) -> httpx.Client:
    return as_role("brand_manager")


def check(client: httpx.Client, sha256: str) -> str:
    return client.get("/certificates/check", params={"sha256": sha256}).text


def test_a_certificate_names_both_reviewers_the_content_and_the_disclaimer(
    shelf: PagesLibrary, reader: httpx.Client
) -> None:
    assert f"/assets/{shelf.poster}/certificate" in reader.get(f"/assets/{shelf.poster}").text
    page = reader.get(f"/assets/{shelf.poster}/certificate").text
    for words in (POSTER, "法务", "合规", "门店海报 冬季", "不构成法律意见"):
        assert words in page
    assert page.count("通过</span>") == 2


def test_what_was_never_approved_has_no_certificate(
    shelf: PagesLibrary, reader: httpx.Client
) -> None:
    assert "审核证明" not in reader.get(f"/assets/{shelf.draft}").text
    assert reader.get(f"/assets/{shelf.draft}/certificate").status_code == 404


def test_a_copy_of_what_was_approved_is_told_to_be_the_same(reader: httpx.Client) -> None:
    page = check(reader, f" {POSTER.upper()} ")
    assert "现在可以使用" in page
    assert "门店海报 冬季" in page


def test_a_recalled_copy_is_told_to_be_out_of_use(reader: httpx.Client) -> None:
    page = check(reader, RECALLED)
    assert "现在不能使用" in page
    assert "已召回" in page


def test_another_file_and_a_wrong_hash_are_told_apart(reader: httpx.Client) -> None:
    assert "没有对得上的已通过版本" in check(reader, "0" * 64)
    wrong = reader.get("/certificates/check", params={"sha256": "<b>123"})
    assert wrong.status_code == 422
    assert "64 个字符" in wrong.text
    assert "<b>123" not in wrong.text


def test_an_agency_learns_that_its_copy_was_recalled_but_not_of_what(
    shelf: PagesLibrary, as_role: AsRole
) -> None:
    agency = as_role("agency")
    page = check(agency, RECALLED)
    assert "已召回" in page
    assert "代言人 棚拍 07" not in page
    assert shelf.recalled not in page
    assert agency.get(f"/assets/{shelf.recalled}/certificate").status_code == 404
