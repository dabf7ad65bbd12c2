"""The number of unread messages in the header."""

from django import template
from django.template import Context
from django.utils.translation import gettext as _

from interactions.selectors import Viewer
from promises.selectors.inbox import MOST_COUNTED, unread_count

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_messages(context: Context) -> str:
    """The number as it is shown, "" where there are none or nobody is signed in."""
    viewer = context.get("viewer")
    if not isinstance(viewer, Viewer) or viewer.user_id is None:
        return ""
    count = unread_count(viewer)
    if count > MOST_COUNTED:
        return _("%(n)s+") % {"n": MOST_COUNTED}
    return str(count) if count else ""
