"""The description of the API is whole, true and current: every example runs as it stands."""

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema
import msgspec
import pytest
import yaml
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.validation import validate_schema
from rest_framework.exceptions import APIException
from rest_framework.views import APIView

from interactions.api_docs import operations
from interactions.api_schema import openapi_document
from interactions.management.commands.openapi import openapi_text
from interactions.openapi import operation_of
from interactions.problem_kinds import KINDS
from promises.models import KindParameters
from tests.examples_world import examples_world

DOCUMENT = openapi_document()
CODES = {kind.code for kind in KINDS}
PROBLEM = "application/problem+json"
OPERATIONS = [
    (path, method, said)
    for path, methods in DOCUMENT["paths"].items()
    for method, said in methods.items()
]
EXAMPLES = [
    pytest.param(path, method, said, example, id=f"{said['operationId']}-{example['name']}")
    for path, method, said in OPERATIONS
    for example in said.get("x-requests", ())
]
READING = [one for one in EXAMPLES if one.values[1] == "get"]
WRITING = [one for one in EXAMPLES if one.values[1] != "get"]
every_operation = pytest.mark.parametrize(
    ("path", "method", "said"), OPERATIONS, ids=[said["operationId"] for *_, said in OPERATIONS]
)


def views_under(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        place = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views_under(pattern.url_patterns, place)
        elif isinstance(pattern, URLPattern) and place.startswith("api/v1"):
            yield place, pattern.callback


def test_every_route_under_v1_is_described_with_every_method() -> None:
    described = {(path, method) for path, method, _ in OPERATIONS}
    routes = list(views_under(get_resolver().url_patterns))
    assert len(routes) > 15
    for place, callback in routes:
        view = callback.cls
        path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", place)
        for method in ("get", "post", "put", "patch", "delete"):
            if hasattr(view, method):
                assert operation_of(view, method) is not None, (path, method)
                assert (path, method) in described


def test_the_document_is_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    validate_schema(DOCUMENT)
    ids = [said["operationId"] for *_, said in OPERATIONS]
    assert len(set(ids)) == len(ids)


def test_every_schema_is_a_schema_and_every_reference_leads_somewhere() -> None:
    components = DOCUMENT["components"]["schemas"]
    for schema in components.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(DOCUMENT)))
    assert named == set(components)


@every_operation
def test_every_operation_has_an_example_and_its_errors(
    path: str, method: str, said: dict[str, Any]
) -> None:
    assert said["x-requests"]
    assert said["summary"]
    assert {"400", "401", "403", "406", "429", "503"} <= set(said["responses"])
    assert ("404" in said["responses"]) or "{" not in path
    declared = {one["name"] for one in said["parameters"] if one["in"] == "path"}
    assert declared == set(re.findall(r"{(\w+)}", path))


def test_the_copy_in_docs_is_current() -> None:
    committed = (settings.BASE_DIR / "docs" / "openapi.json").read_text(encoding="utf-8")
    assert committed == openapi_text(), (
        "docs/openapi.json is stale: .venv/bin/python manage.py openapi > docs/openapi.json"
    )


def assert_is(schema: dict[str, Any], value: Any) -> None:
    whole = schema | {"components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(
        whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(value)


def send(path: str, method: str, example: dict[str, Any], key: str) -> Any:
    for name, value in example["path"].items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    query = f"?{urlencode(example['query'])}" if example["query"] else ""
    body = example["body"]
    raw = body.encode() if isinstance(body, str) else msgspec.json.encode(body)
    headers = example["headers"] | {"Authorization": f"Bearer {key}"}
    more = {} if body is None else {"data": raw, "content_type": example["media"]}
    return getattr(Client(headers=headers), method)(path + query, **more)


@pytest.fixture
def key(transactional_db: None) -> str:
    """The key of a company that the examples speak of."""
    # They may be there from the migrations, below the sequences that begin anew.
    KindParameters.objects.all().delete()
    return examples_world()


@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_every_example_that_reads_is_answered_as_described(
    key: str, subtests: pytest.Subtests
) -> None:
    for path, method, said, example in (one.values for one in READING):
        with subtests.test(f"{said['operationId']}, {example['name']}"):
            answered_as_described(path, method, said, example, key)


@pytest.mark.django_db(transaction=True, reset_sequences=True)
@pytest.mark.parametrize(("path", "method", "said", "example"), WRITING)
def test_every_example_that_writes_is_answered_as_described(
    key: str, path: str, method: str, said: dict[str, Any], example: dict[str, Any]
) -> None:
    if example["body"] is not None:
        content = said["requestBody"]["content"][example["media"]]
        assert_is(content["schema"], example["body"])
    answered_as_described(path, method, said, example, key)


def answered_as_described(
    path: str, method: str, said: dict[str, Any], example: dict[str, Any], key: str
) -> None:
    answer = send(path, method, example, key)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code == example["status"], body
    described = said["responses"][str(example["status"])].get("content")
    if described is None:
        assert body == b""
        return
    media = answer["Content-Type"].partition(";")[0]
    schema = described[media]["schema"]
    if media == "application/json":
        assert_is(schema, json.loads(body))
    else:
        assert schema == {"type": "string"}
        assert body.decode().count("\n") >= 2


@pytest.mark.django_db
@every_operation
def test_who_has_no_key_is_answered_as_described(
    path: str, method: str, said: dict[str, Any]
) -> None:
    answer = send(path, method, said["x-requests"][0], "nobody's")
    assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM)
    assert_is(said["responses"]["401"]["content"][PROBLEM]["schema"], answer.json())


def subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)


def test_every_problem_that_the_code_can_raise_is_explained() -> None:
    codes = {one.default_code for one in subclasses(APIException)}
    codes |= {"bad_request", "csrf_failed", APIException.default_code}
    assert codes == CODES
    assert len(KINDS) == len(CODES)
    assert all(
        issubclass(view.cls, APIView) for _, view in views_under(get_resolver().url_patterns)
    )


@pytest.mark.django_db
def test_the_schema_is_served_as_json_and_as_yaml(client: Client) -> None:
    assert client.get("/api/schema").json() == DOCUMENT
    answer = client.get("/api/schema", headers={"Accept": "application/yaml"})
    assert answer["Content-Type"] == "application/yaml"
    assert yaml.safe_load(answer.content) == DOCUMENT
    refused = Client(enforce_csrf_checks=True).post("/api/schema")
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD")
    assert refused["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_the_page_has_an_address_for_every_operation_type_and_problem(client: Client) -> None:
    page = client.get("/api/docs").content.decode()
    anchors = re.findall(r' id="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))
    assert {said["operationId"] for *_, said in OPERATIONS} <= set(anchors)
    assert {f"problem-{code}" for code in CODES} <= set(anchors)
    assert {f"type-{name}" for name in DOCUMENT["components"]["schemas"]} <= set(anchors)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(anchors)
    assert "<script>" not in page
    assert " style=" not in page


def test_the_curl_lines_are_one_command_each_and_send_the_example() -> None:
    lines = {
        (page.id, example.name): example.curl
        for _, pages in operations("http://127.0.0.1:8000")
        for page in pages
        for example in page.examples
    }
    assert len(lines) == len(EXAMPLES)
    words = shlex.split(lines["recordEvents", "Both, as a batch"])
    assert words[0] == "curl"
    assert "Authorization: Bearer $KEY" in words
    sent = json.loads(words[words.index("-d") + 1])
    assert [event["id"] for event in sent] == ["e-17", "e-18"]
    assert "-X DELETE" in lines["revoke_key", "a key that leaked"]
    assert "-X" not in shlex.split(lines["readScores", "The company"])
    assert lines["readTeam", "One team"].endswith(
        "'http://127.0.0.1:8000/api/v1/teams/fulfilment?window=28d'"
    )
