"""What the pages say of rests that are still owed."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from promises.selectors.pages import OwedRest, PromiseLine
from promises.templatetags.markup import ready
from promises.templatetags.promise_desk import felt, share_so_far
from promises.templatetags.promise_format import moment

register = template.Library()


@register.filter
def rest_when(rest: OwedRest) -> SafeString:
    """When the rest is due, or how long it is over."""
    if rest.over_seconds is not None:
        return _filled(_("%(time)s over"), time=felt(rest.over_seconds))
    if rest.paused:
        return _filled(_("paused"))
    return _filled(_("due %(day)s"), day=moment(rest.due, "day"))


@register.filter
def rest_words(rest: OwedRest) -> SafeString:
    """How much there was so far, and when the rest is due or how long it is over."""
    share = share_so_far(rest.fraction)
    if rest.over_seconds is not None:
        over = _("%(share)s so far, rest %(time)s over")
        return _filled(over, share=share, time=felt(rest.over_seconds))
    if rest.paused:
        return _filled(_("%(share)s so far, rest paused"), share=share)
    due = _("%(share)s so far, rest due %(day)s")
    return _filled(due, share=share, day=moment(rest.due, "day"))


@register.filter
def rest_sentence(line: PromiseLine) -> SafeString | str:
    """Where a promise stands whose rest is owed, "" where none is."""
    rest = line.rest
    if rest is None:
        return ""
    return _filled(
        _sentence(rest, moved=line.due != line.first_due),
        share=share_so_far(rest.fraction),
        first=moment(line.first_due),
        due=moment(line.due),
        time=felt(rest.over_seconds or 0),
    )


def _sentence(rest: OwedRest, *, moved: bool) -> str:
    if rest.paused:
        return _(
            "Partial: fulfilled to %(share)s so far. The rest is still owed; its clock stands "
            "still while the customer's wait lasts."
        )
    if rest.over_seconds is not None and moved:
        return _(
            "Partial: fulfilled to %(share)s so far. The rest is still owed: first due %(first)s, "
            "now due %(due)s, and it is %(time)s over."
        )
    if rest.over_seconds is not None:
        return _(
            "Partial: fulfilled to %(share)s so far. The rest is still owed: it was due %(due)s, "
            "and is %(time)s over."
        )
    if moved:
        return _(
            "Partial: fulfilled to %(share)s so far. The rest is still owed: first due %(first)s, "
            "now due %(due)s."
        )
    return _("Partial: fulfilled to %(share)s so far. The rest is still owed: due %(due)s.")


def _filled(words: str, **parts: str) -> SafeString:
    """Words with their parts, as they can stand in a page."""
    return SafeString(ready(words) % {name: ready(part) for name, part in parts.items()})
