"""`/api/docs`: the schema as a page to read, made on the server: it needs no script."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from interactions.api_schema import openapi_document
from interactions.problem_kinds import KINDS, ProblemKind
from interactions.problems import only_read
from interactions.selectors import viewer_for

Schema = Mapping[str, Any]
_LIMITS = {
    "minimum": "from {}",
    "maximum": "to {}",
    "exclusiveMinimum": "above {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "maxItems": "at most {} items",
}


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field or parameter: `where` is empty for fields."""

    name: str
    where: str
    kind: SafeString
    required: bool
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A body of a request or answer: its media type (or status) and its type."""

    name: str
    kind: SafeString
    meaning: str


@dataclass(frozen=True, slots=True)
class ExampleText:
    """A request that works as it stands."""

    name: str
    curl: str


@dataclass(frozen=True, slots=True)
class OperationPage:
    """One operation."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    tag: str
    scope: str
    parameters: tuple[FieldLine, ...]
    bodies: tuple[BodyLine, ...]
    answers: tuple[BodyLine, ...]
    problems: tuple[BodyLine, ...]
    examples: tuple[ExampleText, ...]


@dataclass(frozen=True, slots=True)
class TypePage:
    """One type of a body, with its fields."""

    name: str
    meaning: str
    fields: tuple[FieldLine, ...]
    kind: SafeString


@only_read
@login_not_required
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation, type and problem, with addresses of their own."""
    address = request.build_absolute_uri("/").rstrip("/")
    body = _body(address, get_language() or "")
    return render(
        request,
        "interactions/api_docs.html",
        {"viewer": viewer_for(request.user), "body": body, "address": address},
    )


@lru_cache(maxsize=8)
def _body(address: str, _language: str) -> SafeString:
    """What is the same for everybody: a process makes it once."""
    context = {"groups": operations(address), "types": types(), "problems": problems()}
    return render_to_string("interactions/_docs_body.html", context)


@lru_cache(maxsize=8)
def operations(address: str) -> tuple[tuple[str, tuple[OperationPage, ...]], ...]:
    """Operations by subject."""
    found = [
        _operation(path, method, said, address)
        for path, methods in openapi_document()["paths"].items()
        for method, said in methods.items()
    ]
    found.sort(key=lambda one: (one.tag != "Events", one.tag))
    return tuple((tag, tuple(ones)) for tag, ones in groupby(found, key=lambda one: one.tag))


@cache
def problems() -> tuple[tuple[int, tuple[ProblemKind, ...]], ...]:
    """The kinds of problems by status."""
    by_status = sorted(KINDS, key=lambda kind: kind.status)
    return tuple(
        (one, tuple(some)) for one, some in groupby(by_status, key=lambda kind: kind.status)
    )


@cache
def types() -> tuple[TypePage, ...]:
    """The types of bodies, by name."""
    components: Mapping[str, Schema] = openapi_document()["components"]["schemas"]
    return tuple(
        TypePage(
            name=name,
            meaning=schema.get("description", ""),
            fields=tuple(_fields(schema)),
            kind=kind_words(schema) if "properties" not in schema else SafeString(""),
        )
        for name, schema in components.items()
    )


def kind_words(schema: Schema) -> SafeString:
    """A schema in words, with links to the types it names."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return format_html('<a href="#type-{}">{}</a>', name, name)
    if "anyOf" in schema:
        return format_html_join(" or ", "{}", ((kind_words(part),) for part in schema["anyOf"]))
    if "enum" in schema:
        return format_html_join(
            ", ", "<code>{}</code>", ((_text(word),) for word in schema["enum"])
        )
    if schema.get("type") == "array":
        return format_html("list of {}", kind_words(schema.get("items") or {}))
    if isinstance(schema.get("additionalProperties"), Mapping):
        return format_html("texts to {}", kind_words(schema["additionalProperties"]))
    limits = [words.format(schema[name]) for name, words in _LIMITS.items() if name in schema]
    return SafeString(", ".join([_plain_kind(schema), *limits]))


def _plain_kind(schema: Schema) -> str:
    match schema.get("format"), schema.get("type"):
        case "date-time", _:
            return "moment (RFC 3339 with offset)"
        case "date", _:
            return "date"
        case _, "string":
            return "text"
        case _, "integer":
            return "whole number"
        case _, "boolean":
            return "true or false"
        case _, str(kind):
            return kind
    return "anything"


def _fields(schema: Schema) -> Iterable[FieldLine]:
    required = set(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        yield FieldLine(
            name=name,
            where="",
            kind=kind_words(field),
            required=name in required,
            default=_text(field["default"]) if field.get("default") not in (None, "") else "",
            meaning=field.get("description", ""),
        )


def _operation(path: str, method: str, said: Schema, address: str) -> OperationPage:
    answers = [
        (status, body) for status, body in said["responses"].items() if not _is_problem(body)
    ]
    return OperationPage(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        description=said.get("description", ""),
        tag=said["tags"][0],
        scope=next((scopes[0] for one in said.get("security", ()) for scopes in one.values()), ""),
        parameters=tuple(_parameter_line(one) for one in said["parameters"]),
        bodies=tuple(
            BodyLine(media, kind_words(body["schema"]), _whether(said["requestBody"]))
            for media, body in said.get("requestBody", {}).get("content", {}).items()
        ),
        answers=tuple(_answer_line(status, body) for status, body in answers),
        problems=tuple(
            BodyLine(status, _problem_link(int(status)), "")
            for status, body in said["responses"].items()
            if _is_problem(body)
        ),
        examples=tuple(_examples(path, method, said, address)),
    )


def _whether(body: Schema) -> str:
    return "" if body["required"] else "may be left out"


def _is_problem(body: Schema) -> bool:
    return "application/problem+json" in body.get("content", {})


def _problem_link(status: int) -> SafeString:
    """Where the problems of a status are explained; a problem that is alone there is named."""
    codes = [kind.code for kind in KINDS if kind.status == status]
    if len(codes) == 1:
        return format_html('<a href="#problem-{}"><code>{}</code></a>', codes[0], codes[0])
    return format_html('<a href="#problems-{}">{} problems</a>', status, len(codes))


def _parameter_line(parameter: Schema) -> FieldLine:
    schema = parameter["schema"]
    return FieldLine(
        name=parameter["name"],
        where=parameter["in"],
        kind=kind_words(schema),
        required=parameter["required"],
        default=_text(schema["default"]) if "default" in schema else "",
        meaning=parameter["description"],
    )


def _answer_line(status: str, body: Schema) -> BodyLine:
    content = body.get("content", {})
    media = ", ".join(content)
    kind = next((kind_words(one["schema"]) for one in content.values()), SafeString(""))
    return BodyLine(status, kind, media or body["description"])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _examples(path: str, method: str, said: Schema, address: str) -> Iterable[ExampleText]:
    """One curl line for each example of the operation."""
    for example in said.get("x-requests", ()):
        place = path
        for name, value in example["path"].items():
            place = place.replace(f"{{{name}}}", quote(str(value), safe=""))
        query = f"?{urlencode(example['query'])}" if example["query"] else ""
        implied = "get" if example["body"] is None else "post"
        words = ["curl"] + (["-X", method.upper()] if method != implied else [])
        if said.get("security"):
            words += ["-H", '"Authorization: Bearer $KEY"']
        for name, value in example["headers"].items():
            words += ["-H", shlex.quote(f"{name}: {value}")]
        if example["body"] is not None:
            words += ["-H", shlex.quote(f"Content-Type: {example['media']}")]
        words.append(shlex.quote(f"{address}{place}{query}"))
        if example["body"] is not None:
            body = example["body"]
            text = body if isinstance(body, str) else _pretty(body)
            # curl's -d drops line ends only where it reads a file.
            words += ["-d", shlex.quote(text)]
        yield ExampleText(example["name"], " ".join(words))


def _pretty(body: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode()
