"""A worker that is killed, really: whatever it was doing, the next sweep finishes it, once."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from payments import gateway, operations
from payments.books import where_is
from payments.models import Refund, Transfer
from payments.tests.factories import broken, make_escrow, onboard, pay, portion_of

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
WORKER = """
import os, signal, sys
import django

django.setup()
from core import clock
from payments import gateway, operations
from payments.models import Portion, Refund, Transfer

work, pk, moment = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def dying(call):
    def asked(**facts):
        if moment == "before the call":
            die()
        call(**facts)
        die()

    return asked


gateway.create_transfer = dying(gateway.create_transfer)
gateway.create_refund = dying(gateway.create_refund)
if work == "release":
    operations.release(Portion.objects.get(pk=pk), by=None, now=clock.now())
    die()
if work == "transfer":
    operations.send_transfer(Transfer.objects.get(pk=pk), now=clock.now())
operations.send_refund(Refund.objects.get(pk=pk), now=clock.now())
"""


def killed_worker(work, row, moment=""):
    """Another process does this and dies by SIGKILL at the named moment."""
    name = connection.settings_dict["NAME"]
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    command = [sys.executable, "-c", WORKER, work, str(row.pk), moment]
    surroundings = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "skileez.settings"}
    ended = subprocess.run(command, cwd=ROOT, env=surroundings, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL


@pytest.fixture
def escrow(standin, clock):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    onboard(escrow.payee, standin, now=clock.now())
    return escrow


def sums_at_stripe(escrow):
    intent = escrow.payments.get().payment_intent_id
    moved = gateway._ask(lambda: gateway.client().v1.transfers.list({"transfer_group": escrow.label}))["data"]
    given = gateway._ask(lambda: gateway.client().v1.refunds.list({"payment_intent": intent}))["data"]
    return [row["amount"] for row in moved], [row["amount"] for row in given]


def test_killed_between_the_release_and_the_transfer(escrow, clock, drain):
    killed_worker("release", portion_of(escrow))
    clock.advance(days=8)
    drain()
    assert sums_at_stripe(escrow) == ([10200], [])
    assert where_is(escrow)["released"] == 10200
    assert broken() == {}


@pytest.mark.parametrize("pause", [{"minutes": 3}, {"hours": 25}], ids=["soon", "after the key is forgotten"])
@pytest.mark.parametrize("moment", ["before the call", "after the call"])
def test_killed_while_transferring(escrow, clock, drain, moment, pause):
    operations.release(portion_of(escrow), by=None, now=clock.now())
    clock.advance(days=8)
    killed_worker("transfer", Transfer.objects.get(), moment)
    assert len(sums_at_stripe(escrow)[0]) == (moment == "after the call")
    assert Transfer.objects.get().state == Transfer.State.PLANNED
    for _turn in range(2):
        clock.advance(**pause)
        drain()
    assert sums_at_stripe(escrow) == ([10200], [])
    assert Transfer.objects.filter(state="made").count() == 1
    assert broken() == {}


@pytest.mark.parametrize("pause", [{"minutes": 3}, {"hours": 25}], ids=["soon", "after the key is forgotten"])
@pytest.mark.parametrize("moment", ["before the call", "after the call"])
def test_killed_while_refunding(escrow, clock, drain, moment, pause):
    operations.refund([portion_of(escrow)], reason="x", by=None, now=clock.now())
    killed_worker("refund", Refund.objects.get(), moment)
    for _turn in range(2):
        clock.advance(**pause)
        drain()
    assert sums_at_stripe(escrow) == ([], [12000])
    assert where_is(escrow)["refunded"] == 12000
    assert broken() == {}


def test_control_without_the_look_up_the_coach_is_paid_twice(escrow, clock, drain, monkeypatch):
    from payments.operations import transfers

    operations.release(portion_of(escrow), by=None, now=clock.now())
    clock.advance(days=8)
    killed_worker("transfer", Transfer.objects.get(), "after the call")
    monkeypatch.setattr(transfers, "is_stale", lambda attempt, now: False)
    clock.advance(hours=25)
    drain()
    assert sums_at_stripe(escrow) == ([10200, 10200], [])
