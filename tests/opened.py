"""A page as a browser shows it once its rest has come."""

import re
from html import unescape

from django.test import Client

_LATER = re.compile(r'<div class="later" id="rest"[^>]* hx-get="([^"]+)".*?</div>', re.DOTALL)


def opened(client: Client, path: str) -> str:
    """The page, with the rest in its place where it asks for one."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    html = answer.content.decode()
    later = _LATER.search(html)
    if later is None:
        return html
    rest = client.get(unescape(later[1]), headers={"HX-Request": "true", "HX-Target": "rest"})
    assert rest.status_code == 200, later[1]
    return html.replace(later[0], rest.content.decode())
