"""Every way by which a site may try to lead a crawl to a private host; none arrives there."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from crawlers_bad_site import MakeJob, Site, serving, serving_kind
from crawlers_odd_site import OddSite

from crawlers.launch import run_crawl

PUBLIC = "public.example"


@pytest.fixture(scope="module")
def odd() -> Iterator[OddSite]:
    """A site that jobs may reach; its ``other`` is the private one that nobody may."""
    with serving_kind(OddSite) as site, serving() as closed:
        site.other = closed
        yield site


@pytest.fixture
def private(odd: OddSite) -> Iterator[Site]:
    """The private site, which must not have been asked when the test is over."""
    assert odd.other is not None
    yield odd.other
    assert odd.other.asked == [], "a private host was reached"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "localhost", "[::ffff:127.0.0.1]"])
def test_a_redirect_does_not_lead_there(
    odd: OddSite, private: Site, make_job: MakeJob, status: int, host: str
) -> None:
    target = quote(f"http://{host}:{private.port}/secret", safe="")
    job = make_job(f"{odd.base}/to/{status}/{target}", allow_private=(odd.pair,))
    report = run_crawl(job)
    assert report.status == "error"
    assert "SHENGYU_ALLOW_PRIVATE" in (report.hint or "")


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "gopher://127.0.0.1:70/_x", "data:text/xml,<rss/>", "ftp://a/"]
)
@pytest.mark.parametrize("how", ["to/302", "meta"])
def test_no_other_scheme_is_followed(
    odd: OddSite, make_job: MakeJob, how: str, target: str
) -> None:
    job = make_job(f"{odd.base}/{how}/{quote(target, safe='')}", allow_private=(odd.pair,))
    report = run_crawl(job)
    assert (report.status, report.items) == ("error", 0)
    assert "root:" not in report.to_json()


@pytest.mark.parametrize(
    ("how", "kind", "rules"),
    [
        ("meta", "feed", {}),
        ("entry", "feed", {"follow": True}),
        ("links", "listing", None),
        ("map", "sitemap", {}),
    ],
)
def test_a_link_does_not_lead_there(
    odd: OddSite,
    private: Site,
    make_job: MakeJob,
    how: str,
    kind: str,
    rules: dict[str, object] | None,
) -> None:
    target = quote(f"{private.base}/page/9", safe="")
    chosen = {} if rules is None else {"rules": rules}
    job = make_job(f"{odd.base}/{how}/{target}", kind=kind, allow_private=(odd.pair,), **chosen)
    report = run_crawl(job)
    assert "public internet" in (report.error or "")


def test_robots_txt_does_not_lead_there(odd: OddSite, private: Site, make_job: MakeJob) -> None:
    odd.robots_answer = lambda: (302, {"Location": f"{private.base}/robots.txt"}, b"")
    try:
        report = run_crawl(make_job(f"{odd.base}/feed", allow_private=(odd.pair,)))
    finally:
        odd.robots_answer = None
    assert report.items == 2, "its rules cannot be had, the site itself can"


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of ``name address…`` lines; a name's lines are used up one look-up after another."""
    file = tmp_path / "names"
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(
        "import socket\nfrom pathlib import Path\n"
        f"FILE = Path({str(file)!r})\n"
        "real = socket.getaddrinfo\n"
        "def look_up(host, port, *more, **named):\n"
        "    lines = FILE.read_text().splitlines()\n"
        "    for line in lines:\n"
        "        name, *addresses = line.split()\n"
        "        if name == host:\n"
        "            rest = [each for each in lines if each is not line]\n"
        "            if any(each.split()[0] == host for each in rest):\n"
        "                FILE.write_text(chr(10).join(rest))\n"
        "            return [(2, 1, 6, '', (address, 0)) for address in addresses]\n"
        "    return real(host, port, *more, **named)\n"
        "socket.getaddrinfo = look_up\n"
    )
    path = os.environ.get("PYTHONPATH")
    joined = os.pathsep.join([str(tmp_path / "site"), *([path] if path else [])])
    monkeypatch.setenv("PYTHONPATH", joined)
    return file


def test_a_name_of_the_public_net_that_leads_inside_is_refused(
    private: Site, make_job: MakeJob, names: Path
) -> None:
    names.write_text(f"{PUBLIC} 127.0.0.1")
    report = run_crawl(make_job(f"http://{PUBLIC}:{private.port}/secret"))
    assert "leads to 127.0.0.1" in (report.error or "")


def test_a_name_is_dialled_where_it_may_lead_alone(
    odd: OddSite, private: Site, make_job: MakeJob, names: Path
) -> None:
    # Both listen on the same port: what is dialled is told by who answers.
    names.write_text(f"{PUBLIC} 127.0.0.2 127.0.0.1")
    url = f"http://{PUBLIC}:{odd.port}/feed"
    report = run_crawl(make_job(url, allow_private=(odd.pair,)))
    assert report.items == 2, "of two addresses the one on the list was dialled"


def test_a_name_that_changes_its_mind_is_dialled_at_the_address_that_was_judged(
    odd: OddSite, private: Site, make_job: MakeJob, names: Path
) -> None:
    names.write_text(f"{PUBLIC} 127.0.0.1\n{PUBLIC} 127.0.0.3\n{PUBLIC} 10.0.0.1")
    url = f"http://{PUBLIC}:{odd.port}/list/1"
    report = run_crawl(make_job(url, kind="listing", allow_private=(odd.pair,)))
    assert report.items == 3
    assert names.read_text().splitlines()[0].split()[1] == "127.0.0.3", "it was looked up once"


def test_behind_a_proxy_private_literals_are_refused_and_the_proxy_is_reached(
    odd: OddSite, private: Site, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", odd.base)
    monkeypatch.setenv("no_proxy", "")
    for host in ("127.0.0.1", "localhost", "0x7f.1", "[::1]"):
        report = run_crawl(make_job(f"http://{host}:{private.port}/secret", allow_private=()))
        assert "SHENGYU_ALLOW_PRIVATE" in (report.hint or "")
    before = len(odd.asked)
    run_crawl(make_job(f"http://{PUBLIC}/feed", allow_private=()))
    assert odd.asked[before:] == [f"http://{PUBLIC}/robots.txt", f"http://{PUBLIC}/feed"]


def test_what_needs_no_proxy_is_judged_as_ever(
    private: Site, make_job: MakeJob, names: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names.write_text(f"{PUBLIC} 127.0.0.1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", PUBLIC)
    report = run_crawl(make_job(f"http://{PUBLIC}:{private.port}/secret"))
    assert "leads to 127.0.0.1" in (report.error or "")
