"""A page as a browser shows it once its rest has come."""

import re
from html import unescape

from django.test import Client

LATER = re.compile(
    r'<div class="later[^"]*" id="([\w-]+)" data-later[^>]* hx-get="([^"]+)".*?</div>', re.DOTALL
)


def opened(client: Client, path: str) -> str:
    """The page, with the rest in its place, or places, where it asks for one."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    html = answer.content.decode()
    for later in LATER.finditer(html):
        place, address = later.groups()
        rest = client.get(unescape(address), headers={"HX-Request": "true", "HX-Target": place})
        assert rest.status_code == 200, address
        html = html.replace(later[0], rest.content.decode())
    return html
