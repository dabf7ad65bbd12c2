"""How much time somebody's own words give, reckoned from now: within 4 hours, 3 to 5 business days,
two and a half hours. English, German, French, Spanish, and the plain ones of Italian, Dutch and
Portuguese."""

import re
from datetime import date, timedelta
from math import ceil
from typing import Final

from promises.domain.business_time import Unit, due
from promises.domain.said_reading import DAY, TO, Proposed, Reading, at_moment, last_of

_WHOLE: Final = {
    1: "one|ein|eine|einem|einen|einer|eines|un|une|una|um|uma|een",
    2: "two|zwei|a couple of|couple of|ein paar|deux|dos|due|dois|duas|twee",
    3: "three|drei|a few|few|trois|tres|tre|três|drie",
    4: "four|vier|quatre|cuatro|quattro|quatro",
    5: "five|fünf|cinq|cinco|cinque|vijf",
    6: "six|sechs|seis|sei|zes",
    7: "seven|sieben|sept|siete|sette|sete|zeven",
    8: "eight|acht|huit|ocho|otto|oito",
    9: "nine|neun|neuf|nueve|nove|negen",
    10: "ten|zehn|dix|diez|dieci|dez|tien",
    11: "eleven|elf|onze|once|undici",
    12: "twelve|zwölf|douze|doce|dodici|doze|twaalf",
    14: "fourteen|vierzehn|quatorze|catorce",
    15: "fifteen|fünfzehn|quinze|quince",
    20: "twenty|zwanzig|vingt|veinte",
    24: "twenty-four|twenty four|vierundzwanzig|vingt-quatre|veinticuatro",
    30: "thirty|dreißig|trente|treinta",
    48: "forty-eight|forty eight|achtundvierzig|quarante-huit|cuarenta y ocho",
}
_HALVES: Final = (
    *("half an", "half a", "einer halben", "eine halbe", "halben", "½"),
    *("une demi", "demi", "media", "meia", "mezza", "mezz'", "een half"),
)
_COUNTS: Final[dict[str, float]] = {
    **{word: float(count) for count, words in _WHOLE.items() for word in words.split("|")},
    **{
        f"{words.split('|')[1]}einhalb": count + 0.5
        for count, words in _WHOLE.items()
        if count < 13
    },
    **dict.fromkeys(_HALVES, 0.5),
    **dict.fromkeys(("a", "an"), 1.0),
    "anderthalb": 1.5,
}
_WORDS: Final = "|".join(sorted(map(re.escape, _COUNTS), key=len, reverse=True))
_COUNT: Final = rf"(?:\d{{1,4}}(?:[.,]\d{{1,2}})?|{_WORDS})"
_HALF: Final = (
    r"(?:\s?½|\s1/2|\s+(?:and|und)\s+(?:a|eine?)\s+hal(?:f|be[snr]?)"
    r"|\s+(?:et|y|e)\s+(?:demie?|medi[ao]|meia|mezz[ao]))"
)
_MINUTES: Final = "minutes?|mins?|minuten?|minutos?|minut[oi]|minuut"
_HOURS: Final = "hours?|hrs?|h|stunden?|std|heures?|horas?|or[ae]|uur|uren"
_WEEKS: Final = "weeks?|wochen?|semaines?|semanas?|settiman[ae]|weken"
_MONTHS: Final = "months?|monate?n?|mois|mes(?:es)?|mês|mes[ei]|maand(?:en)?"
_DAYS: Final = "days?|tage?n?|jours?|d[ií]as?|giorn[oi]|dag(?:en)?"
_OPEN_DAYS: Final = r"(?:werk|arbeits|geschäfts)tag\w*|werkdag(?:en)?"
_UNIT: Final = (
    r"(?P<business>business|working|work|office|opening)?[\s-]*"
    rf"(?:(?P<minutes>{_MINUTES})|(?P<hours>{_HOURS})|(?P<open>{_OPEN_DAYS})|(?P<days>{_DAYS})"
    rf"|(?P<weeks>{_WEEKS})|(?P<months>{_MONTHS}))\b"
    r"(?P<worked>\s+(?:ouvr(?:é|able)s?|hábiles|laborables|úteis|lavorativi)\b)?"
)
# Of 3 to 5 days the longer end.
_TIME: Final = (
    rf"(?:{_COUNT}{_HALF}?{TO})?(?P<count>{_COUNT})(?P<half>{_HALF})?\s*-?\s*{_UNIT}"
    rf"(?P<more>{_HALF})?"
)
_SPAN: Final = re.compile(
    r"(?:\b(?:within|in|inside|after|inside of|under|between|zwischen|innerhalb(?: von)?|binnen"
    r"|nach|n(?:ot|o) later than|in the next|over the next|in den nächsten|the next|next"
    r"|dans|sous|en|entre|dentro d[ei]|em|daqui a|entro|tra|fra)\s+|\bd['’]ici\s+(?:à\s+)?)"
    r"(?:(?:about|at most|max\.?|the next|spätestens|les?|l[ao]s|prochain(?:e?s)?|próxim[ao]s"
    r"|moins de|menos de|meno di|au plus|environ|un délai de|un plazo de|prossim[ei]|de)\s+){0,3}"
    rf"{_TIME}",
    re.IGNORECASE,
)
_HOUR: Final = re.compile(
    r"\b(?:within (?:the|this)(?: next| coming)?|(?:in|over) the (?:next|coming)"
    r"|innerhalb (?:der|dieser)(?: nächsten)?|in der nächsten|dans l['’]|entro l['’]|binnen het"
    r"|(?:en|dentro de) la próxima|na próxima)\s*(?P<half>half[\s-]|halben\s)?"
    r"(?:hour|stunde|heure|hora|ora|uur)\b(?!\s+(?:before|after|of|when|vor|nach))",
    re.IGNORECASE,
)
_ALONE: Final = re.compile(rf"(?<![\w.,/-]){_TIME}", re.IGNORECASE)
# For 2 hours, 2 hours ago: how long something lasts, or has lasted.
_LASTS: Final = re.compile(
    r"\b(?:for|every|each|last|past|previous|per|of|vor|seit|für|alle|jeden?|open|since"
    r"|pendant|durant|durante|depuis|il y a|ça fait|toutes les|tous les|chaque|pour|hace|desde|cada"
    r"|por|para|há|ogni|da|per|sinds|elke|al)\s+"
    r"(?:about |the |die |ca\.? )?$",
    re.IGNORECASE,
)
_OF_SOMETHING: Final = re.compile(
    r"['’]|\s*(?:ago|old|of|per|late|each|long|worth|before|after|lang|alt|zuvor|notice|warranty"
    r"|service|support|a (?:day|week|month|year)|avant|après|plus tôt|de|antes|atrás|fa|geleden)\b",
    re.IGNORECASE,
)
# 2 days before, the week before: how long before nobody can tell who knows only the day.
_SO_LONG_BEFORE: Final = re.compile(
    rf"(?:(?<![\w.,/-]){_TIME}|\b(?:week|weekend|month|year|night|evening|morning|afternoon))\s+$",
    re.IGNORECASE,
)


def span_said(words: str, reading: Reading) -> Proposed | None:
    """Within so many hours, days, business days; within the hour.

    Raises: OutOfReach, OverflowError.
    """
    found, hour = _SPAN.search(words), _HOUR.search(words)
    if hour is not None and (found is None or hour.start() < found.start()):
        return _in_minutes(30 if hour["half"] else 60, reading, business=False)
    return None if found is None else _later(found, reading)


def span_alone_said(words: str, reading: Reading) -> Proposed | None:
    """So many hours and no more words about it: a time that somebody asks for, not one that
    something lasts.

    Raises: OutOfReach, OverflowError.
    """
    for found in _ALONE.finditer(words):
        is_thing = _LASTS.search(words[: found.start()]) or _OF_SOMETHING.match(words, found.end())
        # A day, one day: that is how stories begin.
        if not is_thing and (found["count"][0].isdigit() or _number(found) != 1):
            return _later(found, reading)
    return None


def so_long_before(before: str) -> bool:
    """Whether words that stand in front of "before" say how long before it is meant."""
    return _SO_LONG_BEFORE.search(before) is not None


def without_spans(words: str) -> str:
    """The words without any length of time."""
    return _ALONE.sub(" ", words)


def _number(found: re.Match[str]) -> float:
    said = found["count"].lower()
    count = _COUNTS[said] if said in _COUNTS else float(said.replace(",", "."))
    return count + (0.5 if found["half"] or found["more"] else 0.0)


def _later(found: re.Match[str], reading: Reading) -> Proposed | None:
    count = _number(found)
    business = any(found[name] is not None for name in ("business", "open", "worked"))
    if not count:
        return None
    if found["minutes"] or found["hours"]:
        return _in_minutes(count * (1 if found["minutes"] else 60), reading, business=business)
    # Not a part of a day before what was said.
    whole = ceil(count)
    if found["months"]:
        return Proposed(_months_later(reading.today, whole))
    if found["weeks"]:
        return Proposed(reading.today + ceil(7 * count) * DAY)
    if not business:
        return Proposed(reading.today + whole * DAY)
    closes = due(reading.now, whole, Unit.BUSINESS_DAYS, reading.calendar)
    return at_moment(closes, reading, (whole, Unit.BUSINESS_DAYS))


def _in_minutes(minutes: float, reading: Reading, *, business: bool) -> Proposed:
    if not business:
        return at_moment(reading.now + timedelta(minutes=minutes), reading)
    unit = Unit.BUSINESS_MINUTES
    return at_moment(due(reading.now, minutes, unit, reading.calendar), reading, (minutes, unit))


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    last = last_of(day.year, day.month + months)
    return last.replace(day=min(day.day, last.day))
