"""Days, their parts and weeks that other languages name, as English words that are read here:
vendredi après-midi, pasado mañana, volgende week. French, Spanish, Italian, Dutch, Portuguese.

A weekday alone is left to the library that knows these languages.
"""

import re
from typing import Final

_Table = tuple[tuple[str, str], ...]
_WEEKDAYS: Final[_Table] = (
    ("Monday", r"lundi|lunes|luned[ìi]|maandag|segunda(?:-feira)?"),
    ("Tuesday", r"mardi|martes|marted[ìi]|dinsdag|terça(?:-feira)?"),
    ("Wednesday", r"mercredi|mi[ée]rcoles|mercoled[ìi]|woensdag|quarta(?:-feira)?"),
    ("Thursday", r"jeudi|jueves|gioved[ìi]|donderdag|quinta(?:-feira)?"),
    ("Friday", r"vendredi|viernes|venerd[ìi]|vrijdag|sexta(?:-feira)?"),
    ("Saturday", r"samedi|s[áa]bado|sabato|zaterdag"),
    ("Sunday", r"dimanche|domingo|domenica|zondag"),
)
_AFTER_TOMORROW: Final = (
    r"apr[èe]s[\s-]demain|pasado\s+mañana|depois\s+de\s+amanhã|dopo\s?domani|overmorgen"
)
_DAYS: Final[_Table] = (
    *_WEEKDAYS,
    ("day after tomorrow", _AFTER_TOMORROW),
    ("tomorrow", r"demain|mañana|amanhã|domani|morgen"),
    ("today", r"aujourd['’]hui|hoy|hoje|oggi|vandaag"),
)
_PARTS: Final[_Table] = (
    (
        "morning",
        r"(?:au |dans la )?matin(?:ée)?|(?:por|a|en) la mañana|(?:de|pela|da) manhã"
        r"|(?:di |in )?mattin(?:a|ata)|'?s ochtends|ochtend|(?<=dag)morgen",
    ),
    (
        "afternoon",
        r"(?:dans l['’])?apr[èe]s[\s-]midi|(?:por|a|en) la tarde|(?:à|de|da|pela) tarde"
        r"|(?:di |nel )?pomeriggio|'?s middags|middag",
    ),
    (
        "evening",
        # In French "sera" is what a parcel will be.
        r"(?:au |dans la )?soir(?:ée)?|'?s avonds|avond|(?:di |in )sera(?:ta)?"
        r"|(?:(?<=ì )|(?<=domani )|(?<=oggi )|(?<=sabato )|(?<=domenica ))sera",
    ),
    ("night", r"(?:por|en) la noche|(?:à|de|da) noite"),
    ("noon", r"(?:à |a )?midi|(?:a |al )mediodía|(?:ao |a )meio[\s-]dia|(?:a )?mezzogiorno"),
)
_THESE: Final[_Table] = (
    (
        "this morning",
        r"heute morgen|ce matin|esta mañana|esta manhã|stamattina|questa mattina|vanochtend",
    ),
    ("this afternoon", r"cet(?:te)? apr[èe]s[\s-]midi|esta tarde|questo pomeriggio|vanmiddag"),
    ("this evening", r"ce soir|stasera|questa sera|vanavond"),
)


def _any_of(table: _Table) -> str:
    return "(?:" + "|".join(pattern for _, pattern in table) + ")"


_NEXT: Final = r"(?:\s+(?:prochain|próximo|prossimo))?"
_DAY: Final = rf"(?P<day>{_any_of(_DAYS)})"
_PART: Final = rf"(?P<part>{_any_of(_PARTS)})\b"
# Vendredi après-midi, vrijdagmiddag; German and Dutch share "morgen".
_DAY_AND_PART: Final = re.compile(rf"\b{_DAY}{_NEXT}(?:,?\s+|(?<=g)|(?<=morgen)){_PART}", re.I)
# L'après-midi de vendredi; "las 10 de la mañana del viernes" is the clock.
_PART_OF_DAY: Final = re.compile(
    r"(?<!de )(?<!de la )\b(?:l['’]|la |il |en la |por la )?"
    r"(?P<part>après-midi|matin(?:ée)?|mañana|tarde|pomeriggio|mattina)"
    rf"\s+(?:de|del|di)\s+(?P<day>{_any_of(_WEEKDAYS)})\b",
    re.I,
)
_ALONE: Final = re.compile(rf"\b(?P<day>{_AFTER_TOMORROW})\b", re.I)
_THIS: Final = re.compile(rf"\b(?P<day>{_any_of(_THESE)})\b", re.I)
_HOUR: Final = r"(?P<hour>0?[6-9]|1\d|2[0-3])\s?(?:h|heures)(?P<minute>[0-5]\d)?\b(?!\s*d[e'’u])"
# Vendredi 14h; "vendredi 4h de travail" is how long it takes.
_DAY_AND_HOUR: Final = re.compile(rf"\b{_DAY}{_NEXT},?\s+{_HOUR}", re.I)
_RANGES: Final = (
    re.compile(rf"\b(?:entre|de)\s+\d\d?\s?h(?:[0-5]\d)?\s+(?:et|à)\s+{_HOUR}", re.I),
    re.compile(
        r"\btussen\s+(?:[89]|1\d)(?:\s+uur)?\s+en\s+(?P<hour>9|1\d|2[0-3])(?P<minute>)\s+uur\b",
        re.I,
    ),
)
_A_WEEKDAY: Final = re.compile(rf"\b(?P<day>{_any_of(_WEEKDAYS)})\b", re.I)
_NEXT_WEEK: Final = (
    r"(?:semaine (?:prochaine|qui vient)|pr[óo]xima semana"
    r"|semana (?:que v(?:iene|em)|pr[óo]xima|entrante)|prossima settimana"
    r"|settimana (?:prossima|che viene|entrante)|(?:volgende|komende) week)\b"
)
_A_NEXT_WEEK: Final = re.compile(rf"\b{_NEXT_WEEK}", re.I)
# Vendredi de la semaine prochaine.
_DAY_OF_NEXT: Final = re.compile(
    r"(?:(?<=day)|(?<=ing)|(?<=noon))\s+(?:(?:de|di|da|van|in|en|della|dalla)\s+)?(?:(?:la|de)\s+)?"
    + _NEXT_WEEK,
    re.I,
)
# La semana que viene, el jueves.
_NEXT_ON: Final = re.compile(rf"\b{_NEXT_WEEK},?\s+(?:(?:le|el|il|op|na|no)\s+)?(?=\w+day\b)", re.I)
_A_THIS_WEEK: Final = re.compile(
    r"\b(?:cette semaine|n?esta semana|questa settimana|deze week"
    r"|fin(?:al|ales)? de (?:la )?sema(?:ine|na)|fi(?:m|nal) d[ae] semana"
    r"|fine (?:della )?settimana|eind(?:e)?(?: van)? de week)\b",
    re.I,
)


def in_english(words: str) -> str:
    """The words with the days and their parts that other languages name in English."""
    words = _PART_OF_DAY.sub(lambda found: f"{_part(found)} of {_day(found)}", words)
    words = _DAY_AND_PART.sub(lambda found: f"{_day(found)} {_named(_PARTS, found, 'part')}", words)
    words = _DAY_AND_HOUR.sub(lambda found: f"{_day(found)} {_clock(found)}", words)
    for pattern in _RANGES:
        words = pattern.sub(_clock, words)
    words = _weeks_in_english(words)
    # I called this morning, it arrives on Friday: what is promised is the weekday.
    is_other = _A_WEEKDAY.search(words) is not None
    words = _THIS.sub(lambda found: "" if is_other else _named(_THESE, found, "day"), words)
    return _ALONE.sub(_day, words)


def _weeks_in_english(words: str) -> str:
    """The words with this and the next week in English, and with them their weekdays."""
    if not (_A_NEXT_WEEK.search(words) or _A_THIS_WEEK.search(words)):
        return words
    words = _A_WEEKDAY.sub(_day, words)
    words = _NEXT_ON.sub("next week on ", _DAY_OF_NEXT.sub(" next week", words))
    return _A_THIS_WEEK.sub("this week", _A_NEXT_WEEK.sub("next week", words))


def _named(table: _Table, found: re.Match[str], group: str) -> str:
    """The English name of what is said in another language; what stands in front may say which."""
    for name, pattern in table:
        if re.compile(pattern, re.IGNORECASE).fullmatch(found.string, *found.span(group)):
            return name
    return found[group]


def _day(found: re.Match[str]) -> str:
    return _named(_DAYS, found, "day")


def _part(found: re.Match[str]) -> str:
    """The English name of a part of a day that stands without what leads to it."""
    return "morning" if found["part"].lower().startswith("m") else "afternoon"


def _clock(found: re.Match[str]) -> str:
    return f"{found['hour']}:{found['minute'] or '00'}"
