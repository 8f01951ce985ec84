"""An event with rooms, screens and scenes, driven by plain functions as `serve` drives it."""

from __future__ import annotations

import secrets
from datetime import timedelta

from tests.support.summit import MORNING, Summit, post
from wall.access import digest_of
from wall.display import Control, Layout, Scene, Screen
from wall.look import EventLook
from wall.model import new_id
from wall.programme import Method, Room, Session, SessionState
from wall.screens import pairing, scenes
from wall.screens.pairing import NewScreen
from wall.screens.scenes import NewScene, NewStep
from wall.store import Store, looks, programme, screens, walls
from wall.store import scenes as stored_scenes


class WallSummit(Summit):
    """A summit with a room in which there is a session."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.room, self.empty_room = new_id(), new_id()
        with store.writing() as conn:
            for number, room_id in enumerate((self.room, self.empty_room)):
                programme.add_room(
                    conn,
                    Room(id=room_id, event_id=self.event_id, name="Hall", position=number, version=1),
                )
            programme.add_session(conn, self._session())

    def screen(self, name: str = "Left", room: str | None = None) -> str:
        """A newly paired screen; its id."""
        token = secrets.token_urlsafe(8)
        code = "".join(secrets.choice(pairing.CODE_LETTERS) for _ in range(pairing.CODE_LENGTH))
        waiting = screens.Code(code, digest_of(token), self.now + timedelta(minutes=10))
        with self.store.writing() as conn:
            assert screens.add_code(conn, waiting, self.now)
        new = NewScreen(code=code, name=name, room=room, distance_m=20, diagonal_in=85)
        return str(self.do(lambda tx: pairing.pair(tx, new)).result["screen"])

    def scene(self, name: str = "Foyer") -> str:
        """A new scene; its id."""
        new = NewScene(name=name, steps=(NewStep(layout=Layout.STREAM),))
        return str(self.do(lambda tx: scenes.add(tx, new)).result["scene"])

    def said(self, key: str = "1", text: str = "Said") -> str:
        """A new post that is shown; its id."""
        self.arrive(post(key, text))
        return self.stored(key).id

    def screens(self) -> list[Screen]:
        """The paired screens."""
        with self.store.reading() as conn:
            return screens.listed(conn, self.event_id)

    def scenes(self) -> list[Scene]:
        """The scenes, the default one first."""
        with self.store.reading() as conn:
            return stored_scenes.listed(conn, self.event_id)

    def look(self) -> EventLook:
        """How the event looks."""
        with self.store.reading() as conn:
            return looks.of(conn, self.event_id)

    def control(self, control_id: str) -> Control | None:
        """What walls are held to."""
        with self.store.reading() as conn:
            return walls.controls_by_ids(conn, self.event_id, {control_id}).get(control_id)

    def _session(self) -> Session:
        return Session(
            id=new_id(),
            event_id=self.event_id,
            room_id=self.room,
            title="Talk",
            method=Method.GUIDED,
            speakers=(),
            facilitators=(),
            starts_at=MORNING,
            ends_at=MORNING + timedelta(hours=1),
            prompts=(),
            prompt=None,
            state=SessionState.RUNNING,
            begun_at=MORNING,
            ended_at=None,
            note="",
            version=1,
        )
