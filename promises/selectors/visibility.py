"""The one place that limits what a viewer may see: agents their teams, managers all teams."""

from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from interactions.models import Customer, Event, Team
from interactions.models.party import NOT_STATED
from interactions.selectors import Viewer
from promises.models import OpenChance, OpenPromise, Promise, Remainder
from promises.projection.parties import party_reference

P = TypeVar("P", Customer, Team)


class NotVisible(LookupError):
    """Unknown, or not for these eyes: the answer is the same."""


def visible_promises(viewer: Viewer) -> QuerySet[Promise]:
    """Promises of the viewer's teams."""
    promises = Promise.objects.all()
    return promises if viewer.team_ids is None else promises.filter(team_id__in=viewer.team_ids)


def visible_awaited(viewer: Viewer) -> QuerySet[Promise]:
    """Open promises of the viewer's teams that are waited for, as the narrow table of them says:
    of two tables that name the same team the planner expects next to nothing."""
    promises = Promise.objects.filter(openpromise__isnull=False)
    if viewer.team_ids is None:
        return promises
    return promises.filter(openpromise__team_id__in=viewer.team_ids)


def visible_open(viewer: Viewer) -> QuerySet[OpenPromise]:
    """Open promises of the viewer's teams."""
    promises = OpenPromise.objects.all()
    return promises if viewer.team_ids is None else promises.filter(team_id__in=viewer.team_ids)


def visible_remainders(viewer: Viewer) -> QuerySet[Remainder]:
    """Rests of promises of the viewer's teams that are still owed."""
    rests = Remainder.objects.all()
    return rests if viewer.team_ids is None else rests.filter(team_id__in=viewer.team_ids)


def visible_chances(viewer: Viewer) -> QuerySet[OpenChance]:
    """Chances of open promises of the viewer's teams, also where a team has just changed."""
    chances = OpenChance.objects.all()
    if viewer.team_ids is None:
        return chances
    return chances.filter(team_id__in=viewer.team_ids, promise__team_id__in=viewer.team_ids)


def visible_teams(viewer: Viewer) -> QuerySet[Team]:
    """The viewer's teams."""
    teams = Team.objects.all()
    return teams if viewer.team_ids is None else teams.filter(pk__in=viewer.team_ids)


def offered_teams(viewer: Viewer, *, chosen: str) -> QuerySet[Team]:
    """The viewer's teams of whose promises something is looked for: of those archived the ones that
    have any, and what is chosen."""
    has_some = Exists(Promise.objects.filter(team=OuterRef("pk")))
    return visible_teams(viewer).filter(Q(archived_at=None) | Q(reference=chosen) | has_some)


def visible_customers(viewer: Viewer) -> QuerySet[Customer]:
    """Customers to whom the viewer's teams promised something; for managers all."""
    customers = Customer.objects.all()
    if viewer.team_ids is None:
        return customers
    promised = Promise.objects.filter(customer=OuterRef("pk"), team_id__in=viewer.team_ids)
    return customers.filter(Exists(promised))


def visible_customer_events(viewer: Viewer, customer: Customer) -> QuerySet[Event]:
    """Events about a customer, which belong to no team: for whoever may see the customer."""
    if not visible_customers(viewer).filter(pk=customer.pk).exists():
        return Event.objects.none()
    return Event.objects.filter(subject=customer.reference, subject_source=None)


def team_visible(viewer: Viewer, reference: str) -> Team:
    """One team by its id.

    Raises: NotVisible.
    """
    team = _named(visible_teams(viewer), reference)
    if team is None:
        raise NotVisible(reference)
    return team


def customer_visible(viewer: Viewer, reference: str) -> Customer:
    """One customer by id.

    Raises: NotVisible.
    """
    customer = _named(visible_customers(viewer), reference)
    if customer is None:
        raise NotVisible(reference)
    return customer


def _named(rows: QuerySet[P], reference: str) -> P | None:
    # No row has an id with NUL, and the database does not even take the question.
    return None if "\0" in reference else rows.filter(reference=reference).first()


def is_id_taken(viewer: Viewer, reference: str) -> bool:
    """Whether an id means a customer already whom the viewer may not see, or nobody in particular.

    Shape: also where the ledger speaks of them and no row is there yet.
    """
    reference = party_reference(reference)
    if reference == NOT_STATED:
        return True
    if visible_customers(viewer).filter(reference=reference).exists() or viewer.sees_all:
        return False
    spoken_of = Event.objects.filter(subject=reference, subject_source=None)
    return Customer.objects.filter(reference=reference).exists() or spoken_of.exists()


def promise_visible(viewer: Viewer, pk: int) -> Promise:
    """One promise by its number.

    Raises: NotVisible.
    """
    promises = visible_promises(viewer).select_related("customer", "team", "touchpoint", "source")
    promise = promises.filter(pk=pk).first()
    if promise is None:
        raise NotVisible(str(pk))
    return promise
