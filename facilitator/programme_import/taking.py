"""Taking chosen rows of a file into the programme: one command, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facilitator import programme
from facilitator.guards import Acting
from facilitator.programme import NewRoom, NewSession, SessionChange
from facilitator.programme_import.comparing import Match, compare
from facilitator.programme_import.rows import FileRead
from wall.entries.programme_kinds import ProgrammeImported
from wall.errors import Stale
from wall.journal import Tx
from wall.programme import Method
from wall.store import programme as stored


def take(
    tx: Tx, acting: Acting, file: FileRead, chosen: Mapping[str, int], method: Method
) -> dict[str, Any]:
    """Add and change what was chosen; how many of each. `chosen`: by a row's key, the version of its
    session that was looked at (0: there was none). `method`: of new sessions whose row says none.

    Nothing is removed, and a running session stays in its room. Raises Stale when the programme changed
    since it was compared, NotFound, BadInput.
    """
    rooms, sessions = stored.rooms(tx.conn, tx.event.id), stored.sessions(tx.conn, tx.event.id)
    offered = compare(file, rooms, sessions).rows
    if any(key not in offered or offered[key].seen != seen for key, seen in chosen.items()):
        raise Stale("The programme changed since this file was compared with it.")
    named = {room.name.casefold(): room.id for room in reversed(rooms)}
    taken = [match for key, match in offered.items() if key in chosen]
    if taken:
        tx.append(ProgrammeImported(source=file.kind.value, rows=len(taken)))
    for match in taken:
        _take(tx, acting, match, named, method)
    new = sum(match.session is None for match in taken)
    return {"new": new, "changed": len(taken) - new}


def _take(tx: Tx, acting: Acting, match: Match, named: dict[str, str], method: Method) -> None:
    row, session = match.row, match.session
    moves = session is None or any(one.field == "room" and not one.stays for one in match.differences)
    said = row.model_dump(exclude={"line", "source", "room"}, exclude_none=True)
    if moves:
        name = row.room.casefold()
        if name not in named:
            named[name] = programme.add_room(tx, NewRoom(name=row.room))["room"]
        said["room"] = named[name]
    if session is None:
        programme.add_session(tx, NewSession(**{"method": method, **said}), source=row.source)
        return
    change = SessionChange(version=session.version, **said)
    own = row.source.removeprefix("csv:") == session.id
    programme.change_session(
        tx, acting, session.id, change, source=row.source if row.source and not own else None
    )
