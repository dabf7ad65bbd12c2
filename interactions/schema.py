"""OpenAPI from what the views say (`interactions/openapi.py`) and the types of their bodies.

This is the one bridge: components are made from the very types that read bodies and write answers.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from interactions.authentication import ApiKeyAuthentication
from interactions.openapi import JSON, Example, Operation, Parameter, operation_of
from interactions.problem_kinds import KINDS
from interactions.problems import ProblemRenderer

PROBLEM_JSON = ProblemRenderer.media_type
_REF = "#/components/schemas/{name}"
_SECONDS = {"description": "seconds to wait", "schema": {"type": "integer", "minimum": 0}}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string"}}},
    429: {"Retry-After": _SECONDS},
    503: {"Retry-After": _SECONDS},
}


class PointedError(msgspec.Struct):
    """One thing that is wrong, and where."""

    pointer: str
    detail: str


class Problem(msgspec.Struct):
    """An error (RFC 9457); `type` is the address of its explanation."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[PointedError] = []


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Our keys, as OpenAPI calls them."""

    target_class = ApiKeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """A bearer key."""
        return {"type": "http", "scheme": "bearer", "description": "Authorization: Bearer KEY"}


class DescribedSchema(AutoSchema):
    """The schema of a view that says about itself what it is."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> dict[str, Any] | None:
        """One operation; None where the view says nothing about the method."""
        said = operation_of(self.view, method)
        if said is None:
            return None
        self.registry, self.path, self.method = registry, path, method.upper()
        self.path_regex, self.path_prefix = path_regex, path_prefix
        found: dict[str, Any] = {
            "operationId": said.id,
            "summary": said.summary,
            "tags": [said.tag],
            "parameters": self._parameters_of(said),
            "responses": self._responses_of(said),
        }
        if said.description:
            found["description"] = said.description
        if said.takes is not None:
            content = {
                media: {"schema": self._schema_of(kind)} | _body_examples(said.examples, media)
                for media, kind in bodies_of(said).items()
            }
            found["requestBody"] = {"required": not said.body_optional, "content": content}
        if said.examples:
            found["x-requests"] = [_request(example, said) for example in said.examples]
        if said.scope:
            self.get_auth()
            found["security"] = [{KeyScheme.name: [said.scope]}]
        return found

    def _parameters_of(self, said: Operation) -> list[dict[str, Any]]:
        declared = {parameter.name for parameter in said.parameters}
        in_path = [
            Parameter(name, "from the list", where="path")
            for name in re.findall(r"{(\w+)}", self.path)
            if name not in declared
        ]
        return [_parameter(parameter, said.examples) for parameter in (*in_path, *said.parameters)]

    def _responses_of(self, said: Operation) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for status, kind in said.answers.items():
            found[str(status)] = {"description": _ANSWERS.get(status, "the answer")}
            if kind is not None:
                schema = self._schema_of(kind)
                content = {media: {"schema": schema} for media in said.answer_media}
                found[str(status)]["content"] = content
        for status in problem_statuses(said, self.path):
            meanings = " ".join(kind.meaning for kind in KINDS if kind.status == status)
            found[str(status)] = {
                "description": meanings or "the request contradicts what is there",
                "content": {PROBLEM_JSON: {"schema": self._schema_of(Problem)}},
            }
            if status in _HEADERS:
                found[str(status)]["headers"] = _HEADERS[status]
        return found

    def _schema_of(self, kind: Any) -> dict[str, Any]:
        """The schema of a type, or of one of several; what it refers to becomes components."""
        if isinstance(kind, tuple):
            return {"anyOf": [self._schema_of(one) for one in kind]}
        (schema,), components = msgspec.json.schema_components([kind], ref_template=_REF)
        for name, component in components.items():
            self._register(name, component)
        named: dict[str, Any] = self._named(schema)
        return named

    def _named(self, schema: Any) -> Any:
        """The same schema, whose parts that have a title are components of their own."""
        if isinstance(schema, list):
            return [self._named(part) for part in schema]
        if not isinstance(schema, dict):
            return schema
        named = {key: self._named(part) for key, part in schema.items()}
        if "anyOf" not in named or "title" not in named:
            return named
        title = named.pop("title")
        self._register(title, named)
        return {"$ref": _REF.format(name=title)}

    def _register(self, name: str, schema: dict[str, Any]) -> None:
        """Raises: ValueError where two types have one name."""
        component = ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, name)  # type: ignore[no-untyped-call]
        if component in self.registry:
            if self.registry[component].schema != schema:
                raise ValueError(f"Two types of the API are called {name}.")
            return
        self.registry.register(component)


_ANSWERS = {
    200: "done",
    201: "made",
    202: "taken: each item has its verdict",
    204: "done, nothing to say",
    304: "unchanged since the ETag that was sent",
}


def bodies_of(said: Operation) -> dict[str, Any]:
    """The type of the body for each media type."""
    return dict(said.takes) if isinstance(said.takes, Mapping) else {JSON: said.takes}


def problem_statuses(said: Operation, path: str) -> list[int]:
    """Every status that is a problem."""
    found = {400, 406, 429, 503, *said.problems}
    if said.scope:
        found |= {401, 403}
    if "{" in path:
        found.add(404)
    if said.takes is not None:
        found |= {413, 415}
    return sorted(found)


def slug(name: str) -> str:
    """A name as a part of an address or a key."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _request(example: Example, said: Operation) -> dict[str, Any]:
    """An example as one whole request, and the status it is answered with."""
    return {
        "name": example.name,
        "path": dict(example.path),
        "query": dict(example.query),
        "headers": dict(example.headers),
        "media": example.media,
        "body": example.body,
        "status": example.status or next(iter(said.answers)),
    }


def _parameter(parameter: Parameter, examples: Sequence[Example]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.required or parameter.where == "path",
        "description": parameter.meaning,
        "schema": dict(parameter.schema),
    }
    given = {
        slug(example.name): {"value": values[parameter.name]}
        for example in examples
        if parameter.name in (values := _values(example, parameter))
    }
    return found | ({"examples": given} if given else {})


def _values(example: Example, parameter: Parameter) -> Mapping[str, Any]:
    where = {"query": example.query, "path": example.path, "header": example.headers}
    return where[parameter.where]


def _body_examples(examples: Sequence[Example], media: str) -> dict[str, Any]:
    given = {
        slug(example.name): {"summary": example.name, "value": example.body}
        for example in examples
        if example.body is not None and example.media == media
    }
    return {"examples": given} if given else {}
