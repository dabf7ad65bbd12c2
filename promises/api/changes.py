"""`/api/v1/changes`: who changed which setting, for keys with the scope admin."""

from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpResponse
from rest_framework.request import Request

from interactions.authentication import CanAdminister
from interactions.changes import ChangeFilter, change_page
from interactions.models import Change
from interactions.openapi import MOMENT, Example, Operation, Parameter, one_of, page_of, whole
from promises.api.encoding import ApiView, check_parameters, page_answer
from promises.api.parameters import any_moment, choice, page_size, read_cursor, text

DEFAULT_LIMIT, MAX_LIMIT = 50, 200
_TEXT = {"type": "string", "maxLength": 255}
_KNOWN = ("area", "by", "subject", "after", "before", "limit", "cursor")


class ChangeItem(msgspec.Struct):
    """One change; of `before` and `after` only the fields that differ, `by` "" for a command."""

    id: str
    at: datetime
    by: str
    area: str
    subject: str
    action: str
    before: dict[str, Any]
    after: dict[str, Any]


class ChangesApi(ApiView):
    """Changes of settings."""

    permission_classes = (CanAdminister,)
    openapi = Operation(
        "listChanges",
        "Changes of settings, latest first",
        "Settings",
        "admin",
        description="Who changed what, when, and how it was before and after. Nothing in this "
        "list is ever changed or deleted.",
        parameters=(
            Parameter("area", "one sort of setting", one_of(*Change.Area.values)),
            Parameter("by", "one person or key", _TEXT),
            Parameter("subject", "a part of what the setting is called", _TEXT),
            Parameter("after", "at or after this moment", MOMENT),
            Parameter("before", "before this moment", MOMENT),
            Parameter("limit", "changes on a page", whole(1, MAX_LIMIT, DEFAULT_LIMIT)),
            Parameter("cursor", "from `next` of the last page"),
        ),
        answers={200: page_of(ChangeItem)},
        examples=(Example("those of keys", query={"area": "key"}),),
    )

    def get(self, request: Request) -> HttpResponse:
        """One page of them.

        Raises: InvalidQuery.
        """
        check_parameters(request, _KNOWN)
        params = request.query_params
        wanted = ChangeFilter(
            area=choice(params, "area", Change.Area.values, ""),
            by=text(params, "by"),
            subject=text(params, "subject"),
            start=any_moment(params, "after"),
            before=any_moment(params, "before"),
        )
        limit = page_size(params, default=DEFAULT_LIMIT, most=MAX_LIMIT)
        rows, following = change_page(wanted, before=int(read_cursor(request) or 0), limit=limit)
        position = None if following is None else str(following)
        return page_answer(request, [_item(row) for row in rows], position)


def _item(row: Change) -> ChangeItem:
    return ChangeItem(
        str(row.pk), row.at, row.by, row.area, row.subject, row.action, row.before, row.after
    )
