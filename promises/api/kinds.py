"""`/api/v1/kinds`: how each kind is judged, and new versions of its parameters."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from interactions.authentication import Caller, CanAdminister, CanRead
from interactions.json_bodies import InvalidBody, read_json
from interactions.openapi import Example, Operation, Parameter, one_of
from promises.api.described import WINDOW
from promises.api.encoding import ApiView, check_parameters, json_answer
from promises.api.parameters import choice
from promises.models.kinds import Kind
from promises.scores import WINDOWS
from promises.scores.figures import FigureRow, SideBySide
from promises.selectors.asked import DEFAULT_WINDOW
from promises.selectors.restatements import KindRead, kind_read, kinds_read
from promises.services.restating import (
    AlreadyChanged,
    Draft,
    ParametersRefused,
    add_version,
    preview,
)

TAG = "Kinds and restatements"
KIND_ID = Parameter("kind", "the kind", one_of(*Kind.values), where="path", required=True)
_TOLERANT = {"base_loss": 0.25, "half_life_seconds": 259_200, "tolerance_seconds": 3_600}


class ParametersBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """b, h and tau. `base_loss` is what is lost at the first moment after the tolerance; then half
    of what is left is lost in every half-life."""

    base_loss: Annotated[float, msgspec.Meta(ge=0, le=1)]
    half_life_seconds: Annotated[float, msgspec.Meta(ge=60, le=315_360_000)]
    tolerance_seconds: Annotated[float, msgspec.Meta(ge=0, le=315_360_000)]

    def draft(self) -> Draft:
        """The same, as the services take it."""
        return Draft(self.base_loss, self.half_life_seconds, self.tolerance_seconds)


class NewVersionBody(ParametersBody, kw_only=True, forbid_unknown_fields=True):
    """The version after `version`, which must be the newest."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    reason: Annotated[str, msgspec.Meta(max_length=1_000)] = ""


class KindVersion(msgspec.Struct):
    """One version; `valid_from` null: from the beginning."""

    version: int
    base_loss: float
    half_life_seconds: float
    tolerance_seconds: float
    valid_from: datetime | None
    made_by: str
    reason: str


class KindAnswer(msgspec.Struct):
    """How a kind is judged: its versions, the newest first. `restating` is the id of a restatement
    that is not finished."""

    kind: str
    versions: list[KindVersion]
    restating: str | None


class KindsAnswer(msgspec.Struct):
    """All kinds."""

    results: list[KindAnswer]


class BothFigures(msgspec.Struct):
    """One row as it was and judged anew. `scope` everything: the company over all kinds."""

    scope: str
    id: str
    name: str
    old: FigureRow | None
    new: FigureRow | None


class PreviewAnswer(msgspec.Struct):
    """The figures as they stand beside those under other parameters. Where not `all_folded`, the
    oldest promises with pauses or changed dates are counted as they are judged now."""

    kind: str
    window: str
    as_of: datetime
    all_folded: bool
    results: list[BothFigures]


class KindConflict(APIException):
    """A change of a version that is not the newest any more."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "kind_conflict"


class KindView(ApiView):
    """Reading for keys that read, writing for keys with the scope admin."""

    parser_classes = ()

    def get_permissions(self) -> list[BasePermission]:
        """Other methods are 405 for everybody who may read."""
        return [CanRead()] if self.request.method in SAFE_METHODS else [CanAdminister()]


class KindsApi(KindView):
    """All kinds."""

    openapi = Operation(
        id="listKinds",
        tag=TAG,
        summary="How each kind is judged, with all versions",
        answers={200: KindsAnswer},
        examples=(Example("All of them"),),
    )

    def get(self, request: Request) -> HttpResponse:
        """All kinds with their versions."""
        check_parameters(request, ())
        return json_answer(KindsAnswer([_answer(read) for read in kinds_read()]))


class KindApi(KindView):
    """One kind; a new version."""

    openapi: Mapping[str, Operation] = {
        "get": Operation(
            id="readKind",
            tag=TAG,
            summary="How one kind is judged, with all versions",
            parameters=(KIND_ID,),
            answers={200: KindAnswer},
            examples=(Example("Deliveries", path={"kind": "delivery"}),),
        ),
        "post": Operation(
            id="changeKind",
            tag=TAG,
            scope="admin",
            summary="Judge what is made from now on by other parameters",
            description="Stores the next version. Promises made before keep theirs; a restatement "
            "judges them anew.",
            parameters=(KIND_ID,),
            takes=NewVersionBody,
            answers={201: KindAnswer},
            problems=(409,),
            examples=(
                Example(
                    "An hour of tolerance",
                    path={"kind": "delivery"},
                    body=_TOLERANT | {"version": 1, "reason": "Carriers scan hourly"},
                ),
            ),
        ),
    }

    def get(self, request: Request, kind: str) -> HttpResponse:
        """One kind.

        Raises: NotFound.
        """
        check_parameters(request, ())
        return json_answer(_answer(existing_kind(kind)))

    def post(self, request: Request, kind: str) -> HttpResponse:
        """Store the next version.

        Raises: NotFound, InvalidBody, KindConflict.
        """
        check_parameters(request, ())
        existing_kind(kind)
        body = read_json(request._request, NewVersionBody)
        try:
            add_version(
                kind,
                body.draft(),
                base=body.version,
                now=timezone.now(),
                by=caller_name(request),
                reason=body.reason.strip(),
            )
        except ParametersRefused as refused:
            raise InvalidBody(refused.pointer, refused.reason) from None
        except AlreadyChanged as changed:
            raise KindConflict(
                f"Version {body.version} is not the newest; {changed.latest} is. "
                "Nothing was stored."
            ) from None
        return json_answer(_answer(kind_read(kind)), status=201)


class KindPreviewApi(KindView):
    """The figures under other parameters; nothing is stored."""

    permission_classes = (CanAdminister,)
    openapi = Operation(
        id="previewKind",
        tag=TAG,
        scope="admin",
        summary="The figures under other parameters beside those that stand",
        description="Nothing is stored.",
        parameters=(KIND_ID, WINDOW),
        takes=ParametersBody,
        answers={200: PreviewAnswer},
        examples=(
            Example(
                "An hour of tolerance",
                path={"kind": "delivery"},
                query={"window": "365d"},
                body=_TOLERANT,
            ),
        ),
    )

    def post(self, request: Request, kind: str) -> HttpResponse:
        """Both figures.

        Raises: NotFound, InvalidBody, InvalidQuery.
        """
        check_parameters(request, ("window",))
        existing_kind(kind)
        window = choice(request.query_params, "window", list(WINDOWS), DEFAULT_WINDOW)
        body, now = read_json(request._request, ParametersBody), timezone.now()
        try:
            found = preview(kind, body.draft(), window=window, now=now)
        except ParametersRefused as refused:
            raise InvalidBody(refused.pointer, refused.reason) from None
        return json_answer(
            PreviewAnswer(kind, window, now, found.all_folded, [both(row) for row in found.rows])
        )


def existing_kind(kind: str) -> KindRead:
    """A kind by its name.

    Raises: NotFound.
    """
    if kind not in Kind.values:
        raise NotFound
    return kind_read(kind)


def both(row: SideBySide) -> BothFigures:
    """One row of a comparison."""
    one = row.either
    return BothFigures(one.scope, one.id, one.name, row.old, row.new)


def caller_name(request: Request) -> str:
    """By what name a key is written down."""
    caller = request.auth
    return f"key {caller.name}" if isinstance(caller, Caller) else ""


def _answer(read: KindRead) -> KindAnswer:
    names = KindVersion.__struct_fields__
    versions = [KindVersion(*(getattr(v, name) for name in names)) for v in read.versions]
    return KindAnswer(read.kind, versions, str(read.running.pk) if read.running else None)
