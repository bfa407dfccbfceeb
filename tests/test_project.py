"""What the project says of itself in several places agrees."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_version_is_the_newest_of_the_changelog():
    version = Version(tomllib.loads(read("pyproject.toml"))["project"]["version"])
    newest, unreleased = re.search(r"^## ([\d.]+)(, not released yet)?$", read("CHANGELOG.md"), re.MULTILINE).groups()
    assert (version.base_version, version.is_prerelease) == (newest, bool(unreleased))


def test_what_is_locked_is_what_is_required_and_has_its_hashes():
    required = [Requirement(line) for line in read("requirements.txt").splitlines() if line and line[0] != "#"]
    locked: dict[str, list[str]] = {}
    for name, version, rest in re.findall(r"^([\w.-]+)==(\S+)(.*(?:\n    --hash.*)*)", read("requirements.lock"), re.M):
        locked.setdefault(name, []).append(version)
        assert "--hash=sha256:" in rest, name
    for one in required:
        assert all(version in one.specifier for version in locked[one.name]), f"{one}: run make lock"


def test_the_lock_names_no_place_to_fetch_from():
    assert not re.search(r"://|^\s*-(?!-hash)", read("requirements.lock"), re.MULTILINE)


def test_the_server_lets_in_only_what_the_documents_say():
    options = tomllib.loads(read(".streamlit/config.toml"))
    server = options["server"]
    assert server["enableCORS"] and server["enableXsrfProtection"]
    assert f"at most {server['maxUploadSize']} MB" in read("docs/teaching.md").replace("\n", " ")
    assert options["client"]["showErrorDetails"] == "none"  # no visitor sees a traceback
    assert options["browser"]["gatherUsageStats"] is False
