"""The benchmark runs to its end and compares what it says it does; the figures themselves are asked for by hand."""

import json

import pytest

from demo.benchmark import main


@pytest.mark.deep
def test_slots_and_booking_cost_at_most_so_many_bare_views(capsys):
    assert main(["--json"]) == 0, capsys.readouterr().out


def test_one_small_round_tells_the_cost_of_each_kind_beside_the_bare_view(capsys):
    main(["--json", "--rounds=1", "--requests=3"])
    result = json.loads(capsys.readouterr().out)
    assert result["requests"] == 3
    assert result["milliseconds"].keys() == {"bare", "slots", "booking", "booking_with_all"}
    assert {kind: each["most"] for kind, each in result["ratios"].items()} == {
        "slots": 2.0,
        "booking": 2.5,
        "booking_with_all": None,
    }
    assert all(len(each["all"]) == 1 and each["ratio"] > 0 for each in result["ratios"].values())
