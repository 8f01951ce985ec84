"""The bridges of examples/bridges that are called, Slack's and that of text messages: what they are told,
in the shapes that are documented, is on a real wall; and what nobody else says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest

from examples.bridges import slack, sms
from examples.bridges.webhook import Item, Unanswered, Wall, bunches
from tests.live.bridging import Watched, bridging, posted, straight, watched
from tests.support.ports import free_port

__all__ = ["straight", "watched"]

pytestmark = pytest.mark.usefixtures("straight")

SLACK_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
SLACK_NAMES = {"U2147483697": "Zoë", "U2": "Bo"}
SAID = {
    "type": "message",
    "channel": "C123ABC456",
    "user": "U2147483697",
    "text": "<@U2> &amp; <https://example.org|this>: which of <#C2|drafts> first? <!here>",
    "ts": "1355517523.000005",
    "event_ts": "1355517523.000005",
    "channel_type": "channel",
}
CHANGED = {
    "type": "message",
    "subtype": "message_changed",
    "hidden": True,
    "channel": "C123ABC456",
    "ts": "1358878755.000001",
    "message": {
        "type": "message",
        "user": "U2147483697",
        "text": "Which first?",
        "edited": {"user": "U2147483697", "ts": "1358878755.000000"},
        "ts": "1355517523.000005",
    },
    "previous_message": {"type": "message", "user": "U2147483697", "text": "…", "ts": "1355517523.000005"},
}
DELETED = {
    "type": "message",
    "subtype": "message_deleted",
    "hidden": True,
    "channel": "C123ABC456",
    "ts": "1358878755.000001",
    "deleted_ts": "1355517523.000005",
}


def slack_name(user: str) -> str:
    return SLACK_NAMES.get(user, "")


def of_slack(event: dict[str, Any]) -> list[Item]:
    return slack.items_of(event, ["C123ABC456"], slack_name)


def slack_signed(body: bytes, at: int | None = None, secret: str = SLACK_SECRET) -> dict[str, str]:
    moment = str(int(time.time()) if at is None else at)
    made = hmac.new(secret.encode(), b"v0:%s:%s" % (moment.encode(), body), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={made}"}


async def test_slack_says_edits_and_deletes(watched: Watched) -> None:
    with bridging(slack.bridge(watched.wall, SLACK_SECRET, ["C123ABC456"], slack_name)) as address:

        async def tell(event: dict[str, Any]) -> None:
            body = json.dumps({"type": "event_callback", "team_id": "T1", "event": event}).encode()
            assert (await posted(address, body, slack_signed(body))).status_code == 200

        await tell(SAID)
        assert await watched.shown() == [("Zoë", "@Bo & this: which of #drafts first? @here")]
        await tell(CHANGED)
        await tell(SAID)
        assert await watched.shown() == [("Zoë", "Which first?")]
        await tell(DELETED)
        await tell(CHANGED)
        assert await watched.shown() == []


def test_what_slack_says_of_other_things_is_nothing() -> None:
    assert of_slack(SAID | {"channel": "C9"}) == []
    assert of_slack(DELETED | {"channel": "C9"}) == []
    assert of_slack({"type": "reaction_added", "channel": "C123ABC456"}) == []
    assert of_slack(SAID | {"subtype": "channel_join"}) == []
    assert of_slack(SAID | {"subtype": "bot_message", "bot_id": "B1"}) == []
    assert of_slack(SAID | {"text": " "}) == []
    unfolded = {name: part for name, part in CHANGED["message"].items() if name != "edited"}  # type: ignore[attr-defined]
    assert of_slack(CHANGED | {"message": unfolded}) == []
    tombstone = {"type": "message", "subtype": "tombstone", "ts": "1355517523.000005", "user": "USLACKBOT"}
    assert of_slack(CHANGED | {"message": tombstone}) == of_slack(DELETED)
    (nameless,) = slack.items_of(SAID, ["C123ABC456"], lambda _: "")
    assert nameless["text"].startswith("@somebody")
    assert "author_name" not in nameless


async def test_a_slack_bridge_believes_slack_alone_and_asks_for_a_retry(watched: Watched) -> None:
    away = Wall(f"http://127.0.0.1:{free_port()}/", "x", "y", pause=5)
    body = json.dumps({"type": "event_callback", "event": SAID}).encode()
    with bridging(slack.bridge(watched.wall, SLACK_SECRET, ["C123ABC456"], slack_name)) as address:
        challenge = json.dumps(
            {"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY"}
        ).encode()
        answer = await posted(address, challenge, slack_signed(challenge))
        assert (answer.status_code, answer.text) == (200, "3eZbrw1aBm2rZgRNFdxV2595E9CY")
        for headers in (
            {},
            slack_signed(body, secret="another"),
            slack_signed(body, at=int(time.time()) - 400),
            slack_signed(body + b" "),
        ):
            assert (await posted(address, body, headers)).status_code == 401
    with bridging(slack.bridge(away, SLACK_SECRET, ["C123ABC456"], slack_name)) as address:
        assert (await posted(address, body, slack_signed(body))).status_code == 503
    assert await watched.shown() == []


SMS_ADDRESS = "https://bridge.example.org/sms?from=twilio"
SMS_FORM = {
    "MessageSid": "SM00000000000000000000000000000001",
    "AccountSid": "AC0",
    "From": "+14155550147",
    "To": "+14155550100",
    "Body": "Which first? ✋",
    "NumMedia": "0",
}


def twilio_signed(form: dict[str, str], token: str = "twilio-token") -> dict[str, str]:
    said = SMS_ADDRESS + "".join(name + form[name] for name in sorted(form))
    made = base64.b64encode(hmac.digest(token.encode(), said.encode(), "sha1")).decode()
    return {"X-Twilio-Signature": made, "Content-Type": "application/x-www-form-urlencoded"}


async def test_a_text_message_is_shown_without_its_number_and_can_be_taken_back(watched: Watched) -> None:
    handle = sms.bridge(watched.wall, "a secret", "twilio-token", SMS_ADDRESS, "Thanks & back: {take_back}")
    body = urlencode(SMS_FORM).encode()
    with bridging(handle) as address:
        forged = await posted(address, body, twilio_signed(SMS_FORM, "another"))
        changed = await posted(address, body + b"&More=1", twilio_signed(SMS_FORM))
        assert (forged.status_code, changed.status_code) == (403, 403)
        first, again = [await posted(address, body, twilio_signed(SMS_FORM)) for _ in range(2)]
        empty = SMS_FORM | {"Body": " "}
        nothing = await posted(address, urlencode(empty).encode(), twilio_signed(empty))
    assert first.status_code == again.status_code == nothing.status_code == 200
    assert "<Message>" not in nothing.text
    assert await watched.shown() == [("SMS …47", "Which first? ✋")]
    snapshot = json.dumps(await watched.running.snapshot(watched.event))
    assert "4155550147" not in snapshot
    link = first.text.partition("Thanks &amp; back: ")[2].partition("<")[0]
    async with watched.running.browser({}) as anybody:
        assert (await anybody.post(link)).status_code == 200
    assert await watched.shown() == []


def test_senders_of_text_messages_are_told_apart_and_not_known() -> None:
    one, other = (
        sms.items_of(SMS_FORM | {"From": number}, "a secret")[0] for number in ("+14155550147", "47")
    )
    assert one["author_key"] != other["author_key"]
    assert "4155550147" not in json.dumps(one)
    assert other["author_name"] == "SMS"
    assert sms.items_of(SMS_FORM, "another")[0]["author_key"] != one["author_key"]


async def test_the_client_sends_bursts_whole_and_leaves_out_what_does_not_fit(watched: Watched) -> None:
    items: list[Item] = [{"key": f"m{number}", "text": f"post {number}"} for number in range(230)]
    items[17]["text"] = ""
    items[40]["text"] = "x" * 300_000
    assert [len(bunch) for bunch in bunches(items)] == [40, 1, 100, 89]
    answers = await watched.send(items)
    assert [number for number, answer in enumerate(answers) if "error" in answer] == [17, 40]
    assert len({answer.get("post") for answer in answers}) == 229
    with pytest.raises(Unanswered):
        Wall(f"http://127.0.0.1:{free_port()}/", "x", "y", pause=0.01).send(items[:1], patience=0.1)
