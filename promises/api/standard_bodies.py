"""Standards as the API takes and answers them."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from interactions.data_types import Confidence
from promises.domain.conditions import Operator
from promises.domain.standards import Cycle, Terms, Turn
from promises.selectors.standards import Made, StandardLine, StandardRead
from promises.services.standards import Trial

Short = Annotated[str, msgspec.Meta(max_length=255)]


class ConditionBody(msgspec.Struct, forbid_unknown_fields=True):
    """A condition on the event: one of its fields, `attributes.ANYTHING`, `source` or `subject`."""

    field: Short
    operator: Operator
    value: Short = ""


class StandardBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a version says.

    `cycle`: one promise for each `event`; for each wait of a customer until we `reply`; one
    `update` after the other; one for each `period` of the clock. The trigger is `event_type` with
    `conditions`, `segment`, `team`, `touchpoint` and `tags`, all of which must hold. The target is
    `amount` and `unit` (in `calendar`), or `date_field`, the field of the event that holds the
    date. `value`, `comparator`, `measure` and `scale` are of quality.
    `tolerance_minutes` after the date it is still in time; null: as its kind says.
    `statement` and `reference` name fields in braces: {customer}, {due}, {attributes.order}.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    cycle: Cycle
    kind: Literal["delivery", "response", "quality"]
    statement: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
    event_type: Short = ""
    conditions: Annotated[list[ConditionBody], msgspec.Meta(max_length=20)] = []
    segment: Short = ""
    team: Short = ""
    touchpoint: Short = ""
    tags: Annotated[list[Short], msgspec.Meta(max_length=20)] = []
    turn: Turn = Turn.EVERY
    amount: Annotated[float, msgspec.Meta(gt=0, le=10_000_000)] | None = None
    unit: Literal["", "minutes", "business minutes", "days", "business days"] = ""
    calendar: Short = ""
    same_time: bool = False
    date_field: Short = ""
    value: float | None = None
    comparator: Literal["", ">=", "<="] = ""
    measure: Short = ""
    scale: Annotated[float, msgspec.Meta(gt=0)] | None = None
    period: Literal["", "month", "week"] = ""
    customer: Short = ""
    promise_team: Short = ""
    reference: Short = ""
    tolerance_minutes: Annotated[float, msgspec.Meta(ge=0, le=10_000_000)] | None = None
    stake: Annotated[float, msgspec.Meta(extra_json_schema={"enum": [0.5, 1, 2, 4]})] = 1
    explicit: bool = True
    confidence: Confidence = 0.5
    valid_from: date | None = None
    valid_until: date | None = None
    is_on: bool = True


class NewStandardBody(StandardBody, kw_only=True, forbid_unknown_fields=True):
    """A new standard. Without `id` it gets one made of its name."""

    id: Annotated[str, msgspec.Meta(max_length=64)] = ""
    reason: Annotated[str, msgspec.Meta(max_length=1_000)] = ""


class EditStandardBody(StandardBody, kw_only=True, forbid_unknown_fields=True):
    """An edit of `version`, which must be the newest."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    reason: Annotated[str, msgspec.Meta(max_length=1_000)] = ""


class TrialBody(msgspec.Struct, forbid_unknown_fields=True):
    """What is tried: `terms` in place of the newest version, or that one where left out."""

    terms: StandardBody | None = None


class MadeAnswer(msgspec.Struct):
    """Promises that were made, matured and kept; rate and bounds are null where none matured."""

    promises: int
    matured: int
    kept: int
    kept_rate: float | None
    kept_low: float | None
    kept_high: float | None


class StandardItem(msgspec.Struct):
    """A standard in the list, in its newest version."""

    id: str
    name: str
    version: int
    cycle: str
    kind: str
    event_type: str
    is_on: bool
    made_at: datetime
    made: MadeAnswer


class StandardsAnswer(msgspec.Struct):
    """All standards, in the order in which they are asked; the first that speaks of an event
    promises."""

    results: list[StandardItem]


class StandardVersionAnswer(msgspec.Struct):
    """One version; what is heard from `holds_from` on is judged by it."""

    version: int
    made_at: datetime
    holds_from: datetime
    made_by: str
    reason: str
    is_on: bool
    made: MadeAnswer


class RecentAnswer(msgspec.Struct):
    """One of its latest promises. Its outcome is told with `promise_source` "/standards" and this
    reference as the subject."""

    id: str
    reference: str
    statement: str
    due: datetime
    state: str
    version: int | None


class StandardAnswer(msgspec.Struct):
    """One version, all versions, newest first, and the latest promises."""

    id: str
    version: int
    terms: Terms
    made: MadeAnswer
    versions: list[StandardVersionAnswer]
    recent: list[RecentAnswer]


class TrialExampleAnswer(msgspec.Struct):
    """One promise that would have been made; `kept_at` where an answer would have kept it."""

    made_at: datetime
    due: datetime
    customer: str
    statement: str
    trigger_type: str
    trigger_source: str
    trigger_id: str
    kept_at: datetime | None


class TrialAnswer(msgspec.Struct):
    """What would have happened since `since`; nothing was written.

    `taken` counts events that an earlier standard has, `undated` those without a date that can be
    read. Where answers keep the promises, `in_time`, `late`, `overdue` and `waiting` add up to
    `made`. `is_whole` is false where there was too much to look at.
    """

    since: datetime
    made: int
    in_time: int
    late: int
    overdue: int
    waiting: int
    taken: int
    undated: int
    is_whole: bool
    examples: list[TrialExampleAnswer]


def terms_from(body: StandardBody) -> Terms:
    """A body as terms."""
    told = msgspec.to_builtins(body)
    return msgspec.convert(
        {name: told[name] for name in StandardBody.__struct_fields__}, Terms, strict=False
    )


def item_of(line: StandardLine) -> StandardItem:
    """A line of the list."""
    terms = line.terms
    return StandardItem(
        id=line.reference,
        name=terms.name,
        version=line.version,
        cycle=terms.cycle.value,
        kind=terms.kind,
        event_type=terms.event_type,
        is_on=terms.is_on,
        made_at=line.made_at,
        made=_made(line.made),
    )


def answer_of(read: StandardRead) -> StandardAnswer:
    """A version."""
    return StandardAnswer(
        id=read.reference,
        version=read.version,
        terms=read.terms,
        made=_made(read.made),
        versions=[
            StandardVersionAnswer(
                one.version,
                one.made_at,
                one.holds_from,
                one.made_by,
                one.reason,
                one.is_on,
                _made(one.made),
            )
            for one in read.versions
        ],
        recent=[
            RecentAnswer(str(one.id), one.reference, one.statement, one.due, one.state, one.version)
            for one in read.recent
        ],
    )


def trial_answer(trial: Trial) -> TrialAnswer:
    """What came of a trial."""
    return msgspec.convert(trial, TrialAnswer, from_attributes=True)


def _made(made: Made) -> MadeAnswer:
    low, high = made.interval or (None, None)
    return MadeAnswer(made.promises, made.matured, made.kept, made.kept_rate, low, high)
