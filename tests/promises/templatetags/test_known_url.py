"""`url` is Django's own, made once."""

import pytest
from django.template import Context, Template
from django.template.defaulttags import URLNode
from django.test import override_settings
from django.urls import NoReverseMatch, reverse, set_script_prefix

from promises.templatetags.known_url import KnownUrl

TEAM = Template("{% url 'team' name %}")


def test_it_is_the_tag_of_every_template() -> None:
    assert [type(node) for node in TEAM.nodelist] == [KnownUrl]
    named = Template("{% url 'team' name as there %}{{ there }}")
    assert isinstance(named.nodelist[0], URLNode)
    assert named.render(Context({"name": "a b"})) == reverse("team", args=["a b"])


@pytest.mark.parametrize("name", ["fulfilment", "a b", 'a"<b>&c', "1", 1, "ä/ö", "?", "#", "a%2fb"])
def test_addresses_are_those_of_django(name: str | int) -> None:
    theirs = Template("{% url 'team' name as there %}{{ there }}").render(Context({"name": name}))
    assert TEAM.render(Context({"name": name})) == theirs
    assert TEAM.render(Context({"name": name})) == theirs
    assert TEAM.render(Context({"name": name}, autoescape=False)) == reverse("team", args=[name])


def test_each_place_has_its_own() -> None:
    assert TEAM.render(Context({"name": "x"})) == "/teams/x"
    try:
        set_script_prefix("/below/")
        assert TEAM.render(Context({"name": "x"})) == "/below/teams/x"
    finally:
        set_script_prefix("/")
    assert TEAM.render(Context({"name": "x"})) == "/teams/x"


@override_settings(ROOT_URLCONF="promisegap.urls")
def test_what_there_is_not_is_still_an_error() -> None:
    with pytest.raises(NoReverseMatch):
        Template("{% url 'nowhere' %}").render(Context())
    with pytest.raises(NoReverseMatch):
        TEAM.render(Context({}))
