"""The databases of the tests are real: they crash, recover and stay apart."""

from __future__ import annotations

import psycopg

from tests.support.postgres import PostgresServer


def test_a_killed_postgres_keeps_what_was_committed(postgres_server: PostgresServer) -> None:
    name = postgres_server.create()
    postgres_server.execute("CREATE TABLE kept (n int)", name)
    postgres_server.execute("INSERT INTO kept VALUES (7)", name)
    postgres_server.kill()
    postgres_server.start()
    assert postgres_server.execute("SELECT n FROM kept", name) == [(7,)]


def test_each_test_gets_a_database_of_its_own(postgres: PostgresServer, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as conn, postgres.database() as other:
        conn.execute("CREATE TABLE here (n int)")
        conn.commit()
        with psycopg.connect(other) as elsewhere:
            assert elsewhere.execute("SELECT to_regclass('here')").fetchone() == (None,)
