"""Staff pages: a look at people, parties, sources and keys. Nothing is changed here."""

from typing import TYPE_CHECKING, Any

import django.contrib.auth.admin  # noqa: F401 (it registers accounts, and is taken out below)
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver

from interactions.models import ApiKey, Customer, Membership, Source, Team, Touchpoint

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


def looked_at() -> list[URLPattern | URLResolver]:
    """The addresses of these pages: without the form for a password, of which no list tells."""
    return [
        one
        for one in admin.site.get_urls()
        if getattr(one, "name", "") not in ("password_change", "password_change_done")
    ]


class ReadOnlyAdmin(ModelAdmin):
    """Rows that are looked at, not changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Not here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Not here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Not here."""
        return False


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who may see what; it is changed in the settings, which write it down."""

    list_display = ("user", "role", "team")
    list_filter = ("role",)
    list_select_related = ("user", "team")


class PartyAdmin(ReadOnlyAdmin):
    """Parties come from events; the settings name teams and touchpoints."""

    list_display = ("name", "reference", "is_new")
    list_filter = ("is_new",)
    search_fields = ("name", "reference")


class PersonAdmin(ReadOnlyAdmin):
    """Accounts; they are made and changed in the settings, which write it down."""

    list_display = ("username", "first_name", "email", "is_active", "last_login")
    exclude = ("password", "groups", "user_permissions")


# Changed here, nothing would keep the last admin from being shut out, and no list would tell.
admin.site.unregister([Group, User])
admin.site.register(User, PersonAdmin)
admin.site.register([Customer, Team, Touchpoint], PartyAdmin)


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    """Who speaks."""

    list_display = ("name", "door", "is_sample", "created_at")


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys, by their first letters; `manage.py make_key` makes them."""

    list_display = ("name", "prefix", "scopes", "source", "last_used_at", "revoked_at")
    exclude = ("hash",)
