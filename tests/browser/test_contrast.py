"""What is not text can be told from its ground as well: 3 to 1 at least, in light and in dark."""

import pytest

from tests.browser.conftest import Reader
from tests.promises.views.world import World

pytestmark = [pytest.mark.browser]

# The contrast of colours with what lies behind an element, in the order they are asked for. A
# canvas turns every notation into numbers and lays what is transparent over the ground.
CONTRAST = """([chosen, properties]) => {
  const brush = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
    .getContext("2d", { willReadFrequently: true });
  const painted = (colours) => {
    brush.clearRect(0, 0, 1, 1);
    for (const colour of colours) { brush.fillStyle = colour; brush.fillRect(0, 0, 1, 1); }
    return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (colours) => painted(colours)
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const grounds = (element) => (element
    ? [...grounds(element.parentElement), getComputedStyle(element).backgroundColor] : ["white"]);
  const element = [...document.querySelectorAll(chosen)].find((found) => found.checkVisibility());
  const ground = grounds(element.parentElement);
  const behind = light(ground);
  return properties.map((property) => {
    const colour = light([...ground, getComputedStyle(element)[property]]);
    return (Math.max(colour, behind) + 0.05) / (Math.min(colour, behind) + 0.05);
  });
}"""
FOCUSED = {
    "/": (".header-nav .nav-link", "main .btn", "#asked-kind", ".how > summary"),
    "/preferences/": ("main .form-check-input", "main .form-select"),
    "/search/": ("main .form-control",),
}


@pytest.fixture(params=["light", "dark"])
def painted(request: pytest.FixtureRequest, reader: Reader, world: World) -> Reader:
    """Alice in one of the themes; colours do not take their time to change."""
    reader.page.emulate_media(color_scheme=request.param, reduced_motion="reduce")
    reader.sign_in("alice")
    return reader


def test_what_has_the_focus_and_where_a_field_is_can_be_seen(painted: Reader) -> None:
    page = painted.page
    for path, all_chosen in FOCUSED.items():
        painted.open(path)
        for chosen in all_chosen:
            one = page.locator(f"{chosen} >> visible=true").first
            if "form-" in chosen or "asked" in chosen:
                assert page.evaluate(CONTRAST, [chosen, ["borderTopColor"]])[0] >= 3, chosen
            # Only what the keyboard reaches shows its ring.
            page.keyboard.press("Shift")
            one.focus()
            assert one.evaluate("(found) => getComputedStyle(found).outlineWidth") == "3px", chosen
            assert page.evaluate(CONTRAST, [chosen, ["outlineColor"]])[0] >= 3, chosen


def test_the_range_of_a_figure_can_be_seen(painted: Reader) -> None:
    ranges = ".figure .interval-range"
    assert painted.page.evaluate(CONTRAST, [ranges, ["fill"]])[0] >= 3
