"""What a view of the API says about itself: `openapi = Operation(...)`, or one for each method.

Only plain data stands here, so that every view may import it. `interactions/schema.py` turns it
into OpenAPI; bodies are the msgspec types that the view reads and writes, so that nothing is
written down twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

JSON = "application/json"
STRING: Mapping[str, Any] = {"type": "string"}
MOMENT: Mapping[str, Any] = {"type": "string", "format": "date-time"}
DATE: Mapping[str, Any] = {"type": "string", "format": "date"}


def one_of(*words: str, default: str | None = None) -> dict[str, Any]:
    """The schema of a parameter that is one of some words."""
    return {"type": "string", "enum": list(words)} | ({"default": default} if default else {})


def whole(low: int, high: int, default: int | None = None) -> dict[str, Any]:
    """The schema of a parameter that is a whole number."""
    bounds = {"type": "integer", "minimum": low, "maximum": high}
    return bounds | ({"default": default} if default is not None else {})


def page_of(row: type) -> type[msgspec.Struct]:
    """The type of one page of a list: rows, and the address of the next page."""
    fields: list[tuple[str, Any]] = [("results", list[row]), ("next", str | None)]  # type: ignore[valid-type]
    return msgspec.defstruct(f"{row.__name__}Page", fields)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter in the query, the path or a header."""

    name: str
    meaning: str
    schema: Mapping[str, Any] = field(default_factory=lambda: STRING)
    where: Literal["query", "path", "header"] = "query"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """One request that works as it stands; a test runs it against the real application.

    Shape: `body` is what becomes JSON, or a text that is sent as it is; `status` 0 stands for the
    operation's first answer.
    """

    name: str
    path: Mapping[str, str | int] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    media: str = JSON
    status: int = 0


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address.

    Shape: `scope` is what the key needs, "" where none is needed. `takes` is the type of the body,
    or a type for each media type; `body_optional` where none is as good as an empty one. `answers`
    has a type for each status, several in a tuple, None for no body. `answer_media` names the media
    types of answers where they are not JSON. `problems` are statuses beyond those that every such
    operation may answer (400, 401, 403, 404, 405, 406, 413, 415, 429, 503).
    """

    id: str
    summary: str
    tag: str
    scope: str = "read"
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    takes: Any = None
    body_optional: bool = False
    answers: Mapping[int, Any] = field(default_factory=dict)
    answer_media: tuple[str, ...] = (JSON,)
    problems: tuple[int, ...] = ()
    examples: tuple[Example, ...] = ()


def operation_of(view: Any, method: str) -> Operation | None:
    """What a view says about one of its methods; None where it says nothing."""
    said = getattr(view, "openapi", None)
    if isinstance(said, Mapping):
        said = said.get(method.lower())
    return said if isinstance(said, Operation) else None
