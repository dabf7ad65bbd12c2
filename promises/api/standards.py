"""`/api/v1/standards`: reusable promises, their versions, and trying them."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from interactions.authentication import Caller, CanAdminister, CanRead
from interactions.json_bodies import InvalidBody, read_json
from interactions.openapi import Example, Operation, Parameter, whole
from interactions.problems import InvalidQuery
from promises.api.encoding import ApiView, check_parameters, json_answer
from promises.api.standard_bodies import (
    EditStandardBody,
    NewStandardBody,
    StandardAnswer,
    StandardsAnswer,
    TrialAnswer,
    TrialBody,
    answer_of,
    item_of,
    terms_from,
    trial_answer,
)
from promises.selectors.standards import (
    NoSuchStandard,
    StandardRead,
    standard_lines,
    standard_read,
)
from promises.services.standards import (
    AlreadyEdited,
    NoStandard,
    TermsRefused,
    checked,
    edit_standard,
    make_standard,
    new_reference,
    try_out,
)

TAG = "Standards"
MOST_VERSION = 1_000_000
STANDARD_ID = Parameter("id", "the standard's `id`", where="path", required=True)
_VERSION = Parameter("version", "one version; the newest where left out", whole(1, MOST_VERSION))
_FIRST = {"id": "first-answer"}
_ANSWER = {
    "name": "First answer",
    "cycle": "reply",
    "turn": "first",
    "kind": "response",
    "event_type": "contact.received",
    "amount": 240,
    "unit": "business minutes",
    "calendar": "office",
    "statement": "We answer {customer} by {due}",
}


class StandardConflict(APIException):
    """An edit of a version that is not the newest any more."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "standard_conflict"


class StandardView(ApiView):
    """Reading for keys that read, writing for keys with the scope admin."""

    parser_classes = ()

    def get_permissions(self) -> list[BasePermission]:
        """Other methods are 405 for everybody who may read."""
        return [CanRead()] if self.request.method in SAFE_METHODS else [CanAdminister()]


class StandardsApi(StandardView):
    """All standards; a new one."""

    openapi: Mapping[str, Operation] = {
        "get": Operation(
            id="listStandards",
            tag=TAG,
            summary="All standards in their order",
            answers={200: StandardsAnswer},
            examples=(Example("All of them"),),
        ),
        "post": Operation(
            id="makeStandard",
            tag=TAG,
            scope="admin",
            summary="Make a standard, the last one in the order",
            description="It makes promises by itself, from a moment after it was made. A statement "
            "that names a field which the events do not have, and a standard that would promise "
            "again for each of its own promises, are refused.",
            takes=NewStandardBody,
            answers={201: StandardAnswer},
            examples=(
                Example("Gold customers are answered in four business hours",
                        body=_ANSWER | {"name": "Gold answer", "segment": "gold"}),
                Example("An order's date is a promise", body={
                    "name": "Delivery date",
                    "cycle": "event",
                    "kind": "delivery",
                    "event_type": "contact.received",
                    "conditions": [{"field": "attributes.order", "operator": "is there"}],
                    "date_field": "attributes.delivery_date",
                    "reference": "{attributes.order}",
                    "statement": "Order {attributes.order} arrives by {due}",
                }),
                Example("99.9 % uptime each month", body={
                    "name": "Uptime",
                    "cycle": "period",
                    "period": "month",
                    "kind": "quality",
                    "value": 99.9,
                    "comparator": ">=",
                    "measure": "%",
                    "scale": 1,
                    "statement": "{value} {measure} uptime in {period}",
                }),
            ),
        ),
    }  # fmt: skip

    def get(self, request: Request) -> HttpResponse:
        """Standards in their order."""
        check_parameters(request, ())
        return json_answer(
            StandardsAnswer([item_of(one) for one in standard_lines(timezone.now())])
        )

    def post(self, request: Request) -> HttpResponse:
        """Make a standard with its first version."""
        check_parameters(request, ())
        body, now = read_json(request._request, NewStandardBody), timezone.now()
        reference = body.id or new_reference(body.name)
        try:
            make_standard(
                reference, terms_from(body), now=now, by=_name(request), reason=body.reason
            )
        except TermsRefused as refused:
            raise InvalidBody(refused.pointer, refused.reason) from None
        answer = json_answer(answer_of(standard_read(reference, now=now)), status=201)
        answer["Location"] = reverse("api-standard", args=[reference])
        return answer


class StandardApi(StandardView):
    """One standard; an edit of it."""

    openapi: Mapping[str, Operation] = {
        "get": Operation(
            id="readStandard",
            tag=TAG,
            summary="One version of a standard, all of its versions, and its latest promises",
            parameters=(STANDARD_ID, _VERSION),
            answers={200: StandardAnswer},
            examples=(
                Example("The newest", path=_FIRST),
                Example("The first", path=_FIRST, query={"version": "1"}),
            ),
        ),
        "put": Operation(
            id="editStandard",
            tag=TAG,
            scope="admin",
            summary="Store an edit as the next version",
            description="What is heard from a moment later on is judged by it; promises that were "
            "made stay as they are. `is_on` false switches it off.",
            parameters=(STANDARD_ID,),
            takes=EditStandardBody,
            answers={200: StandardAnswer},
            problems=(409,),
            examples=(
                Example(
                    "Two hours instead of four",
                    path=_FIRST,
                    body=_ANSWER | {"amount": 120, "version": 1, "reason": "We are quicker now"},
                ),
            ),
        ),
    }

    def get(self, request: Request, id: str) -> HttpResponse:
        """One version.

        Raises: NotFound, InvalidQuery.
        """
        check_parameters(request, ("version",))
        given = request.query_params.get("version")
        return json_answer(answer_of(_existing(id, None if given is None else _number(given))))

    def put(self, request: Request, id: str) -> HttpResponse:
        """Store the next version.

        Raises: NotFound, InvalidBody, StandardConflict.
        """
        check_parameters(request, ())
        _existing(id)
        body, now = read_json(request._request, EditStandardBody), timezone.now()
        try:
            edit_standard(
                id,
                terms_from(body),
                base=body.version,
                now=now,
                by=_name(request),
                reason=body.reason,
            )
        except TermsRefused as refused:
            raise InvalidBody(refused.pointer, refused.reason) from None
        except NoStandard:
            raise NotFound from None
        except AlreadyEdited as edited:
            raise StandardConflict(
                f"Version {body.version} is not the newest; {edited.latest} is. Nothing was stored."
            ) from None
        return json_answer(answer_of(_existing(id)))


class StandardTrialApi(StandardView):
    """What it would have done."""

    openapi: Mapping[str, Operation] = {
        "post": Operation(
            id="tryStandard",
            tag=TAG,
            scope="admin",
            summary="What a standard would have done to the last 90 days",
            description="Nothing is written. Without a body its newest version is tried.",
            parameters=(STANDARD_ID,),
            takes=TrialBody,
            body_optional=True,
            answers={200: TrialAnswer},
            examples=(
                Example("As it stands", path=_FIRST, body={}),
                Example("With another amount", path=_FIRST,
                        body={"terms": _ANSWER | {"amount": 60}}),
            ),
        ),
    }  # fmt: skip

    def post(self, request: Request, id: str) -> HttpResponse:
        """Try it.

        Raises: NotFound, InvalidBody.
        """
        check_parameters(request, ())
        read = _existing(id)
        body = read_json(request._request, TrialBody, optional=True)
        try:
            terms = read.terms if body.terms is None else checked(terms_from(body.terms))
        except TermsRefused as refused:
            raise InvalidBody(f"/terms{refused.pointer}", refused.reason) from None
        return json_answer(trial_answer(try_out(terms, reference=id, now=timezone.now())))


def _existing(id: str, version: int | None = None) -> StandardRead:
    if "\0" in id:
        raise NotFound
    try:
        return standard_read(id, now=timezone.now(), version=version)
    except NoSuchStandard:
        raise NotFound from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8 and 0 < int(text) <= MOST_VERSION):
        raise InvalidQuery("version", f"must be a whole number from 1 to {MOST_VERSION}")
    return int(text)


def _name(request: Request) -> str:
    caller = request.auth
    return f"key {caller.name}" if isinstance(caller, Caller) else ""
