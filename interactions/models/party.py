"""Who is involved: customers, teams, people in teams, touchpoints.

Parties are known by the id that the senders use (`reference`). One that no page has described yet
is created by the projection with its id as name and `is_new`, and listed on the data health page
(R23).
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

# The id under which an empty or blank customer, team or touchpoint is kept.
NOT_STATED = "not-stated"


class Party(models.Model):
    """What customers, teams and touchpoints share."""

    # Collation C: ids compare bytewise on every server.
    reference = models.TextField(_("id"), db_collation="C")
    name = models.TextField(_("name"))
    is_new = models.BooleanField(_("new"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name to show."""
        return label_of(self.reference, self.name)


def label_of(reference: str, name: str) -> str:
    """The name to show for a party of this id and name."""
    return str(_("not stated")) if reference == NOT_STATED else name


class Customer(Party):
    """Somebody to whom promises are made; ids are global to the installation."""

    preferred_name = models.TextField(_("preferred name"), blank=True, default="")
    zone = models.TextField(_("time zone"), blank=True, default="")
    segment = models.TextField(_("segment"), blank=True, default="")
    # What the makings of promises say of the customer, each field by the first that says it.
    introduced = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reference"], name="customer_reference_unique")
        ]
        indexes: ClassVar = [
            # Those that nobody has looked at yet, on the data health page.
            models.Index(fields=["id"], name="customer_new", condition=models.Q(is_new=True)),
            # Looking one up while typing, by the beginning of any of their words.
            GinIndex(
                models.Func(
                    "name",
                    "preferred_name",
                    "reference",
                    function="customer_words",
                    output_field=SearchVectorField(),
                ),
                name="customer_words",
            ),
            # Which segments there are, and how many customers are in each.
            models.Index(
                fields=["segment"], name="customer_segment", condition=~models.Q(segment="")
            ),
        ]


class Kept(Party):
    """What people keep in order: archived, it is offered no more, and everything of it stays."""

    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta:
        abstract = True


class Team(Kept):
    """Those who make promises and answer for them."""

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reference"], name="team_reference_unique")
        ]


class Touchpoint(Kept):
    """Where a promise was made: a shop, a call, a counter."""

    class Meta:
        verbose_name = _("touchpoint")
        verbose_name_plural = _("touchpoints")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reference"], name="touchpoint_reference_unique")
        ]


class Segment(models.Model):
    """What a segment that senders name is called on the pages; one without a row is called as it
    is named."""

    reference = models.TextField(_("segment"), db_collation="C")
    label = models.TextField(_("called"))

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reference"], name="segment_reference_unique")
        ]

    def __str__(self) -> str:
        return self.label


class Membership(models.Model):
    """What a person may see and do: an agent in a team, a manager or an admin everywhere."""

    class Role(models.TextChoices):
        AGENT = "agent", _("agent")
        MANAGER = "manager", _("manager")
        ADMIN = "admin", _("admin")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True)
    role = models.TextField(choices=Role.choices)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "team", "role"],
                name="membership_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="membership_agent_has_team",
                condition=~models.Q(role="agent") | models.Q(team__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}" + (f" ({self.team})" if self.team else "")
