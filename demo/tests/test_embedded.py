"""Servers of one's own: they start beside others, survive what a killed start left, and end."""

import os
import time
from pathlib import Path

import psycopg
import pytest
import redis

from demo import embedded
from demo.children import Child, Failed


def test_two_databases_at_once_know_nothing_of_each_other(tmp_path: Path) -> None:
    with (
        embedded.postgres(tmp_path / "one", log=tmp_path / "one.log") as one,
        embedded.postgres(tmp_path / "two", log=tmp_path / "two.log") as two,
    ):
        run(one.url, "CREATE TABLE only_here (id int)")
        assert tables(one.url) == ["only_here"]
        assert tables(two.url) == []
    assert not one.child.is_running()
    assert not two.child.is_running()


def test_what_is_written_is_there_after_the_next_start(tmp_path: Path) -> None:
    for _start in range(2):
        with embedded.postgres(tmp_path / "data", log=tmp_path / "log") as server:
            run(server.url, "CREATE TABLE IF NOT EXISTS kept (id int)")
            run(server.url, "INSERT INTO kept VALUES (1)")
            rows = run(server.url, "SELECT * FROM kept")
    assert rows == [(1,), (1,)]


def test_a_server_left_over_on_the_same_folder_is_stopped_first(tmp_path: Path) -> None:
    with (
        embedded.postgres(tmp_path / "data", log=tmp_path / "first.log") as first,
        embedded.postgres(tmp_path / "data", log=tmp_path / "second.log") as second,
    ):
        assert not first.child.is_running()
        assert run(second.url, "SELECT 1") == [(1,)]


def test_a_pid_file_that_names_another_program_does_not_stop_that_program(tmp_path: Path) -> None:
    with embedded.postgres(tmp_path / "data", log=tmp_path / "log"):
        pass
    (tmp_path / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    with embedded.postgres(tmp_path / "data", log=tmp_path / "log") as server:
        assert run(server.url, "SELECT 1") == [(1,)]


def test_a_folder_too_deep_for_a_socket_file_works_too(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    with embedded.postgres(deep, log=tmp_path / "log") as server:
        assert run(server.url, "SELECT 1") == [(1,)]


def test_letters_beyond_english_change_their_case(tmp_path: Path) -> None:
    with embedded.postgres(tmp_path / "data", log=tmp_path / "log") as server:
        assert run(server.url, "SELECT lower('ÄÉŁ')") == [("äéł",)]


def test_redis_keeps_values_publishes_and_runs_scripts(tmp_path: Path) -> None:
    with embedded.redis(log=tmp_path / "log") as server:
        client = redis.Redis.from_url(server.url, decode_responses=True)
        client.set("word", "held")
        assert client.get("word") == "held"
        listener = client.pubsub()
        listener.subscribe("news")
        assert listener.get_message(timeout=5)["type"] == "subscribe"
        client.publish("news", "paid")
        assert listener.get_message(timeout=5)["data"] == "paid"
        assert client.register_script("return redis.call('get', KEYS[1])")(["word"]) == "held"


def test_redis_keeps_the_connection_after_a_command_it_refuses(tmp_path: Path) -> None:
    with embedded.redis(log=tmp_path / "log") as server:
        client = redis.Redis.from_url(server.url, single_connection_client=True, retry=None)
        for _time in range(20):
            with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
                client.set("word", "held") and client.lpush("word", "x")
            assert client.ping()


def test_a_program_that_ends_by_itself_is_named_with_its_last_words(tmp_path: Path) -> None:
    bakery = Child("bakery", ["sh", "-c", "echo no flour; exit 3"], log=tmp_path / "log")
    with bakery, pytest.raises(Failed, match=r"(?s)^The bakery ended by itself.*no flour$"):
        bakery.wait_until(lambda: False)


def test_a_program_that_does_not_stop_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    stubborn = "trap '' TERM; sleep 60 & echo $!; wait; wait; wait"
    with Child("stone", ["bash", "-c", stubborn], log=tmp_path / "log") as child:
        child.wait_until(lambda: child.output().endswith("\n"))
        child.stop(patience=0.2)
        assert not child.is_running()
        assert ends_soon(int(child.output()))


def run(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def tables(url: str) -> list[object]:
    return [row[0] for row in run(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]


def ends_soon(pid: int) -> bool:
    """Whether a program that was killed is gone within five seconds: the system ends it in its own time."""
    deadline = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(pid)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"
