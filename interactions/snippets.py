"""The first programs of a new source, with its key and address filled in: they run as they are."""

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone


@dataclass(frozen=True, slots=True)
class Snippet:
    """One way to send the first event."""

    slug: str
    label: str
    text: str


_CURL = """curl -sS {url} \\
  -H "Authorization: Bearer {key}" \\
  -H "Content-Type: application/cloudevents+json" \\
  --data-binary @- <<'EVENT'
{event}
EVENT
"""

_PYTHON = """import json
import urllib.error
import urllib.request

event = {event}

request = urllib.request.Request(
    "{url}",
    data=json.dumps(event).encode(),
    headers={{
        "Authorization": "Bearer {key}",
        "Content-Type": "application/cloudevents+json",
    }},
)
try:
    with urllib.request.urlopen(request, timeout=10) as answer:
        print(answer.status, answer.read().decode())
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
"""

_CSV = '''import csv
import io
import json
import urllib.error
import urllib.request

# Your file: open("promises.csv", newline="") instead of these two lines.
rows = io.StringIO("""reference,made_at,customer,team,due_on,statement
{subject},{time},c-1,fulfilment,{due_at},Arrives within three days
""")

events = [
    {{
        "specversion": "1.0",
        # The same row again has the same id, and counts once.
        "id": f"made-{{row['reference']}}",
        "source": {source},
        "type": "promise.made",
        "subject": row["reference"],
        "time": row["made_at"],
        "data": {{
            "kind": "delivery",
            "customer": {{"id": row["customer"]}},
            "team": row["team"],
            "due_at": row["due_on"],
            "statement": row["statement"],
        }},
    }}
    for row in csv.DictReader(rows)
]
request = urllib.request.Request(
    "{url}",
    data=json.dumps(events).encode(),
    headers={{
        "Authorization": "Bearer {key}",
        "Content-Type": "application/cloudevents-batch+json",
    }},
)
try:
    with urllib.request.urlopen(request, timeout=60) as answer:
        print(answer.status, answer.read().decode())
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
'''


def snippets(request: HttpRequest, source: str, key: str) -> list[Snippet]:
    """The first event by curl, by Python, and from a CSV file."""
    url = request.build_absolute_uri(reverse("api-events"))
    event = _first_event(source)
    text = json.dumps(event, indent=2)
    return [
        Snippet("curl", "curl", _CURL.format(url=url, key=key, event=text)),
        Snippet("python", "Python", _PYTHON.format(url=url, key=key, event=text)),
        Snippet(
            "csv",
            "CSV",
            _CSV.format(
                url=url,
                key=key,
                source=json.dumps(source),
                subject=event["subject"],
                time=event["time"],
                due_at=event["data"]["due_at"],
            ),
        ),
    ]


def _first_event(source: str) -> dict[str, Any]:
    now = timezone.now()
    number = secrets.token_hex(4)
    return {
        "specversion": "1.0",
        "id": f"first-{number}",
        "source": source,
        "type": "promise.made",
        "subject": f"order-{number}",
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "data": {
            "kind": "delivery",
            "customer": {"id": "c-1", "name": "Ada Lovelace"},
            "team": "fulfilment",
            "due_at": (now + timedelta(days=3)).date().isoformat(),
            "statement": "Arrives within three days",
        },
    }
