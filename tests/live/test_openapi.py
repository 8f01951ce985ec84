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
"""For each operation and mode: some 400 requests in all."""
ERROR = {"code", "message", "remedy", "details"}


@pytest.fixture
def schema(running: Running) -> Any:
    return schemathesis.openapi.from_url(f"{running.url}/api/v1/openapi.json")


def operations(schema: Any) -> Iterator[Any]:
    for found in schema.get_all_operations():
        yield found.ok()


def sending(running: Running, event: Event, post_id: str) -> Callable[[Any], None]:
    """Sends a case to an event and a post that are there, and checks the answer."""

    def send(case: Any) -> None:
        if "slug" in (case.path_parameters or {}):
            case.path_parameters["slug"] = event.slug
        if "post_id" in (case.path_parameters or {}):
            case.path_parameters["post_id"] = post_id
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
    post_id = (await running.staff.post(event.slug, "Said"))["post"]
    send = sending(running, event, post_id)
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
