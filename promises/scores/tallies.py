"""Which rows answer a question, and what they add up to, grouped as asked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from interactions.known_parties import all_of, references_of
from interactions.models import Customer, Team, Touchpoint
from interactions.models.party import Party
from promises.models.kinds import Kind
from promises.scores import past, relations, stretched, together_then
from promises.scores.adding import TOGETHER, Source, added_rows, tally_of_matured, tally_of_row
from promises.scores.question import Question, Scope
from promises.scores.reading import is_reading, keep, kept, once
from promises.scores.tally import Tally, together

# How a relation's rows are grouped; parties by the ids that senders use. Customers by their
# numbers: joined here, they would tempt the planner to read all of them.
_GROUPS: Mapping[Scope, tuple[str, str]] = {
    Scope.COMPANY: ("''", ""),
    Scope.KIND: ("kind", ""),
    Scope.DAY: ("day::text", ""),
    Scope.TEAM: ("g.reference", "JOIN interactions_team g ON g.id = team_id"),
    Scope.CUSTOMER: ("customer_id", ""),
    Scope.TOUCHPOINT: ("g.reference", "JOIN interactions_touchpoint g ON g.id = touchpoint_id"),
}


_BY_NUMBER: Mapping[Scope, tuple[str, type[Party]]] = {
    Scope.TEAM: ("team_id", Team),
    Scope.TOUCHPOINT: ("touchpoint_id", Touchpoint),
}


class _Parts(defaultdict[str, list[Tally]]):
    """By group, what is still to be added up."""

    def __init__(self) -> None:
        super().__init__(list)


def tallies(question: Question, scope: Scope) -> dict[str, Tally]:
    """Answer a question, grouped by the scope.

    Shape: by team, customer or touchpoint id, kind, ISO day, or '' for the company; groups without
    promises are left out.
    """
    return dict(once((question, scope), lambda: _tallies(question, scope)))


def read_together(question: Question, *, touchpoints: bool = False) -> None:
    """Answer a question about the company, teams, kinds, both, and days by going through the rows
    once.

    Shape: nothing is given back: within `one_reading`, `tallies` then has the answers, also about
    the teams of each kind; and about touchpoints where they are wanted and the same rows tell them.
    """
    if not is_reading() or question.customer_ids is not None:
        return
    found: past.Answers = {}
    if touchpoints and together_then.can_answer(question):
        by_pair, by_day, by_point = _read_with_touchpoints(question)
        found[question, Scope.TOUCHPOINT] = _added_up(by_point)
    else:
        by_pair, by_day = _read_pairs_and_days(question)
    found[question, Scope.DAY] = _added_up(by_day)
    _from_pairs(question, {pair: together(parts) for pair, parts in by_pair.items()}, found)
    _keep_with_folded(question, found)


def _read_pairs_and_days(question: Question) -> tuple[dict[tuple[str, str], list[Tally]], _Parts]:
    by_pair, by_day = dict[tuple[str, str], list[Tally]](), _Parts()
    teams = _References(Team)
    rows = stretched.rows(question) if stretched.can_answer(question) else _rows_of_days(question)
    for team, kind, day, matured, *sums in rows:
        tally = _tally_of_part(matured, sums)
        if team is None:
            by_day[day and day.isoformat()].append(tally)
        else:
            by_pair.setdefault((teams[team], kind), []).append(tally)
    return by_pair, by_day


def _read_with_touchpoints(
    question: Question,
) -> tuple[dict[tuple[str, str], list[Tally]], _Parts, _Parts]:
    by_pair, by_day, by_point = dict[tuple[str, str], list[Tally]](), _Parts(), _Parts()
    teams, points = _References(Team), _References(Touchpoint)
    for row in together_then.rows(question):
        tally = _tally_of_part(row.matured, row.sums)
        if row.team is not None:
            by_pair.setdefault((teams[row.team], row.kind), []).append(tally)
        elif row.touchpoint is not None:
            by_point[points[row.touchpoint]].append(tally)
        elif row.day is not None:
            by_day[row.day.isoformat()].append(tally)
    return by_pair, by_day, by_point


def _rows_of_days(question: Question) -> list[tuple[Any, ...]]:
    """By team and kind, and by day, from the cells of all days."""
    return added_rows(
        question,
        relations_for(question, Scope.TEAM),
        group="team_id, kind, day, matured",
        sums=TOGETHER,
        join="",
        by="GROUP BY GROUPING SETS ((team_id, kind, matured), (day, matured))",
    )


def _tally_of_part(matured: bool, sums: Sequence[Any]) -> Tally:
    return tally_of_matured(sums) if matured else Tally(not_yet_due=sums[5], kept_early=sums[1])


def _added_up(parts: _Parts) -> dict[str, Tally]:
    return {group: together(tallies) for group, tallies in parts.items()}


def _from_pairs(
    question: Question, pairs: Mapping[tuple[str, str], Tally], into: past.Answers
) -> None:
    """What teams and kinds together add up to: the company, each team, each kind, and these of
    each kind alone."""
    company, by_team, by_kind = _Parts(), _Parts(), _Parts()
    of_kind: dict[str, dict[str, Tally]] = {}
    for (team, kind), tally in pairs.items():
        company[""].append(tally)
        by_team[team].append(tally)
        by_kind[kind].append(tally)
        of_kind.setdefault(kind, {})[team] = tally
    into[question, Scope.COMPANY] = _added_up(company)
    into[question, Scope.TEAM] = _added_up(by_team)
    into[question, Scope.KIND] = kinds = _added_up(by_kind)
    if not question.kind:
        for kind, teams in of_kind.items():
            alone = replace(question, kind=kind)
            into[alone, Scope.COMPANY] = {"": kinds[kind]}
            into[alone, Scope.TEAM] = teams


class _References(dict[int, str]):
    """The ids that senders use, by number; one that is newer than what the page has read is looked
    up."""

    def __init__(self, model: type[Party]) -> None:
        self._model = model
        super().__init__((one.pk, one.reference) for one in all_of(model))

    def __missing__(self, number: int) -> str:
        rows = self._model._default_manager.filter(pk=number)
        self[number] = rows.values_list("reference", flat=True).get()
        return self[number]


def company_matured(question: Question, scope: Scope) -> Mapping[str, Tally]:
    """What the matured promises of the whole company add up to, in all or by kind: what rows are
    drawn towards (R11).

    Shape: at a past moment it is not told how many had not matured.
    """
    everyone = replace(question, team_ids=None, customer_ids=None)
    known: Mapping[str, Tally] | None = kept((everyone, scope))
    if known is not None or everyone.is_now:
        return tallies(everyone, scope) if known is None else known
    return once(_matured_place(everyone, scope), lambda: _matured(everyone, scope))


def _matured_place(question: Question, scope: Scope) -> tuple[str, Question, Scope]:
    return ("matured", question, scope)


def _matured(question: Question, scope: Scope) -> dict[str, Tally]:
    found = add_up(question, scope, _sources_of_means(question))
    past.add_folded(question, {(question, scope): found})
    return found


def _sources_of_means(everyone: Question) -> list[Source]:
    """At a past moment promises under way are many, and no mean asks for them."""
    sources = relations_for(everyone, Scope.COMPANY)
    to_come = relations.from_today_on_then
    return [relations.from_today_then if one is to_come else one for one in sources]


def read_means_together(question: Question) -> None:
    """Answer a question about the whole company and each of its kinds by going through the rows
    once: what all rows of a page are drawn towards (R11).

    Shape: as of `read_together`, for `company_matured`; whose promises the question asks for does
    not matter.
    """
    everyone = replace(question, team_ids=None, customer_ids=None)
    if not is_reading() or kept((everyone, Scope.KIND)) is not None:
        return
    found: past.Answers = {(everyone, scope): {} for scope in (Scope.COMPANY, Scope.KIND)}
    for bits, kind, *sums in added_rows(
        everyone,
        _sources_of_means(everyone),
        group="grouping(kind), kind",
        join="",
        by="GROUP BY GROUPING SETS ((), (kind))",
    ):
        tally = tally_of_row(tuple(sums))
        if bits:
            found[everyone, Scope.COMPANY][""] = tally
        else:
            found[everyone, Scope.KIND][kind] = tally
            found[replace(everyone, kind=kind), Scope.COMPANY] = {"": tally}
    _keep_with_folded(everyone, found, matured_only=not everyone.is_now)


def _keep_with_folded(
    question: Question, found: past.Answers, *, matured_only: bool = False
) -> None:
    """Keep the answers, those of the past with what is folded (R4)."""
    for kind in Kind.values if not question.kind else ():
        for scope in (Scope.COMPANY, Scope.TEAM):
            if (question, scope) in found:
                found.setdefault((replace(question, kind=kind), scope), {})
    if not question.is_now:
        past.add_folded(question, found)
    for (asked, scope), groups in found.items():
        keep(_matured_place(asked, scope) if matured_only else (asked, scope), groups)


def _tallies(question: Question, scope: Scope) -> dict[str, Tally]:
    found = add_up(question, scope, relations_for(question, scope))
    if not question.is_now:
        past.add_folded(question, {(question, scope): found})
    return found


def relations_for(question: Question, scope: Scope) -> list[Source]:
    """The relations whose rows answer a question, grouped by the scope."""
    if scope is Scope.CUSTOMER or question.customer_ids is not None:
        promises = relations.from_promises_now if question.is_now else relations.from_promises_then
        return [promises]
    # A touchpoint's rows are asked for like a question about each of them.
    by_touchpoint = replace(question, touchpoint_ids=question.touchpoint_ids or frozenset())
    asked = by_touchpoint if scope is Scope.TOUCHPOINT else question
    if scope is not Scope.TEAM and relations.is_of_company(asked):
        by_point = scope is Scope.TOUCHPOINT
        cells = relations.from_touchpoints if by_point else relations.from_company
    else:
        cells = relations.from_details if scope is Scope.TOUCHPOINT else relations.from_cells
    found: list[Source] = [cells] if question.is_now else [cells, relations.from_late_events]
    if question.last_day is None:
        # A window that ended before today has nothing of today in it.
        found.append(
            relations.from_promises_today if question.is_now else relations.from_today_on_then
        )
    return found


def add_up(
    question: Question,
    scope: Scope,
    sources: Sequence[Source],
) -> dict[str, Tally]:
    """Add up the rows of some relations."""
    group, join = _GROUPS[scope]
    by_number = _BY_NUMBER.get(scope) if is_reading() else None
    if by_number is not None:
        # Their names are known: the rows need not be joined and sorted by them.
        group, join = by_number[0], ""
    rows = added_rows(question, sources, group=group, join=join, by="GROUP BY 1")
    found = {row[0]: tally_of_row(row[1:]) for row in rows}
    if scope is Scope.CUSTOMER:
        references = references_of(Customer, found)
        return {references[pk]: tally for pk, tally in found.items()}
    if by_number is None:
        return found
    names = _References(by_number[1])
    return {names[pk]: tally for pk, tally in found.items() if pk is not None}
