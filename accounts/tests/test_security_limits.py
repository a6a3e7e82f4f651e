"""How often one may try: per account and per network, whatever is written into the request."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache

from accounts.tests.factories import PASSWORD, StudentFactory
from accounts.tests.signing_in import SIGN_UP, App, app_code, latest_mail, sign_in

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def fail(client, times, login, **varying):
    """Try wrong passwords; what varies is a function of the number of the try."""
    for n in range(times):
        extra = {name: value(n) for name, value in varying.items()}
        client.post("/accounts/login/", {"login": login(n), "password": "wrong"}, **extra)


class TestAccount:
    def test_five_wrong_passwords_from_five_networks_close_it_to_the_sixth(self, client):
        student = StudentFactory()
        fail(client, 5, lambda n: student.email, REMOTE_ADDR=lambda n: f"192.0.2.{n}")
        response = sign_in(client, student, REMOTE_ADDR="198.51.100.7")
        assert (response.status_code, response.headers["Retry-After"]) == (429, "300")
        assert "Wait five minutes" in response.content.decode()
        assert "_auth_user_id" not in client.session

    def test_a_client_of_the_api_is_told_the_same(self, client):
        student, app = StudentFactory(), App(client)
        for n in range(5):
            assert app.sign_in(student.email, "wrong", REMOTE_ADDR=f"192.0.2.{n}").status_code == 400
        response = app.sign_in(student.email, REMOTE_ADDR="198.51.100.7")
        assert (response.status_code, response.headers["Retry-After"]) == (429, "300")
        assert response.json() == {"status": 429}

    @pytest.mark.parametrize(
        "spelling",
        [
            lambda email, n: email[:n].upper() + email[n:],
            lambda email, n: " " * n + email,
            lambda email, n: email.replace("s", "ſ") if n % 2 else email,
        ],
        ids=["capitals", "spaces", "letters that look alike"],
    )
    def test_another_spelling_of_the_address_does_not_help(self, client, spelling):
        student = StudentFactory(email="sasha@example.com")
        fail(client, 5, lambda n: spelling(student.email, n), REMOTE_ADDR=lambda n: f"192.0.2.{n}")
        assert sign_in(client, student).status_code == 429

    def test_another_port_in_the_host_header_does_not_help(self, client):
        student = StudentFactory()
        hosts = {"HTTP_HOST": lambda n: f"localhost:{8000 + n}", "REMOTE_ADDR": lambda n: f"192.0.2.{n}"}
        fail(client, 5, lambda n: student.email, **hosts)
        assert sign_in(client, student, HTTP_HOST="localhost:9000").status_code == 429

    def test_the_account_of_somebody_else_stays_open(self, client):
        student, other = StudentFactory.create_batch(2)
        fail(client, 5, lambda n: student.email)
        assert sign_in(client, other).url == "/dashboard/"

    def test_a_right_password_does_not_count(self, client):
        student = StudentFactory()
        for _time in range(7):
            assert sign_in(client, student).url == "/dashboard/"
            client.post("/accounts/logout/")

    def test_password_and_api_count_together(self, client):
        student = StudentFactory()
        fail(client, 3, lambda n: student.email)
        for _time in range(2):
            App(client).sign_in(student.email, "wrong")
        assert sign_in(client, student).status_code == 429


class TestNetwork:
    def test_ten_wrong_passwords_of_one_network_close_the_door_to_it(self, client):
        fail(client, 10, lambda n: f"person{n}@example.net")
        student = StudentFactory()
        assert sign_in(client, student).status_code == 429
        assert sign_in(client, student, REMOTE_ADDR="198.51.100.7").url == "/dashboard/"

    def test_a_full_sign_in_of_ones_own_forgets_no_failure(self, client):
        """A right code ends the count of one's own account, not that of the network."""
        own, other = StudentFactory.create_batch(2)
        TOTP.activate(own, SECRET)
        fail(client, 9, lambda n: f"person{n}@example.net")
        sign_in(client, own)
        assert client.post("/accounts/2fa/authenticate/", {"code": app_code(SECRET)}).url == "/dashboard/"
        client.post("/accounts/logout/")
        fail(client, 1, lambda n: other.email)
        assert sign_in(client, other).status_code == 429
        assert sign_in(client, other, REMOTE_ADDR="198.51.100.7").url == "/dashboard/"

    def test_nor_does_one_in_an_app(self, client):
        own, other = StudentFactory.create_batch(2)
        TOTP.activate(own, SECRET)
        fail(client, 9, lambda n: f"person{n}@example.net")
        app = App(client)
        app.sign_in(own.email)
        assert app.call("post", "auth/2fa/authenticate", {"code": app_code(SECRET)}).status_code == 200
        assert App(client).sign_in(other.email, "wrong").status_code == 400
        response = App(client).sign_in(other.email)
        assert (response.status_code, response.headers["Retry-After"]) == (429, "300")

    def test_nor_does_a_new_password_of_ones_own(self, client):
        own, other = StudentFactory.create_batch(2)
        fail(client, 10, lambda n: f"person{n}@example.net")
        client.post("/accounts/password/reset/", {"email": own.email})
        path = latest_mail(own.email).text.split("/accounts/password/reset/key/")[1].split()[0]
        form = client.get("/accounts/password/reset/key/" + path).url
        client.post(form, {"password1": "harbour-violet-77", "password2": "harbour-violet-77"})
        assert sign_in(client, other).status_code == 429

    def test_wrong_codes_count_with_wrong_passwords(self, client):
        own, other, third = StudentFactory.create_batch(3)
        TOTP.activate(own, SECRET)
        TOTP.activate(other, "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
        sign_in(client, other)
        for _time in range(5):
            client.post("/accounts/2fa/authenticate/", {"code": "000000"})
        client.cookies.clear()
        fail(client, 4, lambda n: f"person{n}@example.net")
        sign_in(client, own)
        assert client.post("/accounts/2fa/authenticate/", {"code": app_code(SECRET)}).url == "/dashboard/"
        client.post("/accounts/logout/")
        fail(client, 1, lambda n: third.email)
        assert sign_in(client, third).status_code == 429

    def test_a_made_up_forwarded_address_does_not_help(self, client):
        fail(client, 10, lambda n: f"person{n}@example.net", HTTP_X_FORWARDED_FOR=lambda n: f"203.0.113.{n}")
        assert sign_in(client, StudentFactory(), HTTP_X_FORWARDED_FOR="203.0.113.99").status_code == 429

    def test_behind_one_proxy_only_its_word_counts(self, client, settings):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        forwarded = {"HTTP_X_FORWARDED_FOR": lambda n: f"203.0.113.{n}, 198.51.100.7"}
        fail(client, 10, lambda n: f"person{n}@example.net", **forwarded)
        student = StudentFactory()
        assert sign_in(client, student, HTTP_X_FORWARDED_FOR="203.0.113.99, 198.51.100.7").status_code == 429
        assert sign_in(client, student, HTTP_X_FORWARDED_FOR="198.51.100.7, 203.0.113.99").url == "/dashboard/"

    def test_another_address_of_the_same_ipv6_network_does_not_help(self, client):
        fail(client, 10, lambda n: f"person{n}@example.net", REMOTE_ADDR=lambda n: f"2001:db8::{n + 1}")
        student = StudentFactory()
        assert sign_in(client, student, REMOTE_ADDR="2001:db8::ff").status_code == 429
        assert sign_in(client, student, REMOTE_ADDR="2001:db8:0:1::1").url == "/dashboard/"

    def test_the_twenty_first_sign_up_in_a_minute_waits(self, client):
        for n in range(20):
            client.post("/accounts/signup/", SIGN_UP | {"email": f"not an address {n}"})
        response = client.post("/accounts/signup/", SIGN_UP)
        assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
        assert App(client).call("post", "auth/signup", {}).status_code == 429


class TestLostPassword:
    def test_the_sixth_link_in_a_minute_waits_however_the_address_is_written(self, client):
        for n in range(5):
            email = "sasha@example.com"
            client.post("/accounts/password/reset/", {"email": email[:n].upper() + email[n:]})
        for response in (
            client.post("/accounts/password/reset/", {"email": "Sasha@Example.com"}),
            App(client).call("post", "auth/password/request", {"email": "sashA@example.com"}),
        ):
            assert (response.status_code, response.headers["Retry-After"]) == (429, "60")


class TestSecondFactor:
    @pytest.fixture
    def student(self):
        student = StudentFactory()
        TOTP.activate(student, SECRET)
        return student

    def test_five_wrong_codes_close_the_second_step(self, client, student):
        assert sign_in(client, student).url == "/accounts/2fa/authenticate/"
        for _time in range(5):
            assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
        response = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
        assert (response.status_code, response.headers["Retry-After"]) == (429, "300")

    def test_a_client_of_the_api_is_told_the_same(self, client, student):
        app = App(client)
        assert app.sign_in(student.email, PASSWORD).status_code == 401
        for _time in range(5):
            assert app.call("post", "auth/2fa/authenticate", {"code": "000000"}).status_code == 400
        response = app.call("post", "auth/2fa/authenticate", {"code": "000000"})
        assert (response.status_code, response.headers["Retry-After"]) == (429, "300")
