"""Every kind of problem that the API answers with: what it means and what to do.

The `type` of a problem is the address of its line on the documentation page.
"""

from dataclasses import dataclass

DOCS_PATH = "/api/docs"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind, known by its code."""

    code: str
    status: int
    meaning: str
    what_to_do: str


KINDS: tuple[ProblemKind, ...] = (
    ProblemKind(
        "bad_request",
        400,
        "The request as a whole cannot be understood: its host, its headers or its form.",
        "Send it as the examples show; do not repeat it unchanged.",
    ),
    ProblemKind(
        "invalid",
        400,
        "A field has a value that it cannot have.",
        "`errors` names each field by a pointer and says what is wrong. Correct it and send again.",
    ),
    ProblemKind(
        "invalid_parameter",
        400,
        "A parameter of the query is unknown, repeated or has a value that cannot be read.",
        "`errors` names the parameter. Correct it and send again.",
    ),
    ProblemKind(
        "invalid_event",
        400,
        "The only event of the request is wrong, or the body is no JSON at all.",
        "`errors` points at the place. Correct it and send again; in a batch the others would have "
        "been taken.",
    ),
    ProblemKind(
        "invalid_body",
        400,
        "The body is no JSON object, or a field of it is missing, unknown or wrong.",
        "`errors` points at the field. Correct it and send again.",
    ),
    ProblemKind(
        "parse_error",
        400,
        "The body is empty, cut off, or not what its headers say.",
        "Send JSON in UTF-8, and gzip only with Content-Encoding: gzip.",
    ),
    ProblemKind(
        "not_authenticated",
        401,
        "There is no key in the request.",
        "Send the header Authorization: Bearer KEY.",
    ),
    ProblemKind(
        "authentication_failed",
        401,
        "The key is unknown, revoked or expired, or the header is not of the form Bearer KEY.",
        "Use a living key; an admin can make one.",
    ),
    ProblemKind(
        "permission_denied",
        403,
        "The key is good, but lacks the scope that this operation needs.",
        "Use a key with that scope; each operation names it.",
    ),
    ProblemKind(
        "csrf_failed",
        403,
        "A form was sent without the token of its page.",
        "The API needs none; send the key in the Authorization header and no cookie.",
    ),
    ProblemKind(
        "not_found",
        404,
        "There is nothing at this address, or nothing that this key may see.",
        "Check the address and the ids in it.",
    ),
    ProblemKind(
        "method_not_allowed",
        405,
        "The address exists, but not for this method.",
        "The header Allow names the methods that it takes.",
    ),
    ProblemKind(
        "not_acceptable",
        406,
        "The answer cannot be given in any of the media types that Accept asks for.",
        "Accept application/json, or leave the header out.",
    ),
    ProblemKind(
        "kind_conflict",
        409,
        "The parameters of the kind were changed meanwhile: the version named is not the newest.",
        "Read the kind again and send the change of its newest version.",
    ),
    ProblemKind(
        "restatement_conflict",
        409,
        "Another restatement of the kind is not finished yet, or this one runs no more.",
        "Wait until it is done; one that is done is answered by another restatement.",
    ),
    ProblemKind(
        "calendar_conflict",
        409,
        "The calendar has a newer version than the one that was edited. Nothing was stored.",
        "Read the newest version, make the edit in it and send that.",
    ),
    ProblemKind(
        "standard_conflict",
        409,
        "The standard has a newer version than the one that was edited. Nothing was stored.",
        "Read the newest version, make the edit in it and send that.",
    ),
    ProblemKind(
        "import_conflict",
        409,
        "What was asked for cannot be done as the import stands.",
        "Read the import; its `state` says what is under way or over.",
    ),
    ProblemKind(
        "key_conflict",
        409,
        "The key has a living successor already, or is not alive itself.",
        "Read the keys of the source; revoke one before making another.",
    ),
    ProblemKind(
        "too_large",
        413,
        "The body is over the limit of 16 MB, before or after inflating. Nothing was stored.",
        "Send it in parts.",
    ),
    ProblemKind(
        "too_many_items",
        413,
        "More than 10,000 events in one request. Nothing was stored.",
        "Send them in parts.",
    ),
    ProblemKind(
        "unsupported_media_type",
        415,
        "The media type, the charset or the encoding of the body is not taken here.",
        "Each operation names the media types that it takes. JSON is UTF-8.",
    ),
    ProblemKind(
        "idempotency_key_reused",
        422,
        "The Idempotency-Key stands for another body already, or is the id of another event.",
        "Send a new key with a new fact, and the same key only with the same body.",
    ),
    ProblemKind(
        "import_unusable",
        422,
        "The file is no table that can be read, or the mapping does not fit its columns.",
        "The sentence in `detail` names the line or the column. Correct it and send again.",
    ),
    ProblemKind(
        "throttled",
        429,
        "The key has called more often than it may. Nothing was stored.",
        "Wait as many seconds as Retry-After says, then send the same again.",
    ),
    ProblemKind(
        "error",
        500,
        "Something went wrong here. It is written to the log of the installation.",
        "Send the same again later: what was stored already counts once.",
    ),
    ProblemKind(
        "too_many_exports",
        503,
        "Of an export: as many are on their way as the installation sends at once.",
        "Wait as many seconds as Retry-After says, then ask again; read an export without pauses.",
    ),
    ProblemKind(
        "database_away",
        503,
        "The database cannot be reached at the moment.",
        "Wait as many seconds as Retry-After says, then send the same again: what was stored "
        "already counts once.",
    ),
)


def problem_type(code: str) -> str:
    """The `type` of a problem: where it is explained."""
    return f"{DOCS_PATH}#problem-{code}"
