"""The wire's JSON schema and its TypeScript types, both made from the models in `wall.entries`.

`python -m wall.entries.schema --write` writes both files; `--check` fails when they are out of date.
Only what these models use is translated: a construct that is new raises instead of becoming `any`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from wall.entries.wire import Changes, Hello, Snapshot

Schema = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
OUTPUTS = (Path("docs/reference/wire.schema.json"), Path("ui/src/wire.ts"))
"""Where the schema and the types are kept, relative to the repository."""

_HEAD = """\
// Made by `python -m wall.entries.schema --write` from wall/entries. Do not edit.
// Times are ISO 8601 text in UTC; offsets into text count code points.
"""
_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


class _AsSent(GenerateJsonSchema):
    """Every field is required: the server leaves out none, also those that have a default."""

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: ARG002
        return True


def wire_schema() -> Schema:
    """JSON schema (draft 2020-12) of every message that the server sends, as it is serialised."""
    messages = (Hello, Changes, Snapshot)
    sent: list[tuple[type[BaseModel], Literal["serialization"]]]
    sent = [(model, "serialization") for model in messages]
    _, schema = models_json_schema(sent, title="Wire", schema_generator=_AsSent)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["anyOf"] = [{"$ref": f"#/$defs/{model.__name__}"} for model in messages]
    return schema


def typescript(schema: Schema) -> str:
    """TypeScript types for `schema["$defs"]`, and `Message` for its `anyOf`.

    Raises ValueError for a construct that it does not know.
    """
    parts = [_HEAD, *(_declaration(name, part) for name, part in sorted(schema["$defs"].items()))]
    parts.append(f"export type Message = {_type(schema)};\n")
    return "\n".join(parts)


def _declaration(name: str, schema: Schema) -> str:
    doc = _doc(schema)
    if schema.get("type") != "object" or "properties" not in schema:
        return f"{doc}export type {name} = {_type(schema)};\n"
    fields = "".join(_field(schema, key, part) for key, part in schema["properties"].items())
    return f"{doc}export interface {name} {{\n{fields}}}\n"


def _field(owner: Schema, name: str, schema: Schema) -> str:
    mark = "" if name in owner.get("required", ()) else "?"
    return f"  readonly {name}{mark}: {_type(schema)};\n"


def _doc(schema: Schema) -> str:
    lines = schema.get("description", "").split("\n\n")[0].split("\n")
    text = "\n * ".join(lines).replace("*/", "* /")
    return f"/** {text} */\n" if text else ""


def _type(schema: Schema) -> str:
    for key, translate in _TRANSLATIONS.items():
        if key in schema:
            return translate(schema)
    raise _unknown(schema)


def _reference(schema: Schema) -> str:
    return str(schema["$ref"]).removeprefix("#/$defs/")


def _union(schema: Schema) -> str:
    parts = schema.get("anyOf") or schema["oneOf"]
    return " | ".join(dict.fromkeys(_type(part) for part in parts))


def _named(schema: Schema) -> str:
    match schema:
        case {"type": "array", "prefixItems": list(parts)}:
            return f"readonly [{', '.join(_type(part) for part in parts)}]"
        case {"type": "array", "items": dict(items)}:
            item = _type(items)
            return f"readonly ({item})[]" if " | " in item else f"readonly {item}[]"
        case {"type": "object", "additionalProperties": dict(values)}:
            return f"Readonly<Record<string, {_type(values)}>>"
        case {"type": str(name)} if name in _PLAIN:
            return _PLAIN[name]
    raise _unknown(schema)


def _unknown(schema: Schema) -> ValueError:
    return ValueError(f"no TypeScript is known for {json.dumps(schema)}")


_TRANSLATIONS: dict[str, Callable[[Schema], str]] = {
    "$ref": _reference,
    "const": lambda schema: json.dumps(schema["const"]),
    "enum": lambda schema: " | ".join(json.dumps(value) for value in schema["enum"]),
    "anyOf": _union,
    "oneOf": _union,
    "type": _named,
}


def _contents() -> tuple[str, str]:
    schema = wire_schema()
    return json.dumps(schema, indent=2, sort_keys=True) + "\n", typescript(schema)


def outdated(root: Path = ROOT) -> list[Path]:
    """The files under `root` that do not say what the models say (or are missing)."""
    wanted = zip(OUTPUTS, _contents(), strict=True)
    return [path for path, text in wanted if _read(root / path) != text]


def write(root: Path = ROOT) -> None:
    """Write both files under `root`."""
    for path, text in zip(OUTPUTS, _contents(), strict=True):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="\n")


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def main(arguments: list[str] | None = None) -> int:
    """Entry point; the exit status is 1 if `--check` found a file that is out of date."""
    parser = argparse.ArgumentParser(prog="python -m wall.entries.schema", description=wire_schema.__doc__)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--check", action="store_true", help="fail if the kept files are out of date")
    mode.add_argument("--write", action="store_true", help="write the kept files")
    if parser.parse_args(arguments).write:
        write()
        return 0
    drifted = outdated()
    for path in drifted:
        sys.stderr.write(
            f"{path} does not match wall/entries. Run `python -m wall.entries.schema --write`, "
            "and read the difference: the wire may only grow within one version.\n"
        )
    return 1 if drifted else 0


if __name__ == "__main__":
    sys.exit(main())
