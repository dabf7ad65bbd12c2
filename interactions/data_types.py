"""The types that the data of all events are made of."""

from typing import Annotated

from msgspec import Meta, Struct

# Long enough for hashes, URLs and composite keys; short enough for a b-tree page.
MAX_REFERENCE = 255
Reference = Annotated[str, Meta(max_length=MAX_REFERENCE)]
GivenReference = Annotated[str, Meta(min_length=1, max_length=MAX_REFERENCE)]
Name = Annotated[str, Meta(max_length=255)]
Text = Annotated[str, Meta(max_length=4_000)]
# Moments and dates stay text here; `decode` checks them, the fold reads them.
Moment = Annotated[str, Meta(max_length=40, extra_json_schema={"format": "date-time"})]
MomentOrDate = Annotated[
    str,
    Meta(max_length=40, extra_json_schema={"anyOf": [{"format": "date"}, {"format": "date-time"}]}),
]
Share = Annotated[float, Meta(ge=0, le=1)]
# What weighs less than a hundredth of another would be lost among the digits of a sum (R10).
LEAST_CONFIDENCE = 0.01
Confidence = Annotated[float, Meta(ge=LEAST_CONFIDENCE, le=1)]
PositiveShare = Annotated[float, Meta(gt=0, le=1)]
Stake = Annotated[float, Meta(extra_json_schema={"enum": [0.5, 1, 2, 4]})]
Attribute = str | int | float | bool | None


class Data(Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """What all events share."""

    attributes: dict[Name, Attribute] = {}
