"""What people keep about their reading: saved views, what they asked last, notes on days."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from interactions.models import Team


class ReadingPage(models.TextChoices):
    """The pages whose filters are kept."""

    OVERVIEW = "overview", _("Overview")
    PROMISES = "promises", _("Promises")


class SavedView(models.Model):
    """The filters of a page under a name: one person's, or a team's."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    name = models.TextField(_("name"))
    page = models.TextField(choices=ReadingPage.choices)
    # As it stands in the address, without the question mark.
    query = models.TextField(blank=True, default="")
    pinned = models.BooleanField(default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="view_is_a_persons_or_a_teams",
                condition=models.Q(owner__isnull=False, team__isnull=True)
                | models.Q(owner__isnull=True, team__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["owner", "team", "page", "name"],
                name="view_name_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LastAsked(models.Model):
    """What one person asked a page last, and the view with which they want to begin."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    page = models.TextField(choices=ReadingPage.choices)
    query = models.TextField(blank=True, default="")
    begin_with = models.ForeignKey(
        SavedView, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "page"], name="last_asked_once")
        ]


class DatedNote(models.Model):
    """What happened on a day, in a person's words: shown in every trend; no team is all of them."""

    day = models.DateField(_("day"))
    text = models.TextField(_("what happened"))
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["day"], name="dated_note_day")]

    def __str__(self) -> str:
        return self.text
