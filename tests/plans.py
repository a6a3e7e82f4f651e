"""What PostgreSQL does for a page: the statements of a request, and the plan of each."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

COACHES, REQUESTS = "accounts_coachprofile", "marketplace_learningrequest"
FREE_TIME = "scheduling_freetime"
OF_A_SESSION = ("django_session", "notifications_", "usersessions_")


def statements(client: Any, path: str) -> list[str]:
    """The statements of the search itself; what the header of every page asks is not of it."""
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return [each["sql"] for each in asked if not _is_of_the_session(each["sql"])]


def plan_of(sql: str, *options: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({', '.join([*options, 'FORMAT JSON'])}) {sql.replace('%', '%%')}")
        [plan] = cursor.fetchone()
    return dict((json.loads(plan) if isinstance(plan, str) else plan)[0])


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def walked_through(sql: str) -> set[str]:
    """The tables of people and requests that a statement would read from one end to the other."""
    found = {node["Relation Name"] for node in nodes(plan_of(sql)["Plan"]) if node["Node Type"].endswith("Seq Scan")}
    return found & {COACHES, REQUESTS}


def buffers(sql: str) -> int:
    """How many blocks of 8 kB a statement touches."""
    plan = plan_of(sql, "ANALYZE", "BUFFERS", "TIMING OFF")["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def rows_read(sql: str) -> int:
    """How many rows of coaches and of their free time a statement looks at, those it throws away among them."""
    scans = (
        node for node in nodes(plan_of(sql, "ANALYZE", "TIMING OFF")["Plan"]) if node["Node Type"].endswith("Scan")
    )
    read = (node for node in scans if node.get("Relation Name") in {COACHES, FREE_TIME})
    return sum(round(_each(node) * node["Actual Loops"]) for node in read)


def _each(node: dict[str, Any]) -> float:
    thrown_away = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float(node["Actual Rows"] + thrown_away)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _is_of_the_session(sql: str) -> bool:
    person = sql.startswith('SELECT "accounts_user"."id", "accounts_user"."password"')
    return (
        person or any(f'FROM "{table}' in sql for table in OF_A_SESSION) or not sql.startswith(("SELECT", "\nSELECT"))
    )
