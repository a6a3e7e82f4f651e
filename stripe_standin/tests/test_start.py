"""Where the stand-in starts and where it refuses to; what stays over a restart; reset."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from stripe_standin.clock import Clock
from stripe_standin.config import Config, Endpoint, WillNotStart, read_config
from stripe_standin.start import make_world

from .conftest import chosen

ROOT = Path(__file__).parents[2]


def test_it_refuses_to_start_outside_of_demo_and_tests():
    with pytest.raises(WillNotStart, match="STANDIN=1 or DEMO=1"):
        read_config([], {})


def test_it_refuses_to_start_beside_a_live_key():
    with pytest.raises(WillNotStart, match="live key"):
        read_config([], {"STANDIN": "1", "STRIPE_SECRET_KEY": "sk_live_x"})


def test_arguments_and_environment_say_the_same():
    url = "http://127.0.0.1:8000/webhooks/stripe"
    wanted = [Endpoint(url, "whsec_a"), Endpoint(url, "whsec_b", connect=True)]
    given = [f"{url}=whsec_a", f"{url}=whsec_b=connect"]
    by_environment = {"DEMO": "1", "STANDIN_WEBHOOKS": " ".join(given), "STANDIN_PORT": "0", "CLOCK_FILE": "c"}
    by_arguments = ["--port", "0", "--clock-file", "c", "--webhook", given[0], "--webhook", given[1]]
    assert read_config([], by_environment).webhooks == wanted
    assert read_config(by_arguments, {"DEMO": "1"}) == read_config([], by_environment)


def test_a_webhook_of_another_form_is_refused():
    with pytest.raises(WillNotStart):
        read_config(["--webhook", "nonsense"], {"DEMO": "1"})


def test_as_a_program_it_says_where_it_listens_and_ends_when_told():
    environment = {**os.environ, "STANDIN": "1", "STRIPE_SECRET_KEY": ""}
    command = [sys.executable, "-m", "stripe_standin", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as program:
        address = program.stdout.readline().removeprefix("listening on ").strip()
        with urllib.request.urlopen(f"{address}/_standin/") as answer:
            assert answer.status == 200
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=3) == 0


def test_as_a_program_it_exits_with_a_reason():
    environment = {name: value for name, value in os.environ.items() if name not in ("STANDIN", "DEMO")}
    command = [sys.executable, "-m", "stripe_standin", "--port", "0"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=10)
    assert ended.returncode == 2 and "STANDIN=1 or DEMO=1" in ended.stderr


def test_it_imports_the_standard_library_only():
    code = (
        "import sys, stripe_standin.server; found = {n.split('.')[0] for n in sys.modules} - set(sys.stdlib_module_names);"
        "sys.exit(' '.join(sorted(n for n in found if not n.startswith('_') and n != 'stripe_standin')) or 0)"
    )
    ended = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
                           capture_output=True, text=True, timeout=10)  # fmt: skip
    assert (ended.returncode, ended.stderr.strip()) == (0, "")


def test_a_store_on_disk_survives_and_endpoints_follow_the_start(tmp_path):
    path = str(tmp_path / "store.sqlite")
    first = make_world(Config(store=path, webhooks=[Endpoint("http://a/", "whsec_a")]))
    with first.work() as store:
        store.add({"id": "cus_1", "object": "customer", "created": 1})
    second = make_world(Config(store=path, webhooks=[Endpoint("http://b/", "whsec_b")]))
    assert second.store.get("cus_1")["id"] == "cus_1"
    assert [endpoint["url"] for endpoint in second.store.find("webhook_endpoint")] == ["http://b/"]


def test_the_clock_is_real_time_plus_the_number_in_the_file(tmp_path):
    path = tmp_path / "clock"
    clock = Clock(str(path))
    assert clock.offset() == 0
    for text, offset in (("", 0), ("3600", 3600), ("-5.5\n", -5.5), ("nonsense", 0)):
        path.write_text(text)
        assert clock.offset() == offset


def test_what_falls_due_together_happens_in_order_at_its_own_moment(standin):
    session = standin.session()
    standin.paid()
    standin.move_clock(30 * 86400)
    events = standin.stripe.events.list({"limit": 10}).data
    late = [(event.type, event.created - session.created) for event in reversed(events)][-2:]
    assert late[0][0] == "charge.updated" and 60 <= late[0][1] <= 65
    assert late[1] == ("checkout.session.expired", 86400)


def test_reset_forgets_everything_but_the_start(telling, receiver):
    telling.paid()
    telling.control("fail", mode="500_before", count=9)
    telling.control("reset")
    assert telling.stripe.events.list().data == []
    assert telling.stripe.accounts.retrieve_current().charges_enabled
    assert len(telling.stripe.webhook_endpoints.list().data) == 2
    telling.control("pause-deliveries")
    telling.stripe.customers.create({}, chosen("customer"))
    receiver.got.clear()
    telling.control("deliver")
    assert receiver.types() == ["customer.created"]
