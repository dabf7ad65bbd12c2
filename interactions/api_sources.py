"""`/api/v1/sources` and `/api/v1/keys`: sources and their keys, for keys with the scope admin."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.views import APIView

from interactions.authentication import CanAdminister, caller_of, forget_cached_keys
from interactions.json_bodies import InvalidBody, read_json
from interactions.keys import KeyRefused, add_key, revoke_key, rotate_key
from interactions.models import ApiKey, Source
from interactions.moments import moment_in_reach
from interactions.openapi import Example, Operation, Parameter, whole
from interactions.paging import check_parameters, next_address, page_size, read_cursor
from interactions.rejection import EventRejected
from interactions.source_answers import (
    KeyAnswer,
    KeysAnswer,
    NewKey,
    NewKeyAnswer,
    NewSource,
    NoFields,
    SourceAnswer,
    SourcesAnswer,
    json_response,
    key_fields,
    new_key_response,
    source_answer,
)
from interactions.sources import SourceRefused, key_lines, make_source, source_lines, source_page

TAG = "sources and keys"
MOST_ID = 2**63 - 1
DEFAULT_LIMIT, MAX_LIMIT = 50, 200


class KeyConflict(APIException):
    """A key that cannot be renewed."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "key_conflict"


_ID = Parameter("id", "The id.", schema=whole(1, MOST_ID), where="path", required=True)


class SourcesApi(APIView):
    """Sources, in pages; a new one."""

    permission_classes = (CanAdminister,)
    parser_classes = ()
    openapi: Mapping[str, Operation] = {
        "get": Operation(
            "list_sources",
            "Sources by name, in pages",
            TAG,
            "admin",
            parameters=(
                Parameter("limit", "rows on a page", whole(1, MAX_LIMIT, DEFAULT_LIMIT)),
                Parameter("cursor", "from `next` of the last page"),
            ),
            answers={200: SourcesAnswer},
            examples=(Example("the first ten", query={"limit": "10"}),),
        ),
        "post": Operation(
            "make_source",
            "Make a source",
            TAG,
            "admin",
            takes=NewSource,
            answers={201: SourceAnswer},
            examples=(Example("a shop", body={"name": "/example-shop"}),),
        ),
    }

    def get(self, request: Request) -> HttpResponse:
        """A page of sources by name."""
        check_parameters(request, ("limit", "cursor"))
        lines, last = source_page(
            timezone.now(),
            after=read_cursor(request),
            limit=page_size(request.query_params, default=DEFAULT_LIMIT, most=MAX_LIMIT),
        )
        following = None if last is None else next_address(request, last)
        response = json_response(SourcesAnswer([source_answer(one) for one in lines], following))
        if following is not None:
            response["Link"] = f'<{following}>; rel="next"'
        return response

    def post(self, request: Request) -> HttpResponse:
        """Make a source."""
        body = read_json(request._request, NewSource)
        try:
            source = make_source(body.name, by=caller_of(request))
        except SourceRefused as refused:
            raise InvalidBody("/name", refused.reason) from None
        response = json_response(_source_of(source.pk), status.HTTP_201_CREATED)
        response["Location"] = reverse("api-source", args=[source.pk])
        return response


class SourceApi(APIView):
    """One source."""

    permission_classes = (CanAdminister,)
    openapi = Operation(
        "get_source",
        "One source",
        TAG,
        "admin",
        parameters=(_ID,),
        answers={200: SourceAnswer},
        examples=(Example("a shop", path={"id": "1"}),),
    )

    def get(self, request: Request, id: int) -> HttpResponse:
        """One source.

        Raises: Http404.
        """
        check_parameters(request, ())
        return json_response(_source_of(id))


class SourceKeysApi(APIView):
    """The keys of a source; a new one."""

    permission_classes = (CanAdminister,)
    parser_classes = ()
    openapi: Mapping[str, Operation] = {
        "get": Operation(
            "list_keys",
            "The keys of a source",
            TAG,
            "admin",
            parameters=(_ID,),
            answers={200: KeysAnswer},
            examples=(Example("those of a shop", path={"id": "1"}),),
        ),
        "post": Operation(
            "make_key",
            "Make a key, shown this once",
            TAG,
            "admin",
            parameters=(_ID,),
            takes=NewKey,
            answers={201: NewKeyAnswer},
            examples=(
                Example(
                    "a key that writes",
                    path={"id": "1"},
                    body={"name": "web shop", "scopes": ["events:write"]},
                ),
            ),
        ),
    }

    def get(self, request: Request, id: int) -> HttpResponse:
        """Keys, live ones first.

        Raises: Http404.
        """
        check_parameters(request, ())
        source = _existing(Source, id)
        lines = key_lines(timezone.now(), source_id=source.pk)
        return json_response(KeysAnswer([KeyAnswer(**key_fields(line)) for line in lines]))

    def post(self, request: Request, id: int) -> HttpResponse:
        """Make a key.

        Raises: Http404, InvalidBody.
        """
        source = _existing(Source, id)
        body = read_json(request._request, NewKey)
        try:
            row, key = add_key(
                source,
                name=body.name,
                scopes=body.scopes,
                expires_at=_moment(body.expires_at),
                now=timezone.now(),
                by=caller_of(request),
            )
        except KeyRefused as refused:
            raise InvalidBody(refused.pointer, refused.reason) from None
        return new_key_response(row, key)


class KeyRotationApi(APIView):
    """The successor of a key."""

    permission_classes = (CanAdminister,)
    parser_classes = ()
    openapi = Operation(
        "rotate_key",
        "Make a second live key with the same name and scopes",
        TAG,
        "admin",
        parameters=(_ID,),
        takes=NoFields,
        body_optional=True,
        answers={201: NewKeyAnswer},
        problems=(409,),
        examples=(Example("a successor", path={"id": "1"}, body={}),),
    )

    def post(self, request: Request, id: int) -> HttpResponse:
        """Make the successor; the old key works until it is revoked.

        Raises: Http404, KeyConflict.
        """
        old = _existing(ApiKey, id)
        read_json(request._request, NoFields, optional=True)
        try:
            return new_key_response(*rotate_key(old.pk, now=timezone.now(), by=caller_of(request)))
        except KeyRefused as refused:
            raise KeyConflict(refused.reason) from None


class KeyApi(APIView):
    """One key, to be revoked."""

    permission_classes = (CanAdminister,)
    parser_classes = ()
    openapi = Operation(
        "revoke_key",
        "Revoke a key; again changes nothing",
        TAG,
        "admin",
        parameters=(_ID,),
        answers={204: None},
        examples=(Example("a key that leaked", path={"id": "1"}),),
    )

    def delete(self, request: Request, id: int) -> HttpResponse:
        """Revoke the key: here at once, in every process within a second.

        Raises: Http404.
        """
        revoke_key(_existing(ApiKey, id).pk, now=timezone.now(), by=caller_of(request))
        forget_cached_keys()
        return HttpResponse(status=status.HTTP_204_NO_CONTENT)


def _existing(model: type[Any], id: int) -> Any:
    """Raises: Http404, also for a number that no row can have."""
    if id > MOST_ID:
        raise Http404
    return get_object_or_404(model, pk=id)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return moment_in_reach(text, "/expires_at")
    except EventRejected as rejected:
        raise InvalidBody(rejected.pointer, rejected.reason) from None


def _source_of(id: int) -> SourceAnswer:
    lines = source_lines(timezone.now(), source_id=_existing(Source, id).pk)
    return source_answer(lines[0])
