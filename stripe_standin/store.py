"""The stand-in's own memory: one sqlite database of JSON documents, so that "Stripe" never rolls back with the site."""

import json
import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, kind TEXT, account TEXT, created INTEGER, body TEXT, hidden TEXT);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, account, seq);
CREATE INDEX IF NOT EXISTS objects_intent ON objects (json_extract(body, '$.payment_intent'));
CREATE INDEX IF NOT EXISTS objects_group ON objects (json_extract(body, '$.transfer_group'));
CREATE INDEX IF NOT EXISTS objects_source ON objects (json_extract(body, '$.source'));
CREATE TABLE IF NOT EXISTS moves (
  id TEXT PRIMARY KEY, account TEXT, currency TEXT, net INTEGER, available INTEGER);
CREATE INDEX IF NOT EXISTS moves_account ON moves (account, currency, available);
CREATE TABLE IF NOT EXISTS due (seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL, job TEXT, subject TEXT);
CREATE INDEX IF NOT EXISTS due_at ON due (at, seq);
CREATE TABLE IF NOT EXISTS keys (
  account TEXT, key TEXT, method TEXT, path TEXT, params TEXT, status INTEGER, body TEXT, request TEXT, created REAL,
  PRIMARY KEY (account, key));
CREATE INDEX IF NOT EXISTS keys_created ON keys (created);
CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, purpose TEXT, expires_at INTEGER, used INTEGER, facts TEXT);
CREATE TABLE IF NOT EXISTS deliveries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT, endpoint TEXT, state TEXT, attempts INTEGER, next_at REAL);
CREATE INDEX IF NOT EXISTS deliveries_next ON deliveries (state, next_at);
CREATE TABLE IF NOT EXISTS attempts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, delivery INTEGER, at REAL, status INTEGER, error TEXT, milliseconds REAL);
"""
TABLES = ("objects", "moves", "due", "keys", "tokens", "deliveries", "attempts")
# The newest row first, as Stripe lists; every condition is a fixed text, values are bound.
FIELD = "json_extract(body, '$.{}') = ?"


class Store:
    """Documents by id, and plain rows by ``sql``. Not thread-safe by itself: the world's lock guards it."""

    def __init__(self, path: str = ":memory:"):
        self.connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=OFF")
        self.connection.executescript(SCHEMA)
        self.connection.row_factory = sqlite3.Row

    def sql(self, statement, *values):
        return self.connection.execute(statement, values)

    def empty(self) -> None:
        for table in TABLES:
            self.sql(f"DELETE FROM {table}")  # noqa: S608 - fixed names

    def add(self, body, account="", **hidden) -> dict:
        """Stores a new document; ``hidden`` is what Stripe knows and does not tell."""
        row = (body["id"], body["object"], account, body.get("created"), json.dumps(body), json.dumps(hidden))
        self.sql("INSERT INTO objects (id, kind, account, created, body, hidden) VALUES (?, ?, ?, ?, ?, ?)", *row)
        return body

    def save(self, body) -> dict:
        self.sql("UPDATE objects SET body = ? WHERE id = ?", json.dumps(body), body["id"])
        return body

    def remove(self, id_) -> None:
        self.sql("DELETE FROM objects WHERE id = ?", id_)

    def get(self, id_, kind=None, account=None):
        """The document, or None when there is none of that kind in that account."""
        row = self.sql("SELECT kind, account, body FROM objects WHERE id = ?", id_).fetchone()
        if row is None or (kind and row["kind"] != kind) or (account is not None and row["account"] != account):
            return None
        return json.loads(row["body"])

    def account_of(self, id_) -> str:
        return self.sql("SELECT account FROM objects WHERE id = ?", id_).fetchone()["account"]

    def hidden(self, id_) -> dict:
        return json.loads(self.sql("SELECT hidden FROM objects WHERE id = ?", id_).fetchone()["hidden"])

    def hide(self, id_, **hidden) -> None:
        merged = json.dumps({**self.hidden(id_), **hidden})
        self.sql("UPDATE objects SET hidden = ? WHERE id = ?", merged, id_)

    def find(self, kind, account="", *, limit=None, oldest_first=False, conditions=(), **fields) -> list[dict]:
        """Documents of a kind whose ``fields`` have these values; ``conditions``: (sql, value) pairs."""
        tests = [("kind = ?", kind), ("account = ?", account), *conditions]
        tests += [(FIELD.format(name.replace("__", ".")), value) for name, value in fields.items()]
        where = " AND ".join(test for test, _ in tests)
        order = "ASC" if oldest_first else "DESC"
        statement = f"SELECT body FROM objects WHERE {where} ORDER BY seq {order} LIMIT ?"  # noqa: S608 - fixed texts
        rows = self.sql(statement, *(value for _, value in tests), -1 if limit is None else limit)
        return [json.loads(row["body"]) for row in rows]
