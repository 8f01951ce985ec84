"""What the OpenAPI description promises is what a real `serve` answers, whatever it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.live.running import Running
from wall.model import Event

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]
EXAMPLES = 12
"""For each operation and mode: some 900 requests in all."""
ERROR = {"code", "message", "remedy", "details"}


@pytest.fixture
def schema(running: Running) -> Any:
    return schemathesis.openapi.from_url(f"{running.url}/api/v1/openapi.json")


def operations(schema: Any) -> Iterator[Any]:
    for found in schema.get_all_operations():
        yield found.ok()


async def things(running: Running, event: Event) -> dict[str, str]:
    """One of each thing that a path names, by the name of its parameter."""

    async def made(path: str, **body: Any) -> dict[str, Any]:
        answer = await running.staff.ask("POST", f"/events/{event.slug}{path}", json=body)
        assert answer.status_code < 300, answer.text
        return dict(answer.json())

    post_id = (await running.staff.post(event.slug, "Said"))["post"]
    room = (await made("/rooms", name="Hall"))["room"]
    times = {"starts_at": "2026-05-04T09:00:00Z", "ends_at": "2026-05-04T11:00:00Z"}
    session = (await made("/sessions", room=room, title="Talk", method="chat", **times))["session"]
    raised = await made(f"/posts/{post_id}/raise", session=session)
    return {
        "slug": event.slug,
        "post_id": post_id,
        "room_id": room,
        "session_id": session,
        "tag_id": (await made("/tags", name="Question"))["tag"],
        "relay_id": raised["relay"],
        "contribution_id": raised["contribution"],
        "scene_id": "default",
    }


def sending(running: Running, there: dict[str, str]) -> Callable[[Any], None]:
    """Sends a case to things that are there, and checks the answer."""

    def send(case: Any) -> None:
        for name in (case.path_parameters or {}).keys() & there.keys():
            case.path_parameters[name] = there[name]
        response = case.call(headers=running.staff.headers)
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400:
            assert set(response.json()["error"]) == ERROR

    return send


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.name
)
async def test_every_operation_answers_as_it_is_described(
    running: Running, schema: Any, mode: GenerationMode
) -> None:
    event = await running.event()
    send = sending(running, await things(running, event))
    quick = settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for operation in operations(schema):
        if mode is GenerationMode.POSITIVE or operation.body or operation.query or operation.headers:
            with suppress(Unsatisfiable):  # nothing that this operation takes can be wrong
                quick(given(case=operation.as_strategy(generation_mode=mode))(send))()


async def test_every_route_of_the_api_is_described(running: Running, schema: Any) -> None:
    labels = {operation.label for operation in operations(schema)}
    assert {"POST /api/v1/events/{slug}/posts", "GET /api/v1/events/{slug}/snapshot"} <= labels
    assert all("/api/v1/" in label or label.startswith("GET /") for label in labels)
    assert quote("/enter/") not in str(labels)
