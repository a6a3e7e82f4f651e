import pytest

from core.links import leads_to

HOSTS = ["github.com", "youtu.be", "meet.jit.si"]


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/lucia",
        "https://github.com",
        "https://github.com?tab=repositories",
        "https://gist.github.com/lucia/1",
        "HTTPS://GitHub.com/Lucia",
        "https://youtu.be/@lucia?t=1#end",
        "https://meet.jit.si/Room",
        "https://github.com/a%20b",
    ],
)
def test_a_known_host_or_one_below_it(url):
    assert leads_to(url, HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "github.com/lucia",
        "http://github.com/lucia",
        "//github.com/lucia",
        "https:github.com",
        "https:/github.com",
        "https:///github.com",
        "javascript:alert(1)//github.com",
        "data:text/html,https://github.com",
        "https://evil.example/github.com",
        "https://evil.example/?https://github.com",
        "https://github.com.evil.example/",
        "https://notgithub.com/",
        "https://github.com@evil.example/",
        "https://lucia@github.com/",
        "https://lucia:secret@github.com/",
        "https://github.com:8443/",
        "https://github.com:443/",
        "https://github.com:/",
        "https://github.com./",
        "https://.github.com/",
        "https://a..github.com/",
        "https://evil.example\\@github.com/",
        "https://evil.example%2f.github.com/",
        "https://evil.example%00.github.com/",
        "https://evil_example.github.com/",
        "https://github.com\t.evil.example/",
        "https://github.com/\nx",
        " https://github.com/",
        "https://github.com/\x7f",
        "https://github。com/",
        "https://ɡithub.com/",
        "https://github.com\u200b/",
        "https://github.com/\u202ex",
        "https://[github.com/",
        "https://[::1]/",
        "https://com/",
    ],
)
def test_everything_else_is_no_such_address(url):
    assert not leads_to(url, HOSTS)
