from redis.exceptions import RedisError

from notifications import unsaid

WORD = (1, "sessions")


def said_until_the_end(monkeypatch, answers):
    """What goes out when Redis answers so, the first word kept now."""
    monkeypatch.setattr(unsaid, "PAUSE", 0.01)
    said = []

    def say(words):
        said.append(words)
        if answers:
            answers.pop(0)(say)

    unsaid.keep({WORD}, say)
    thread = unsaid._thread
    if thread:
        thread.join(10)
    return said


def test_the_same_word_once_more_while_it_goes_out_goes_out_once_more(monkeypatch):
    said = said_until_the_end(monkeypatch, [lambda say: unsaid.keep({WORD}, say)])
    assert said == [{WORD}, {WORD}]


def test_what_redis_did_not_take_is_said_again_with_what_came_meanwhile(monkeypatch):
    def fail(say):
        unsaid.keep({(2, "money")}, say)
        raise RedisError

    assert said_until_the_end(monkeypatch, [fail]) == [{WORD}, {WORD, (2, "money")}]
