"""`translate`, where a text without anything variable is looked up once.

A page has hundreds of such texts, and each would go through the translations anew. Templates of
pages that are opened often load it after `i18n`.
"""

from django import template
from django.template import Context
from django.template.base import Node, Parser, Token
from django.templatetags import i18n

from promises.templatetags.page_language import page_language

register = template.Library()


class ConstantText(Node):
    """A `translate` of a literal: the same in every rendering of one language."""

    child_nodelists = ()

    def __init__(self, node: i18n.TranslateNode) -> None:
        self.node, self.name = node, node.asvar
        # With a name the node would answer with nothing.
        node.asvar = None
        self.known: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = page_language()
        text = self.known.get(language)
        if text is None:
            text = self.known[language] = self.node.render(context)
        if not self.name:
            return text
        context[self.name] = text
        return ""


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """Django's own tag; a literal without filters and context is remembered by language."""
    node = i18n.do_translate(parser, token)
    said = node.filter_expression
    is_literal = said.is_var and getattr(said.var, "lookups", ()) is None and not said.filters
    return ConstantText(node) if is_literal and node.message_context is None else node
