"""What a server imports before it is ready: nothing that only others need."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.support.processes import ROOT, clean_environment
from wall.store import Store, migrate, pending

LATER = ["alembic", "mako", "redis", "wall.bus.redis", "wall.demo.demo", "wall.doctor", "wall.replaying"]
"""Together two fifths of what an import took. Import them where they are needed."""


def test_the_command_line_imports_only_what_a_server_needs() -> None:
    asked = f"import json, sys, wall.cli; print(json.dumps([one for one in {LATER} if one in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=clean_environment(), capture_output=True, check=True
    )
    assert json.loads(done.stdout) == []


def test_a_database_that_lacks_nothing_is_found_so_without_alembic(sqlite_store: Store) -> None:
    assert pending(sqlite_store) == []
    url = sqlite_store.url.render_as_string()
    asked = (
        "import sys; from wall.store import Store, migrate, pending; "
        f"store = Store({url!r}); assert not migrate(store) and not pending(store); "
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=clean_environment(), capture_output=True, check=True
    )
    assert done.stdout.strip() == b"False"
    assert migrate(sqlite_store) == []
