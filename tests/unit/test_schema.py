"""The wire's schema and TypeScript types say what the models send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wall.entries import Changes, Drop, Put, schema
from wall.entries.projections import CountValue


def test_the_kept_schema_and_types_match_the_models() -> None:
    assert schema.outdated() == []


def test_what_was_written_is_not_outdated_and_an_edit_of_it_is(tmp_path: Path) -> None:
    assert schema.outdated(tmp_path) == list(schema.OUTPUTS)
    schema.write(tmp_path)
    assert schema.outdated(tmp_path) == []
    types = tmp_path / schema.OUTPUTS[1]
    types.write_text(types.read_text() + "// edited\n")
    assert schema.outdated(tmp_path) == [schema.OUTPUTS[1]]


def test_check_names_the_file_that_drifted_and_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(schema, "outdated", lambda: [schema.OUTPUTS[1]])
    assert schema.main(["--check"]) == 1
    said = capsys.readouterr().err
    assert "ui/src/wire.ts" in said
    assert "--write" in said


def test_every_field_that_is_sent_is_in_the_schema_and_required() -> None:
    put = Put(type="count", id="posts", version=1, value=CountValue(shown=1, reposts=0))
    frame = Changes(after=0, seq=1, changes=(put, Drop(type="post", id="p")))
    sent = frame.model_dump(mode="json")
    defs = schema.wire_schema()["$defs"]
    for name, value in (("Changes", sent), ("Put", sent["changes"][0]), ("Drop", sent["changes"][1])):
        assert set(value) == set(defs[name]["properties"]) == set(defs[name]["required"])


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"type": "string", "format": "date-time"}, "string"),
        ({"const": "put", "type": "string"}, '"put"'),
        ({"enum": ["a", "b"], "type": "string"}, '"a" | "b"'),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "number | null"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "number"),
        ({"oneOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}]}, "A | B"),
        ({"type": "array", "items": {"$ref": "#/$defs/A"}}, "readonly A[]"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, 'readonly ("a" | "b")[]'),
        (
            {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]},
            "readonly [string, number]",
        ),
        (
            {"type": "object", "additionalProperties": {"type": "boolean"}},
            "Readonly<Record<string, boolean>>",
        ),
    ],
)
def test_each_construct_has_its_type(part: dict[str, Any], expected: str) -> None:
    types = schema.typescript({"$defs": {"Part": part}, "anyOf": [{"$ref": "#/$defs/Part"}]})
    assert f"export type Part = {expected};" in types


@pytest.mark.parametrize("part", [{}, {"type": "object"}, {"type": "array"}, {"type": "mystery"}])
def test_an_unknown_construct_is_refused_and_never_becomes_any(part: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no TypeScript is known"):
        schema.typescript({"$defs": {"Part": part}, "anyOf": []})


def test_the_schema_is_plain_json() -> None:
    assert json.loads(json.dumps(schema.wire_schema())) == schema.wire_schema()
