"""Elasticsearch's server archive from Maven Central, unpacked into the cache."""

import subprocess
import zipfile
from pathlib import Path
from typing import Final

from . import cache, java
from .errors import Unavailable
from .telling import tell

VERSION: Final = "8.19.9"
#: Every version that the tests are run on, and the oldest Java it takes.
JAVA_OF: Final = {VERSION: 17, "9.2.0": 21}
_PROGRAM: Final = "bin/elasticsearch"
_ARTIFACT: Final = "org.elasticsearch.distribution.integ-test-zip:elasticsearch:{}:zip"
_COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"


def find(version: str = VERSION) -> Path:
    """Return the unpacked archive; raises Unavailable where ``get`` was not run."""
    home = cache.folder() / f"elasticsearch-{version}"
    if not (home / _PROGRAM).exists():
        raise Unavailable(
            f"Elasticsearch {version} is not in {cache.folder()}: scripts/servers get"
        )
    return home


def get(version: str = VERSION) -> Path:
    """Return what ``find`` does, fetched where it is missing."""
    java.get(JAVA_OF[version])
    return cache.kept(f"elasticsearch-{version}", _PROGRAM, lambda made: _fetch(version, made))


def _fetch(version: str, made: Path) -> None:
    mvn = java.maven()
    tell(f"Fetching Elasticsearch {version} (100 MB) from Maven Central …")
    # Beside the folder and not in it, as no project's settings lie there.
    aside = made.parent
    fetched = subprocess.run(
        [
            mvn,
            "--batch-mode",
            "--quiet",
            "--strict-checksums",
            _COPY,
            f"-Dartifact={_ARTIFACT.format(version)}",
            f"-DoutputDirectory={aside}",
        ],
        cwd=aside,
        capture_output=True,
        text=True,
        check=False,
    )
    if fetched.returncode != 0:
        raise Unavailable(
            f"Maven could not fetch Elasticsearch {version}; is repo.maven.apache.org in reach? "
            f"{fetched.stdout.strip()[-800:]}"
        )
    archive = aside / f"elasticsearch-{version}.zip"
    _unpack(archive, made)
    archive.unlink()


def _unpack(archive: Path, made: Path) -> None:
    """Unpack without the archive's first folder, with the rights that it tells."""
    with zipfile.ZipFile(archive) as opened:
        for each in opened.infolist():
            _, _, inside = each.filename.partition("/")
            if inside and not each.is_dir():
                target = made / inside
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(opened.read(each))
                target.chmod(0o755 if (each.external_attr >> 16) & 0o111 else 0o644)
    # The launcher asks for it, though the archive leaves it out when it is empty.
    (made / "plugins").mkdir(exist_ok=True)
