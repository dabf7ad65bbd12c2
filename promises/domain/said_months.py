"""Dates that name a month, as somebody's own words have them: 6 March, the end of January, by
month end. English, German, French, Spanish, Italian, Dutch, Portuguese."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from promises.domain.said_reading import BEFORE, DAY, SOME_OF, NoDate, Proposed, Reading, last_of

_NAMES: Final = (
    "january|jan|januar|jänner|janvier|janv|enero|gennaio|januari|janeiro",
    "february|feb|februar|feber|février|fevrier|févr|fév|febrero|febbraio|februari|fevereiro|fev",
    "march|mar|märz|maerz|mär|mrz|mars|marzo|maart|mrt|março",
    "april|apr|avril|avr|abril|abr|aprile",
    "may|mai|mayo|maggio|mei|maio",
    "june|jun|juni|juin|junio|giugno|junho",
    "july|jul|juli|juillet|juil|julio|luglio|julho",
    "august|aug|août|aout|aoû|agosto|augustus",
    "september|sep|sept|septembre|septiembre|settembre|setembro",
    "october|oct|oktober|okt|octobre|octubre|ottobre|outubro",
    "november|nov|novembre|noviembre|novembro",
    "december|dec|dezember|dez|décembre|decembre|déc|diciembre|dic|dicembre|dezembro",
)
_MONTHS: Final = {
    name: number for number, names in enumerate(_NAMES, 1) for name in names.split("|")
}
MONTH: Final = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
DAY_OF_MONTH: Final = r"\d{1,2}(?:st|nd|rd|th|\.|er|º|ª)?"
# 6 March, March 6th: what is looked at as a written date at all.
WRITTEN: Final = re.compile(
    rf"(?<![\w:.])(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er|º|ª)?\s*(?:of |de |di )?(?P<month>{MONTH})"
    r"(?:(?:,|\sde)?\s+(?P<year>20\d\d))?"
    rf"|\b(?P<first>{MONTH})\s+(?P<second>\d{{1,2}})(?:st|nd|rd|th|\.)?(?![\d:])"
    r"(?:,?\s+(?P<of>20\d\d))?",
    re.IGNORECASE,
)
# These are other words, too, and these names are short: alone only after what leads to a date.
_DOUBTFUL: Final = frozenset(
    (
        *("may", "mai", "march", "mars", "mar", "mei", "aug", "august", "jan", "feb", "apr", "jun"),
        *("jul", "sep", "sept", "oct", "okt", "nov", "dec", "dez"),
    )
)
_LEADS: Final = re.compile(
    r"\b(?:in|by|until|till|before|during|of|next|late|early|mid|mi|im|bis|ende|vor|anfang|mitte|en|fin"
    r"|avant|de|em|até|hasta|antes|entro|per|eind|einde|voor|tot)[\s-]+$",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(rf"{BEFORE}$", re.IGNORECASE)
_SOME_OF: Final = re.compile(SOME_OF, re.IGNORECASE)
_MIDDLE: Final = re.compile(
    r"\b(?:mid|middle of|mitte|mi|mediados de|meados de|metà)[\s-]+$", re.IGNORECASE
)
_BEGINNING: Final = re.compile(
    r"\b(?:early|(?:beginning|start) of|anfang|début|principios de|início de|inizio|begin)"
    r"(?:\s+in)?\s+$",
    re.IGNORECASE,
)
_ALONE: Final = re.compile(
    rf"(?<![\w.])(?<!\d\s)(?P<month>{MONTH})(?!\s?\d{{1,2}}\b|\s(?:jours|heures|minutes))"
    r"(?:(?:,|\sde)?\s+(?P<year>20\d\d)|\s+(?P<next>next year|nächste[ns] jahre?s?))?",
    re.IGNORECASE,
)


def day_of_month_said(found: re.Match[str], today: date) -> date | None:
    """The day of a match of WRITTEN: the next of its kind where it names no year; None where the
    year that it names has passed.

    Raises: NoDate where no year has such a day.
    """
    day, name = int(found["day"] or found["second"]), found["month"] or found["first"]
    year, month = found["year"] or found["of"], _MONTHS[name.lower().rstrip(".")]
    # 29 February is there every fourth year, with one exception in a hundred.
    years = [int(year)] if year else range(today.year, today.year + 9)
    if not 1 <= day <= 31:
        return None
    possible = [date(each, month, day) for each in years if day <= last_of(each, month).day]
    if not possible:
        raise NoDate(found[0])
    return next((one for one in possible if one >= today), None)


def month_said(words: str, reading: Reading) -> Proposed | None:
    """A month without a day, and perhaps which part of it: its last day, the next one.

    Raises: NoDate where the words say its beginning, which may be any of several days.
    """
    for found in _ALONE.finditer(words):
        name, before = found["month"].lower().rstrip("."), words[: found.start()]
        if name in _DOUBTFUL and not _LEADS.search(before):
            continue
        if _BEGINNING.search(before):
            raise NoDate(found[0])
        day = _day_of(found, _MONTHS[name], _part_of(before), reading.today)
        if day is not None:
            return Proposed(day, eve=_BEFORE.search(before) is not None)
    return None


def _part_of(before: str) -> Callable[[int, int], date]:
    """Which day of a month the words before it mean."""
    if _BEFORE.search(before):
        return lambda year, month: date(year, month, 1) - DAY
    if _MIDDLE.search(before):
        return lambda year, month: date(year, month, 15)
    return last_of


def _day_of(
    found: re.Match[str], month: int, part: Callable[[int, int], date], today: date
) -> date | None:
    if found["year"]:
        years = [int(found["year"])]
    else:
        first = today.year + (found["next"] is not None)
        years = [first, first + 1, first + 2]
    return next((day for year in years if (day := part(year, month)) >= today), None)


def _end_of_month(today: date) -> date:
    return last_of(today.year, today.month)


def _end_of_next_month(today: date) -> date:
    return last_of(today.year, today.month + 1)


def _end_of_quarter(today: date) -> date:
    return last_of(today.year, (today.month + 2) // 3 * 3)


def _end_of_next_quarter(today: date) -> date:
    return last_of(today.year, (today.month + 2) // 3 * 3 + 3)


def _end_of_year(today: date) -> date:
    return date(today.year, 12, 31)


def _end_of_next_year(today: date) -> date:
    return date(today.year + 1, 12, 31)


# Those of the next one stand before those of this one: "the end of the next month".
_ENDS: Final[Mapping[str, Callable[[date], date]]] = {
    r"next month|(?:nächste|kommende)[nrs]? monats?|(?:le )?mois prochain|próximo mes"
    r"|mes (?:que viene|próximo)|próximo mês|mês (?:que vem|próximo)|prossimo mese|mese prossimo"
    r"|(?:volgende|komende) maand": _end_of_next_month,
    r"this month|(?:the|of) month|month[\s-]?end|eom|diese[mns]? monats?|ende des monats"
    r"|monatsende|(?:fin|fim|final|fine) d\w+\s?(?:mois|mes|mês|mese)|fine mese"
    r"|einde?(?: van)?(?: de)? maand": _end_of_month,
    r"next quarter|(?:nächste|kommende)[ns] quartals?|trimestre prochain|próximo trimestre"
    r"|prossimo trimestre|volgend kwartaal": _end_of_next_quarter,
    r"(?:this|the|of) quarter|quarter[\s-]?end|eoq|quartalsende|ende (?:des|dieses) quartals"
    r"|(?:fin|fim|final|fine) d\w+\s?trimestre": _end_of_quarter,
    r"next year|(?:nächste|kommende)[nrs]? jahre?s?|année prochaine|an prochain|próximo año"
    r"|año (?:que viene|próximo)|próximo ano|ano que vem|prossimo anno|anno prossimo"
    r"|(?:volgend|komend) jaar": _end_of_next_year,
    r"(?:the|this|of) year|year(?:'?s)?[\s-]?end|eoy|jahresende|ende (?:des|dieses) jahres"
    r"|(?:fin|fim|final|fine) d\w+['’\s](?:l['’])?(?:année|año|ano|anno)|fine anno"
    r"|einde?(?: van)?(?: het)? jaar": _end_of_year,
}
# Before the next one is by the end of this one.
_EVES: Final = {
    _end_of_next_month: _end_of_month,
    _end_of_next_quarter: _end_of_quarter,
    _end_of_next_year: _end_of_year,
}
_ENDINGS: Final = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), ends) for pattern, ends in _ENDS.items()
)
_QUARTER: Final = re.compile(r"\bq(?P<number>[1-4])\b(?:\s+(?P<year>20\d\d))?", re.IGNORECASE)


def end_said(words: str, reading: Reading) -> Proposed | None:
    """The end of this or the next month, quarter, year.

    Raises: NoDate where only a part of it is meant.
    """
    today = reading.today
    for pattern, ends in _ENDINGS:
        if (named := pattern.search(words)) is not None:
            if _SOME_OF.search(words[: named.start()]):
                raise NoDate(named[0])
            if ends in _EVES and _BEFORE.search(words[: named.start()]):
                return Proposed(_EVES[ends](today), eve=True)
            return Proposed(ends(today))
    for found in _QUARTER.finditer(words):
        is_before = _BEFORE.search(words[: found.start()]) is not None
        year, quarter = found["year"], int(found["number"]) - is_before
        years = [int(year)] if year else [today.year, today.year + 1, today.year + 2]
        days = [last_of(each, 3 * quarter) for each in years]
        if ahead := [day for day in days if day >= today]:
            return Proposed(ahead[0], eve=is_before)
    return None
