"""Nothing stands outside the window: on phones, on tablets, in menus and in their cards."""

import pytest

from interactions.models import Membership
from tests.browser.conftest import Reader
from tests.browser.test_pages import is_wider_than_its_window
from tests.promises.views.world import World

pytestmark = [pytest.mark.browser]

# What the window cuts off; what is only read out is not looked at.
CUT = """(chosen) => [...document.querySelectorAll(chosen)]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.left < 0 || box.right > window.innerWidth))
    .map(([html]) => html)"""


@pytest.mark.parametrize("width", [390, 360, 320])
def test_every_menu_stays_on_the_screen(reader: Reader, world: World, width: int) -> None:
    Membership.objects.filter(user=world.alice).update(role=Membership.Role.ADMIN)
    page = reader.page
    reader.sign_in("alice")
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/", "/desk/", "/promises/", "/settings/new-calendar/"):
        reader.open(path)
        assert not is_wider_than_its_window(reader), path
        menus = page.locator("details.menu > summary").all()
        assert len(menus) >= 3, path
        for menu in menus:
            menu.click()
            assert page.evaluate(CUT, "details.menu[open] .menu-sheet *") == [], path
            assert not is_wider_than_its_window(reader), path
            page.keyboard.press("Escape")
