"""The stores of these tests are emptied rather than made anew."""

from __future__ import annotations

from tests.support.kept_postgres import kept_postgres_url, migrated_postgres_url, own_postgres_url

__all__ = ["kept_postgres_url", "migrated_postgres_url", "own_postgres_url"]
