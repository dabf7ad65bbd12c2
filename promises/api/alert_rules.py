"""`/api/v1/alert-rules`: whom to tell of which crossings, for keys with the scope admin."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from django.http import Http404, HttpResponse
from django.urls import reverse
from rest_framework import status
from rest_framework.request import Request

from interactions.authentication import CanAdminister, caller_of
from interactions.changes import By
from interactions.json_bodies import InvalidBody, read_json
from interactions.openapi import Example, Operation, Parameter, whole
from promises.api.encoding import ApiView, check_parameters, json_answer, row_id
from promises.models import AlertRule
from promises.services.alerts.rule_changes import delete_rule
from promises.services.alerts.rules import RuleDraft, RuleRefused, save_rule

TAG = "Alerts"
MOST_ID = 10**18 - 1
ID = Parameter("id", "the rule's id", whole(1, MOST_ID), where="path", required=True)
Threshold = Literal["half", "three_quarters", "due", "over"]
Few = msgspec.Meta(max_length=100)


class AlertRuleBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A rule, whole. `team`, `role` or `person` (a user name) is given with the audience of that
    name; `kinds` and `teams` left empty filter nothing."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    thresholds: Annotated[list[Threshold], msgspec.Meta(min_length=1, max_length=4)]
    channels: Annotated[
        list[Literal["inbox", "email", "webhook"]], msgspec.Meta(min_length=1, max_length=3)
    ]
    audience: Literal["promise_team", "team", "role", "person"]
    enabled: bool = True
    days_over: Annotated[int, msgspec.Meta(ge=1, le=90)] = 1
    kinds: Annotated[list[Literal["delivery", "response", "quality"]], Few] = []
    teams: Annotated[list[str], Few] = []
    least_stake: Annotated[float, msgspec.Meta(ge=0, le=4)] = 0
    team: str = ""
    role: Literal["", "agent", "manager", "admin"] = ""
    person: str = ""


class AlertRuleAnswer(AlertRuleBody, kw_only=True):
    """A rule as it stands."""

    id: str


class AlertRulesAnswer(msgspec.Struct):
    """All rules, by name."""

    results: list[AlertRuleAnswer]


_BODY = {
    "name": "Overdue, to the managers",
    "thresholds": ["due", "over"],
    "days_over": 3,
    "audience": "role",
    "role": "manager",
    "channels": ["inbox"],
}


class AlertRulesApi(ApiView):
    """All rules; a new one."""

    permission_classes = (CanAdminister,)
    parser_classes = ()
    openapi: Mapping[str, Operation] = {
        "get": Operation(
            "listAlertRules",
            "All alert rules",
            TAG,
            "admin",
            answers={200: AlertRulesAnswer},
            examples=(Example("all of them"),),
        ),
        "post": Operation(
            "makeAlertRule",
            "Make an alert rule",
            TAG,
            "admin",
            description="It tells of what happens from then on.",
            takes=AlertRuleBody,
            answers={201: AlertRuleAnswer},
            examples=(Example("three days over, to every manager", body=_BODY),),
        ),
    }

    def get(self, request: Request) -> HttpResponse:
        """All rules."""
        check_parameters(request, ())
        rows = AlertRule.objects.select_related("team", "person").prefetch_related("teams")
        return json_answer(AlertRulesAnswer([_answer(row) for row in rows.order_by("name", "pk")]))

    def post(self, request: Request) -> HttpResponse:
        """Make a rule.

        Raises: InvalidBody.
        """
        check_parameters(request, ())
        body = read_json(request._request, AlertRuleBody)
        row = _saved(AlertRule(thresholds=[], channels=[]), body, by=caller_of(request))
        answer = json_answer(_answer(row), status=status.HTTP_201_CREATED)
        answer["Location"] = reverse("api-alert-rule", args=[row.pk])
        return answer


class AlertRuleApi(ApiView):
    """One rule."""

    permission_classes = (CanAdminister,)
    parser_classes = ()
    openapi: Mapping[str, Operation] = {
        "get": Operation(
            "readAlertRule",
            "One alert rule",
            TAG,
            "admin",
            parameters=(ID,),
            answers={200: AlertRuleAnswer},
            examples=(Example("one", path={"id": "1"}),),
        ),
        "put": Operation(
            "replaceAlertRule",
            "Let an alert rule say something else",
            TAG,
            "admin",
            parameters=(ID,),
            takes=AlertRuleBody,
            answers={200: AlertRuleAnswer},
            examples=(Example("switch it off", path={"id": "1"}, body=_BODY | {"enabled": False}),),
        ),
        "delete": Operation(
            "deleteAlertRule",
            "Delete an alert rule; what was told stays",
            TAG,
            "admin",
            parameters=(ID,),
            answers={204: None},
            examples=(Example("one that is not needed any more", path={"id": "1"}),),
        ),
    }

    def get(self, request: Request, id: str) -> HttpResponse:
        """One rule.

        Raises: Http404.
        """
        check_parameters(request, ())
        return json_answer(_answer(_existing(id)))

    def put(self, request: Request, id: str) -> HttpResponse:
        """Replace a rule.

        Raises: Http404, InvalidBody.
        """
        check_parameters(request, ())
        row = _existing(id)
        body = read_json(request._request, AlertRuleBody)
        return json_answer(_answer(_saved(row, body, by=caller_of(request))))

    def delete(self, request: Request, id: str) -> HttpResponse:
        """Delete a rule.

        Raises: Http404.
        """
        check_parameters(request, ())
        delete_rule(_existing(id), by=caller_of(request))
        return HttpResponse(status=status.HTTP_204_NO_CONTENT)


def _existing(text: str) -> AlertRule:
    row = AlertRule.objects.filter(pk=row_id(text)).select_related("team", "person").first()
    if row is None:
        raise Http404
    return row


def _saved(row: AlertRule, body: AlertRuleBody, *, by: By) -> AlertRule:
    """Raises: InvalidBody."""
    told = {name: getattr(body, name) for name in body.__struct_fields__}
    try:
        return save_rule(row, RuleDraft(**told), by=by)
    except RuleRefused as refused:
        raise InvalidBody(refused.pointer, refused.reason) from None


def _answer(row: AlertRule) -> AlertRuleAnswer:
    return msgspec.convert(
        {
            "id": str(row.pk),
            "name": row.name,
            "enabled": row.enabled,
            "thresholds": row.thresholds,
            "days_over": row.days_over,
            "kinds": row.kinds,
            "teams": sorted(team.reference for team in row.teams.all()),
            "least_stake": row.least_stake,
            "audience": row.audience,
            "team": row.team.reference if row.team else "",
            "role": row.role,
            "person": row.person.get_username() if row.person else "",
            "channels": row.channels,
        },
        AlertRuleAnswer,
    )
