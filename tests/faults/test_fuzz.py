"""What `make fuzz` says at its end, and that what it was taught speaks of operations that are."""

import re
import tomllib

import pytest

from interactions.api_schema import openapi_document
from tests.faults import fuzz
from tests.faults.fuzz_hooks import HEADERS, before_load_schema


def test_the_table_names_each_operation_the_fewest_cases_first(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz, "SECONDS", "")
    counts = {"GET /b": {"2xx": 400, "4xx": 200}, "GET /a": {"3xx": 500}, "POST /c": {"4xx": 499}}
    assert not fuzz.say_counts(counts)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines[1:4]] == ["/c", "/a", "/b"]
    assert lines[3].split() == ["600", "400", "0", "200", "0", "GET", "/b"]
    assert "3 operations, 2 of them did what they are for" in lines[-1]
    assert "1,599 cases, at least 499 an operation" in lines[-1]
    counts["POST /c"]["2xx"] = 1
    assert fuzz.say_counts(counts)


def test_exceptions_are_made_for_operations_that_there_are() -> None:
    config = tomllib.loads(fuzz.CONFIG.read_text(encoding="utf-8"))
    paths = openapi_document()["paths"]
    ids = {said["operationId"] for methods in paths.values() for said in methods.values()}
    for taught in config["operations"]:
        if pattern := taught.get("include-path-regex"):
            assert any(re.search(pattern, path) for path in paths), pattern
        else:
            assert taught["include-operation-id"] in ids


def test_requests_without_a_body_carry_headers_of_http() -> None:
    document = {
        "paths": {"/a": {"get": {"parameters": [{"name": "q"}]}, "post": {"requestBody": {}}}}
    }
    before_load_schema(None, document)
    names = [one["name"] for one in document["paths"]["/a"]["get"]["parameters"]]
    assert names == ["q", *HEADERS]
    assert document["paths"]["/a"]["post"] == {"requestBody": {}}
