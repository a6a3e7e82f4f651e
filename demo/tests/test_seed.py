import json
import time
from io import StringIO

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def run_seed():
    out = StringIO()
    call_command("seed", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_seed(standin):
    began = time.monotonic()
    found = run_seed()
    print({kind: {state: len(ids) for state, ids in states.items()} for kind, states in found["objects"].items()})
    print(time.monotonic() - began, time.process_time())


def test_profile(standin):
    import cProfile
    import pstats

    p = cProfile.Profile()
    p.enable()
    run_seed()
    p.disable()
    pstats.Stats(p).sort_stats("tottime").print_stats(60)
    call_command("check_invariants")
