"""Somebody leaves: doing it, and looking for what is left of them in every table."""

import pytest
from django.db import connection

from accounts.models import User
from core import clock as the_clock
from core.refused import Refused
from core.registry import invariants
from dashboards.operations import erase_account
from dashboards.tests.lives import SECRET

COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'tsvector', 'inet')
"""
TRACES = ["zyxwv", "qmarker", SECRET.lower()]
BY_ID_ONLY = {  # ids at Stripe, which the books need
    ("payments_stripecustomer", "stripe_id"),
    ("payments_stripeevent", "event_id"),
    ("payments_stripeevent", "payload"),
    ("djstripe_customer", "id"),
    ("djstripe_customer", "stripe_data"),
    ("djstripe_paymentmethod", "customer_id"),
    ("djstripe_paymentmethod", "id"),
    ("djstripe_paymentmethod", "stripe_data"),
}


def traces(of=TRACES):
    """Every column of every table in which a word of the person stands."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = cursor.fetchall()
        assert len(columns) > 300
        found = set()
        for table, column in columns:
            words = " OR ".join([f'"{column}"::text ILIKE %s'] * len(of))
            cursor.execute(f'SELECT 1 FROM "{table}" WHERE {words} LIMIT 1', [f"%{word}%" for word in of])
            if cursor.fetchone():
                found.add((table, column))
    return found


def broken():
    return {name: rows for name, check in invariants.items() if (rows := list(check()))}


def erase(person):
    return erase_account(person, by=person, now=the_clock.now())


def refused(person):
    with pytest.raises(Refused) as refusal:
        erase(person)
    assert refusal.value.code == "not_erasable"
    assert User.objects.get(pk=person.pk).erased_at is None
    return str(refusal.value)
