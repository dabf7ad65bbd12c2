"""`/api/v1/restatements`: judging anew what was made before, with both figures kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.request import Request

from interactions.authentication import CanAdminister
from interactions.json_bodies import InvalidBody, read_json
from interactions.openapi import Example, Operation, Parameter, page_of
from promises.api.described import WINDOW, paging
from promises.api.encoding import check_parameters, json_answer, page_answer
from promises.api.kinds import TAG, BothFigures, KindView, both, caller_name
from promises.api.parameters import choice, page_size, read_cursor
from promises.models import Restatement
from promises.scores import WINDOWS
from promises.selectors.asked import DEFAULT_WINDOW
from promises.selectors.restatements import (
    NoRestatement,
    RestatementRead,
    latest_restatements,
    restatement_read,
)
from promises.services.restating import (
    AlreadyRestating,
    NotRunning,
    ParametersRefused,
    cancel,
    restate,
)
from promises.wakeup import restatement_waker

DEFAULT_LIMIT, MAX_LIMIT = 50, 500
_DIGITS = 18
RESTATEMENT_ID = Parameter("id", "the restatement's `id`", where="path", required=True)


class RestatementBody(msgspec.Struct, forbid_unknown_fields=True):
    """Which kind is judged by which version, and why."""

    kind: Literal["delivery", "response", "quality"]
    version: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class RestatementItem(msgspec.Struct, kw_only=True):
    """One restatement; `kind` or `calendar` is "". `total` is null until it is counted. `moved` are
    the promises that got another date by a calendar's."""

    id: str
    kind: str
    calendar: str
    version: int
    reason: str
    asked_by: str
    asked_at: datetime
    state: Literal["running", "cancelling", "cancelled", "done"]
    done: int
    total: int | None
    moved: int
    skipped: int
    finished_at: datetime | None


class RestatementAnswer(RestatementItem, kw_only=True):
    """One restatement with the figures of a window as they were at `asked_at`, and judged anew:
    null until it is done."""

    window: str
    results: list[BothFigures]


class RestatementConflict(APIException):
    """Another one runs, or this one runs no more."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "restatement_conflict"


class RestatementsApi(KindView):
    """All restatements; a new one."""

    openapi: Mapping[str, Operation] = {
        "get": Operation(
            id="listRestatements",
            tag=TAG,
            summary="What was judged anew, newest first",
            parameters=paging(DEFAULT_LIMIT, MAX_LIMIT),
            answers={200: page_of(RestatementItem)},
            examples=(Example("All of them"),),
        ),
        "post": Operation(
            id="restate",
            tag=TAG,
            scope="admin",
            summary="Judge all promises of a kind that were made before now by a version",
            description="It runs as a job; read it to see how far it is. The figures that stand "
            "are kept beside those judged anew.",
            takes=RestatementBody,
            answers={202: RestatementAnswer},
            problems=(409,),
            examples=(
                Example(
                    "Responses, by the first version",
                    body={"kind": "response", "version": 1, "reason": "The second was a mistake"},
                ),
            ),
        ),
    }

    def get(self, request: Request) -> HttpResponse:
        """One page of them."""
        params = request.query_params
        check_parameters(request, ("limit", "cursor"))
        limit = page_size(params, default=DEFAULT_LIMIT, most=MAX_LIMIT)
        rows = latest_restatements(limit + 1, below=int(read_cursor(request) or 0) or None)
        last = str(rows[limit - 1].pk) if len(rows) > limit else None
        return page_answer(request, [_item(row) for row in rows[:limit]], last)

    def post(self, request: Request) -> HttpResponse:
        """Begin one.

        Raises: InvalidBody, RestatementConflict.
        """
        check_parameters(request, ())
        body = read_json(request._request, RestatementBody)
        try:
            row = restate(
                body.kind,
                body.version,
                now=timezone.now(),
                by=caller_name(request),
                reason=body.reason,
            )
        except ParametersRefused as refused:
            raise InvalidBody(refused.pointer, refused.reason) from None
        except AlreadyRestating:
            raise RestatementConflict("Another one of this kind is not finished yet.") from None
        transaction.on_commit(restatement_waker.wake)
        answer = json_answer(_answer(restatement_read(row.pk, DEFAULT_WINDOW)), status=202)
        answer["Location"] = reverse("api-restatement", args=[row.pk])
        return answer


class RestatementApi(KindView):
    """One restatement."""

    openapi = Operation(
        id="readRestatement",
        tag=TAG,
        summary="One restatement: how far it is, and both figures",
        parameters=(RESTATEMENT_ID, WINDOW),
        answers={200: RestatementAnswer},
        examples=(Example("The first", path={"id": "1"}),),
    )

    def get(self, request: Request, id: str) -> HttpResponse:
        """One of them.

        Raises: NotFound, InvalidQuery.
        """
        check_parameters(request, ("window",))
        window = choice(request.query_params, "window", list(WINDOWS), DEFAULT_WINDOW)
        return json_answer(_answer(_existing(id, window)))


class RestatementCancelApi(KindView):
    """Taking one back before it is done."""

    permission_classes = (CanAdminister,)
    openapi = Operation(
        id="cancelRestatement",
        tag=TAG,
        scope="admin",
        summary="Take a running restatement back",
        description="What it has judged anew is judged as before; what a calendar's has moved by "
        "then stays moved. One that is done is answered by another restatement: 409.",
        parameters=(RESTATEMENT_ID,),
        answers={200: RestatementAnswer},
        problems=(409,),
        examples=(Example("The second", path={"id": "2"}),),
    )

    def post(self, request: Request, id: str) -> HttpResponse:
        """Take it back.

        Raises: NotFound, RestatementConflict.
        """
        check_parameters(request, ())
        read = _existing(id, DEFAULT_WINDOW)
        try:
            cancel(read.row.pk)
        except NotRunning:
            raise RestatementConflict("It is not running any more.") from None
        transaction.on_commit(restatement_waker.wake)
        return json_answer(_answer(_existing(id, DEFAULT_WINDOW)))


def _existing(id: str, window: str) -> RestatementRead:
    if not (id.isascii() and id.isdigit() and len(id) <= _DIGITS):
        raise NotFound
    try:
        return restatement_read(int(id), window)
    except NoRestatement:
        raise NotFound from None


def _item(row: Restatement) -> RestatementItem:
    return RestatementItem(
        **{name: _value(row, name) for name in RestatementItem.__struct_fields__}
    )


def _answer(read: RestatementRead) -> RestatementAnswer:
    item = msgspec.structs.asdict(_item(read.row))
    return RestatementAnswer(**item, window=read.window, results=[both(row) for row in read.rows])


def _value(row: Restatement, name: str) -> Any:
    return str(row.pk) if name == "id" else getattr(row, name)
