"""What was taken from elsewhere is what it says, and fetches nothing from elsewhere."""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
VERSIONS: dict[str, Any] = tomllib.loads((VENDOR / "VERSIONS.toml").read_text())
FILES: list[dict[str, str]] = VERSIONS["file"]


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry["name"])
def test_a_vendored_file_has_the_checksum_that_is_written_down(entry: dict[str, str]) -> None:
    content = (VENDOR / entry["path"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert (VENDOR / entry["licence_file"]).read_text().strip()


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry["name"])
def test_a_vendored_file_names_its_version_itself(entry: dict[str, str]) -> None:
    assert entry["version"] in (VENDOR / entry["path"]).read_text(encoding="utf-8")


def test_no_script_or_style_is_there_unlisted() -> None:
    found = {
        str(path.relative_to(VENDOR))
        for path in VENDOR.rglob("*")
        if path.suffix in {".js", ".css"}
    }
    assert found == {entry["path"] for entry in FILES}


def test_the_styles_fetch_nothing() -> None:
    for path in [VENDOR / "tabler/tabler.min.css", VENDOR.parent / "css/app.css"]:
        css = path.read_text(encoding="utf-8")
        assert "@import" not in css
        assert "@font-face" not in css
        # Pictures inside the file itself are allowed by the content security policy.
        assert [url for url in re.findall(r"url\(\s*[\"']?([^\"')]{0,60})", css)] == [
            url for url in re.findall(r"url\(\s*[\"']?(data:[^\"')]{0,55})", css)
        ]


def test_own_styles_stay_small() -> None:
    assert (VENDOR.parent / "css/app.css").stat().st_size <= 25_000


def test_no_template_carries_anything_inline() -> None:
    for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style", html), path
        assert re.findall(r"<script(?![^>]*\bsrc=)", html) == [], path


def test_fragments_stay_short() -> None:
    for path in (Path(settings.BASE_DIR) / "templates").rglob("_*.html"):
        assert len(path.read_text(encoding="utf-8").splitlines()) < 80, path
