"""Errors of the API as `application/problem+json` (RFC 9457), with JSON pointers."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_handler
from rest_framework.views import set_rollback

from interactions.away import database_is_away
from interactions.problem_kinds import problem_type
from interactions.refusals import note_refusal

RETRY_AFTER_SECONDS = 5


class ProblemRenderer(JSONRenderer):
    """JSON under the problem media type."""

    media_type = "application/problem+json"


class InvalidQuery(APIException):
    """A parameter that cannot be read; `pointer` names it."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "invalid_parameter"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.errors = [{"pointer": f"#/{name}", "detail": reason}]


class DatabaseAway(APIException):
    """The database cannot be reached; nothing was done."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "database_away"
    default_detail = "The database cannot be reached now. Try again; what is stored counts once."


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn any error that DRF knows, and a database that is away, into a problem."""
    if database_is_away(exc):
        exc = DatabaseAway()
    response = drf_handler(exc, context)
    if response is None:
        return None
    set_rollback()
    if isinstance(exc, Http404):
        code, detail = "not_found", "There is nothing here."
    elif isinstance(exc, PermissionDenied):
        code, detail = "permission_denied", "This is not allowed."
    else:
        code, detail = _words(exc)
    response.data = problem(
        response.status_code, code, detail, errors=getattr(exc, "errors", _errors(exc))
    )
    response.content_type = ProblemRenderer.media_type
    if response.status_code < 500:
        _note(context, response.data)
    if isinstance(exc, DatabaseAway):
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _note(context: dict[str, Any], body: dict[str, Any]) -> None:
    """Keep the refusal for the page that connects sources; the key is known by now, or nobody's."""
    first: dict[str, str] = next(iter(body.get("errors", ())), {})
    note_refusal(
        getattr(context.get("request"), "_auth", None),
        status=body["status"],
        pointer=first.get("pointer", ""),
        reason=first.get("detail", body["detail"]),
    )


def problem(
    status_code: int, code: str, detail: str, *, errors: Sequence[Any] = ()
) -> dict[str, Any]:
    """The body of a problem."""
    title = code.replace("_", " ").capitalize()
    body: dict[str, Any] = {
        "type": problem_type(code),
        "title": title,
        "status": status_code,
        "detail": detail,
    }
    if errors:
        body["errors"] = list(errors)
    return body


def problem_response(status_code: int, code: str, detail: str) -> JsonResponse:
    """A problem outside DRF's views: unknown paths under /api/."""
    return JsonResponse(
        problem(status_code, code, detail),
        status=status_code,
        content_type=ProblemRenderer.media_type,
        headers={"Cache-Control": "no-store"},
    )


def only_read(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view outside DRF's that changes nothing: another method than GET and HEAD is refused as
    everywhere under /api/, before anybody asks for the token of a form."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return view(request, *args, **kwargs)
        detail = f'Method "{request.method}" not allowed.'
        answer = problem_response(status.HTTP_405_METHOD_NOT_ALLOWED, "method_not_allowed", detail)
        answer["Allow"] = "GET, HEAD"
        return answer

    return csrf_exempt(answered)


@csrf_exempt
def unknown_path(request: HttpRequest) -> JsonResponse:
    """What an address under /api/ answers that nothing serves."""
    return problem_response(
        status.HTTP_404_NOT_FOUND, "not_found", f"There is nothing at {request.path[:200]}."
    )


def _words(exc: Exception) -> tuple[str, str]:
    if isinstance(exc, APIException):
        codes = exc.get_codes()
        detail = exc.detail if isinstance(exc.detail, str) else "The request has errors."
        return (codes if isinstance(codes, str) else "invalid"), str(detail)
    return "error", str(exc)


def _errors(exc: Exception) -> list[dict[str, str]]:
    """Field errors of a serializer as pointers."""
    detail = getattr(exc, "detail", None)
    found: list[dict[str, str]] = []

    def walk(value: Any, pointer: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{pointer}/{key}")
        elif isinstance(value, list):
            for place, inner in enumerate(value):
                walk(inner, pointer if isinstance(inner, str) else f"{pointer}/{place}")
        else:
            found.append({"pointer": f"#{pointer}", "detail": str(value)})

    if isinstance(detail, dict | list):
        walk(detail, "")
    return found
