"""Staff pages: roles of people, names of parties, a look at sources. The ledger is not edited."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from interactions.models import ApiKey, Customer, Membership, Source, Team, Touchpoint

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


@admin.register(Membership)
class MembershipAdmin(ModelAdmin):
    """Who may see what: agents their teams, managers and admins all."""

    list_display = ("user", "role", "team")
    list_filter = ("role",)
    list_select_related = ("user", "team")
    autocomplete_fields = ("user", "team")


class PartyAdmin(ModelAdmin):
    """Parties come from events; here they get their names."""

    list_display = ("name", "reference", "is_new")
    list_filter = ("is_new",)
    search_fields = ("name", "reference")
    readonly_fields = ("reference", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Promises bring their parties along."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """The ledger names them."""
        return False


admin.site.register([Customer, Team, Touchpoint], PartyAdmin)


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


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    """Who speaks."""

    list_display = ("name", "door", "is_sample", "created_at")


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys, by their first letters; `manage.py make_key` makes them."""

    list_display = ("name", "prefix", "scopes", "source", "last_used_at", "revoked_at")
    exclude = ("hash",)
