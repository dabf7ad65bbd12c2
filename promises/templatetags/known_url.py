"""`url`, where an address is made once: a page has fifty of them, and Django makes each anew.

It is among the built-in tags of all templates (`TEMPLATES` in the settings).
"""

from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.template.base import Node, Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as made_anew
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape

register = template.Library()
# True would be taken for 1.
_PLAIN = (str, int)


class KnownUrl(Node):
    """A `url` without names for its arguments, and whose address is not kept in a variable."""

    child_nodelists = ()

    def __init__(self, node: URLNode) -> None:
        self.node = node

    def render(self, context: Context) -> str:
        args = tuple(arg.resolve(context) for arg in self.node.args)
        if not context.autoescape or not all(type(arg) in _PLAIN for arg in args):
            return str(self.node.render(context))
        name = self.node.view_name.resolve(context)
        return _address(get_urlconf(), get_script_prefix(), name, args)


@lru_cache(maxsize=4_096)
def _address(_routes: str | None, _prefix: str, name: str, args: tuple[Any, ...]) -> str:
    return conditional_escape(reverse(name, args=args))


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """Django's own tag, which remembers."""
    node = made_anew(parser, token)
    return node if node.kwargs or node.asvar else KnownUrl(node)
