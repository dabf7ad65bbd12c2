"""Every text that anybody can bring in, as text that wants to run: through the doors that people
and programs use."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import msgspec
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from interactions.event_data import SCHEMAS
from interactions.event_types import EventType
from promises.models import Promise, WebhookDelivery, WebhookEndpoint
from promises.services.counting import count_pending
from promises.services.watching import watch
from tests.browser.payloads import grouped
from tests.promises.api.clients import client as api_client
from tests.promises.views.test_imports import form as import_form
from tests.uploads import finished

SOURCE = "/shop'onerror=alert(1)&x=(1);y"
# What one text can hold everywhere; the names of settings are shorter.
GROUPS, NAMES, LINES, SHORT = (grouped(most) for most in (190, 100, 74, 60))
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_MOMENTS = ("due_at", "told_at", "at")
# They say what an event is about; hostile ones would be about nothing.
_LEADS = ("promise", "promise_source", "source", "id", "zone", "calendar", "standard")


def texts_of(schema: Any, text: str, moment: str) -> dict[str, Any]:
    """The data of an event: each text of its schema is `text`, and what else it needs."""
    given: dict[str, Any] = {}
    for field in msgspec.inspect.type_info(schema).fields:
        value = _value(field.encode_name, field.type, text, moment, needed=field.required)
        if value is not None and field.encode_name not in _LEADS:
            given[field.encode_name] = value
    return given


def _value(name: str, kind: Any, text: str, moment: str, *, needed: bool) -> Any:
    info = msgspec.inspect
    match kind:
        case info.UnionType():
            inner = [one for one in kind.types if not isinstance(one, info.NoneType)]
            is_text = isinstance(inner[0], info.StrType | info.StructType)
            return _value(name, inner[0], text, moment, needed=needed) if is_text else None
        case info.Metadata():
            return _value(name, kind.type, text, moment, needed=needed)
        case info.StrType():
            return moment if name in _MOMENTS else text
        case info.LiteralType():
            return next(value for value in kind.values if value) if needed else None
        case info.DictType():
            return {text: text}
        case info.ListType():
            return [text]
        case info.StructType():
            return _nested(name, kind.cls, text, moment)
        case info.FloatType() | info.IntType() if needed:
            return 1
    return None


def _nested(name: str, schema: Any, text: str, moment: str) -> Any:
    if name == "quality" or name == "target":
        return None
    given = texts_of(schema, text, moment)
    return given | {"id": text} if name == "customer" else given


def events(now: datetime) -> Iterator[dict[str, Any]]:
    """Every type for every group; besides promises that are open, overdue, kept and measured."""
    for number, text in enumerate(GROUPS):
        begin = now - 9 * DAY
        told = {"source": SOURCE, "specversion": "1.0"}
        for place, (kind, schema) in enumerate(SCHEMAS.items()):
            at = (begin + place * HOUR).isoformat()
            data = texts_of(schema, text, at)
            if kind is EventType.PROMISE_MADE:
                data["due_at"] = (begin + DAY).isoformat()
            elif kind is EventType.EVENT_RETRACTED:
                data |= {"source": SOURCE, "id": f"{text} {number} {EventType.CUSTOMER_LEFT}"}
            about_customer = not kind.startswith(("promise.", "event."))
            if about_customer and "promise" in schema.__struct_fields__:
                data |= {"promise": f"{text} {number}"}
            id = f"{text} {number} {kind}"
            subject = text if about_customer else f"{text} {number}"
            if kind is EventType.EVENT_RETRACTED:
                subject = data["id"]
            yield told | {"id": id, "type": kind, "subject": subject, "time": at, "data": data}
        for name, days in (("open", 2), ("overdue", -1), ("measured", 3)):
            data = texts_of(SCHEMAS[EventType.PROMISE_MADE], text, "")
            data |= {"due_at": (now + days * DAY).isoformat(), "made_by": "alice"}
            if name == "measured":
                quality = {"target": 9, "comparator": ">=", "scale": 1, "unit": text}
                data |= {"kind": "quality", "quality": quality}
            subject = f"{text} {name}"
            yield told | {
                "id": subject,
                "type": EventType.PROMISE_MADE,
                "subject": subject,
                "time": (now - 3 * DAY).isoformat(),
                "data": data,
            }


def told_by_programs(now: datetime) -> None:
    """Over the API, as a shop tells it."""
    items = list(events(now))
    sender = api_client("events:write", source=SOURCE)
    answer = sender.post("/api/v1/events", json.dumps(items), content_type="application/json")
    assert answer.status_code == 202, answer.content
    refused = [one for one in answer.json()["results"] if one["status"] != "accepted"]
    assert refused == [], refused[:5]
    count_pending()


def typed_by_people(people: Client) -> None:
    """On the pages: what each form takes, until all of its texts have held every payload."""

    def send(name: str, data: dict[str, Any], *args: Any) -> None:
        answer = people.post(reverse(name, args=args), data)
        # A secret and a link are shown at once; everything else leads on when it was taken.
        taken = (200,) if name in ("webhooks", "people") else (302,)
        assert answer.status_code in taken, (name, data, _faults(answer))

    today = timezone.localdate()
    for number, text in enumerate(GROUPS):
        key = f"{number:032x}"
        new = {"key": key, "customer": f"{text} new", "is_new": "on", "new_id": f"{text} new"}
        new |= {"said": text, "kind": "quality", "due_date": (today + 5 * DAY).isoformat()}
        new |= {"target": "9", "scale": "1", "unit": text, "team": text, "touchpoint": text}
        send("promise-new", new)
        made = Promise.objects.latest("pk")
        for act, more in (
            ("pause", {"cause": "agreed", "reason": text}),
            ("resume", {}),
            ("reschedule", _moved(text, today + 6 * DAY)),
            ("fulfil", {"how": "value", "value": "9.5", "evidence": text}),
            ("reopen", {"by": text, "reason": text}),
            ("withdraw", {"by": "us", "reason": text}),
        ):
            made.refresh_from_db()
            send("promise-act", {"seen": made.events_count, **more}, made.pk, act)
        overdue = Promise.objects.get(reference=f"{text} overdue")
        outcome = {"seen": overdue.events_count, "outcome": "failed", "note": text}
        if number % 2:
            send("promise-outcome", outcome, overdue.pk)
        send("alert-rule-new", _rule(text))
        send("note", {"day": today.isoformat(), "text": text, "team": text})
        send("webhooks", _webhook(text))
    for number, text in enumerate(NAMES):
        send("settings-teams", {"name": text, "reference": f"team-{number}"})
        send("settings-touchpoints", {"name": text, "reference": f"place-{number}"})
        send("people", _person(number, text))
    for number, text in enumerate(LINES):
        send("calendar-new", _calendar(number, text))
        send("standard-new", _standard(number, text))
    for text in SHORT:
        send("view-save", {"page": "overview", "name": text, "query": "window=28d", "pinned": "1"})


def _faults(answer: Any) -> Any:
    form = answer.context and answer.context.get("form")
    return form.errors if form else answer.content


def _moved(text: str, day: Any) -> dict[str, Any]:
    asked_at = timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S")
    return {
        "due_date": day.isoformat(),
        "moved_by": "customer",
        "asked_who": text,
        "asked_at": asked_at,
        "reason": text,
    }


def _rule(text: str) -> dict[str, Any]:
    return {
        "name": text,
        "enabled": "on",
        "thresholds": ["due", "over"],
        "days_over": "2",
        "least_stake": "0",
        "audience": "role",
        "role": "admin",
        "channels": ["inbox"],
    }


def _webhook(text: str) -> dict[str, Any]:
    return {
        "url": f"https://93.184.215.14/hooks?x={quote(text)}",
        "description": text,
        "event_types": ["promise.failed"],
    }


def _person(number: int, text: str) -> dict[str, Any]:
    return {"username": f"person{number}", "name": text, "role": "manager", "email": ""}


def _calendar(number: int, text: str) -> dict[str, Any]:
    week = {f"week_{day}": "09:00-17:00" for day in ("mon", "tue", "wed", "thu", "fri")}
    day = {"new-0-date": "2026-12-24", "new-0-name": text, "new-0-hours": "09:00-12:00"}
    return {"name": f"c{number} {text}", "zone": "UTC", "reason": text} | week | day


def _standard(number: int, text: str) -> dict[str, Any]:
    braced = text.replace("{", "(").replace("}", ")")
    return {
        "name": f"s{number} {text}",
        "cycle": "reply",
        "event_type": "contact.received",
        "turn": "every",
        "segment": text,
        "team": text,
        "touchpoint": text,
        "tags": text,
        "kind": "response",
        "statement": f"{braced} {{customer}}",
        "amount": "4",
        "unit": "minutes",
        "promise_team": text,
        "condition_0_field": "words",
        "condition_0_operator": "contains",
        "condition_0_value": text,
        "stake": "1.0",
        "explicit": "1",
        "confidence": "0.5",
        "reason": text,
        "action": "save",
    }


def brought_in_files(people: Client) -> None:
    """A file for each group: its name, its columns, its cells, good rows and bad ones."""
    header = ["order", "words", "ordered", "promised", "delivered", "customer"]
    for number, text in enumerate(GROUPS):
        rows = [
            [*header, f"{text} extra"],
            [f"{text} file", text, "2026-03-02 09:30", "2026-03-06", "", f"{text} file", text],
            ["bad", text, "2026-03-02 09:30", text, "", text, text],
        ]
        content = "\n".join(",".join(f'"{cell}"' for cell in _doubled(row)) for row in rows)
        name = f"{number} {text}.csv".replace("/", "\N{FRACTION SLASH}")
        file = SimpleUploadedFile(name, content.encode())
        answer = people.post(reverse("imports"), {"file": file})
        address = answer["Location"]
        answer = people.post(f"{address}describe", import_form())
        assert answer.status_code == 302, answer.content.decode()[-3000:]
        finished(int(address.split("/")[-2]))
    count_pending()


def _doubled(row: list[str]) -> list[str]:
    return [cell.replace('"', '""') for cell in row]


def heard_from_elsewhere(now: datetime) -> None:
    """What the clock told, and what receivers of webhooks answered."""
    watch(now=now)
    endpoint = WebhookEndpoint.objects.order_by("pk")[0]
    for number, text in enumerate(GROUPS):
        WebhookDelivery.objects.create(
            endpoint=endpoint,
            message_id=f"msg-{number} {text}",
            key=f"{number}",
            type="promise.failed",
            body=json.dumps({"text": text}),
            created_at=now,
            state="failed",
            attempts=1,
            status=500,
            reason=text,
        ).tries.create(at=now, took_ms=5, status=500, reason=text, answer=text)
