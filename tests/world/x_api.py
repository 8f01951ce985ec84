"""What the fake X answers: rules, search, lookup, connections and its many ways to say no."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.world.x_http import Answer, Asked
from tests.world.x_posts import Post, Version, as_json, included, made_at, renamed

if TYPE_CHECKING:
    from tests.world.x import FakeX

STREAM = "/2/tweets/search/stream"
RULES = "/2/tweets/search/stream/rules"
SEARCH = "/2/tweets/search/recent"
LOOKUP = "/2/tweets"
CONNECTIONS = "/2/connections/filtered_stream"
PROBLEMS = "https://api.twitter.com/2/problems/"
LIMITS = {STREAM: 50, RULES: 450, SEARCH: 450, LOOKUP: 3_500, CONNECTIONS: 25}

UNAUTHORIZED = Answer(
    401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
)
NO_CREDITS = Answer(
    402,
    {
        "title": "CreditsDepleted",
        "type": f"{PROBLEMS}credits",
        "detail": "Your enrolled account does not have any credits to fulfill this request.",
    },
)
NOT_ENROLLED = Answer(
    403,
    {
        "title": "Client Forbidden",
        "reason": "client-not-enrolled",
        "type": f"{PROBLEMS}client-forbidden",
        "detail": "When authenticating requests, you must use keys from an app attached to a Project.",
    },
)
TOO_MANY = Answer(
    429,
    {
        "title": "ConnectionException",
        "detail": "This stream is currently at the maximum allowed connection limit.",
        "connection_issue": "TooManyConnections",
        "type": f"{PROBLEMS}streaming-connection",
    },
)
DISCONNECT = {
    "errors": [
        {
            "title": "operational-disconnect",
            "disconnect_type": "UpstreamOperationalDisconnect",
            "detail": "This stream has been disconnected upstream for operational reasons.",
            "type": f"{PROBLEMS}operational-disconnect",
        }
    ]
}


def invalid(message: str, parameters: dict[str, list[str]] | None = None) -> Answer:
    """A 400 as X writes it: `parameters` have the whole text of each as it was sent, and of the values that
    X does not know the message names the first."""
    error = {"parameters": parameters or {}, "message": message}
    said = {
        "errors": [error],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": f"{PROBLEMS}invalid-request",
    }
    return Answer(400, said)


class Api:
    """The answers of one world, by its attributes as they are now."""

    def __init__(self, world: FakeX) -> None:
        self.world = world

    def answer(self, asked: Asked) -> Answer | None:
        """The answer; None: the stream is open."""
        wanted = self.world.failing(asked.path)
        if wanted is not None:
            return wanted
        if asked.token not in self.world.tokens:
            return UNAUTHORIZED
        left = self.world.allowances.get(asked.path, LIMITS[asked.path])
        if left <= 0:
            return Answer(
                429,
                {"title": "Too Many Requests", "status": 429, "type": "about:blank"},
                self.limits(asked.path),
            )
        self.world.allowances[asked.path] = left - 1
        said = self._judged(asked)
        return said and Answer(said.status, said.body, {**self.limits(asked.path), **said.headers})

    def limits(self, path: str) -> dict[str, str]:
        """The headers of a rate limit."""
        return {
            "x-rate-limit-limit": str(LIMITS[path]),
            "x-rate-limit-remaining": str(self.world.allowances.get(path, LIMITS[path])),
            "x-rate-limit-reset": str(int(time.time() + self.world.reset_in)),
        }

    def page(self, posts: list[tuple[Post, Version]], query: dict[str, str]) -> dict[str, Any]:
        """Posts as an answer has them, and billed."""
        fields = set((query.get("tweet.fields") or query.get("post.fields") or "").split(","))
        words = {
            "edit_history_post_ids": "",
            "note_post": "note_tweet",
            "referenced_posts": "referenced_tweets",
        }
        fields |= {words[one] for one in fields & words.keys()}
        expansions = {one.replace("_posts", "_tweets") for one in query.get("expansions", "").split(",")}
        made: dict[str, Any] = {"data": [as_json(post, version, fields) for post, version in posts]}
        beside = included((post for post, _ in posts), expansions, self.world.users, self.world.by_id)
        made |= {"includes": beside} if beside else {}
        self.world.bill(made)
        return made

    def _judged(self, asked: Asked) -> Answer | None:
        if refused := self._unknown(asked.query) or self._closed(asked.path):
            return refused
        match asked.path, asked.method:
            case (path, "GET") if path == STREAM:
                return self._stream()
            case (path, "GET") if path == RULES:
                return self._ok({"data": list(self.world.rules.values()), "meta": {"sent": "now"}})
            case (path, "POST") if path == RULES:
                return self._change(asked.body)
            case (path, "GET") if path == SEARCH:
                return self._search(asked.query)
            case (path, "GET") if path == LOOKUP:
                return self._lookup(asked.query)
            case (path, "DELETE") if path == CONNECTIONS:
                return self._ok({"data": {"successful_kills": self.world.kill(), "failed_kills": 0}})
        return Answer(404, {"title": "Not Found", "type": "about:blank", "status": 404})

    def _ok(self, said: dict[str, Any]) -> Answer:
        return Answer(200, renamed(said) if self.world.vocabulary == "post" else said)

    def _closed(self, path: str) -> Answer | None:
        return self.world.refused_stream if path in (STREAM, RULES) else None

    def _unknown(self, query: dict[str, str]) -> Answer | None:
        for name, values in query.items():
            if name in self.world.unknown:
                return invalid(
                    f"The query parameter [{name}] is not one of [ids,expansions]", {name: [values]}
                )
            strange = [one for one in values.split(",") if one in self.world.unknown]
            if strange:
                message = f"The `{name}` query parameter value [{strange[0]}] is not one of [id,text]"
                return invalid(message, {name: [values]})
        return None

    def _stream(self) -> Answer | None:
        if len(self.world.open) + self.world.lingering >= 1:
            return TOO_MANY
        if not self.world.rules:
            return Answer(
                409, {"title": "ConnectionException", "connection_issue": "RuleConfigurationIssue"}
            )
        return None

    def _change(self, body: dict[str, Any]) -> Answer:
        if "delete" in body:
            for one in body["delete"]["ids"]:
                self.world.rules.pop(one, None)
            return self._ok(
                {"meta": {"summary": {"deleted": len(body["delete"]["ids"]), "not_deleted": 0}}}
            )
        added, errors = [], []
        for rule in body["add"]:
            same = next((one for one in self.world.rules.values() if one["value"] == rule["value"]), None)
            if len(rule["value"]) > 1_024 or "!" in rule["value"]:
                return Answer(
                    400, {"title": "Invalid Request", "errors": [{"type": f"{PROBLEMS}invalid-rules"}]}
                )
            if same:
                errors.append({"value": rule["value"], "id": same["id"], "title": "DuplicateRule"})
            else:
                added.append(self.world.rule(rule["value"], rule["tag"]))
        said: dict[str, Any] = {"meta": {"summary": {"created": len(added)}}}
        said |= ({"data": added} if added else {}) | ({"errors": errors} if errors else {})
        return Answer(201 if added else 200, said)

    def _search(self, query: dict[str, str]) -> Answer:
        size, since = int(query.get("max_results", "10")), query.get("since_id")
        if not 10 <= size <= 100 or len(query["query"]) > 512:
            return invalid("bad size or query")
        earliest = datetime.now(UTC) - timedelta(days=7)
        start = datetime.fromisoformat(query["start_time"]) if "start_time" in query else earliest
        if start > datetime.now(UTC) - timedelta(seconds=30):
            return invalid("'end_time' must be after 'start_time'", {"start_time": [query["start_time"]]})
        if start < earliest or (since and made_at(since) < earliest):
            return invalid(
                "'since_id' must be a tweet id created after 7 days ago", {"since_id": [str(since)]}
            )
        found = [
            post
            for post in self.world.found(set(re.findall(r"#(\w+)", query["query"])))
            if int(post.newest.id) > int(since or 0) and made_at(post.newest.id) >= start
        ]
        before = int(query.get("next_token", "t99999999999999999999")[1:])
        found = sorted(
            (one for one in found if int(one.newest.id) < before), key=lambda one: -int(one.newest.id)
        )
        page = found[:size]
        meta: dict[str, Any] = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": page[0].newest.id, "oldest_id": page[-1].newest.id}
        if len(found) > size:
            meta["next_token"] = f"t{page[-1].newest.id}"
        said = self.page([(post, post.newest) for post in page], query) if page else {}
        return self._ok({**said, "meta": meta})

    def _lookup(self, query: dict[str, str]) -> Answer:
        ids = query["ids"].split(",")
        if len(ids) > 100:
            return invalid("too many ids", {"ids": ids})
        there, errors = [], []
        for one in ids:
            post = self.world.by_id.get(one)
            if post is None or post.deleted or self.world.lost:
                errors.append(self._missing(one, "resource-not-found", "Not Found Error"))
            elif post.hidden:
                errors.append(self._missing(one, "not-authorized-for-resource", "Authorization Error"))
            else:
                there.append((post, next(version for version in post.versions if version.id == one)))
        said = self.page(there, query) if there else {}
        return self._ok({**said, **({"errors": errors} if errors else {})})

    def _missing(self, one: str, kind: str, title: str) -> dict[str, str]:
        return {
            "value": one,
            "resource_id": one,
            "parameter": "ids",
            "resource_type": self.world.vocabulary,
            "title": title,
            "type": f"{PROBLEMS}{kind}",
        }
