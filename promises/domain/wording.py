"""What sort of promise somebody's own words seem to be: a proposal for a person to confirm, never a
fact. English and German."""

import re
from dataclasses import dataclass
from typing import Final, Literal

# Words beyond this are not read: what is promised stands at the beginning.
MOST_READ: Final = 400

Kind = Literal["delivery", "response", "quality"]


@dataclass(frozen=True, slots=True)
class Measure:
    """The target of a quality promise."""

    target: float
    comparator: Literal[">=", "<="]
    unit: str

    @property
    def scale(self) -> float:
        """The shortfall at which nothing is left, as it is proposed: of a share above 50 % what is
        left to 100, else a tenth of the target; at least 1."""
        is_share = self.unit == "%" and self.comparator == ">=" and 50 < self.target <= 100
        rest = 100 - self.target if is_share else abs(self.target) / 10
        return max(1.0, round(rest, 6))


_RESPONSE: Final = re.compile(
    r"\b(answer|reply|replies|respond|response|call(?!ed)|(?:be|get|is|are) called"
    r"|phone|ring|get back|hear (?:back )?from"
    r"|e-?mail you|write (?:you|back)|let you know|keep you (?:posted|updated|informed)|update you"
    r"|tell you|message you|antwort|melde|meld\w* (?:mich|uns)|rückruf|ruf|zurückruf|schreib"
    r"|bescheid|informier|rückmeldung)",
    re.IGNORECASE,
)
_MEASURED: Final = re.compile(
    r"(?P<least>at least|no less than|more than|over|above|mindestens|über|>=?|≥)?\s*"
    r"(?P<most>at most|no more than|less than|under|below|up to|höchstens|maximal|unter|<=?|≤)?\s*"
    r"(?P<number>\d{1,9}(?:[.,]\d{1,6})?)\s*(?P<unit>%|percent|per cent|prozent|°c|degrees|grad"
    r"|ms|millisecond\w*|mbit(?:/s)?|gbit(?:/s)?|stars?|sterne?)(?!\w)",
    re.IGNORECASE,
)
_UNITS: Final = {"percent": "%", "per cent": "%", "prozent": "%", "degrees": "°C", "grad": "°C"}
# What is better the lower it is, where the words do not say which way.
_LOW_IS_GOOD: Final = re.compile(r"\b(ms|millisecond\w*|defect|error|fehler|loss|waste)", re.I)

# A share of something is a measured value only where the words speak of quality.
_OF_QUALITY: Final = re.compile(
    r"uptime|availab|accura|precis|satisf|quality|reliab|purity|yield|rate\b|latency|speed|temperature"
    r"|verfügbar|genauigkeit|zufrieden|qualität|ausbeute|temperatur|geschwindigkeit|quote\b",
    re.IGNORECASE,
)


def kind_said(words: str) -> Kind | None:
    """The kind that the words speak of; None where they say nothing."""
    words = words[:MOST_READ]
    if not words.strip():
        return None
    if measure_said(words) is not None:
        return "quality"
    return "response" if _RESPONSE.search(words) else "delivery"


def measure_said(words: str) -> Measure | None:
    """The value that the words promise to reach: 99.9 % uptime."""
    found = _MEASURED.search(words[:MOST_READ])
    if found is None or not (found["least"] or found["most"] or _OF_QUALITY.search(words)):
        return None
    unit = found["unit"].lower()
    falls = found["most"] or (not found["least"] and _LOW_IS_GOOD.search(words[:MOST_READ]))
    return Measure(
        target=float(found["number"].replace(",", ".")),
        comparator="<=" if falls else ">=",
        unit=_UNITS.get(unit, "°C" if unit == "°c" else found["unit"]),
    )
