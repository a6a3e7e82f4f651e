import pytest

from accounts.policy import is_meeting_link

HOSTS = ["zoom.us", "meet.jit.si"]


@pytest.mark.parametrize(
    "url", ["https://zoom.us/j/1", "https://us02web.zoom.us/j/1?pwd=x", "https://meet.jit.si/Room"]
)
def test_a_room_at_a_known_host_or_below_it(url):
    assert is_meeting_link(url, HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "http://zoom.us/j/1",
        "https://evil.example/zoom.us",
        "https://notzoom.us/j/1",
        "https://zoom.us.evil.example/j/1",
        "https://zoom.us@evil.example/j/1",
        "https://evil.example@zoom.us/j/1",
        "https://zoom.us:8443/j/1",
        "https://evil.example\\@zoom.us/",
        "https://[zoom.us/",
        "javascript:alert(1)//zoom.us",
        "",
    ],
)
def test_everything_else_is_no_room(url):
    assert not is_meeting_link(url, HOSTS)
