"""The main journey as three people click through it: a student, a coach and one of the staff."""

import re
from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from core.models import OutgoingMail

PASSWORD = "orchid-lantern-7421"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Person:
    """Somebody with a browser of their own, who looks at each page they come to."""

    def __init__(self, page: Any, *, checks_pages: bool) -> None:
        self.page = page
        self.page.set_default_timeout(10_000)
        self.checks_pages = checks_pages
        self.seen: set[str] = set()
        self.barriers: list[str] = []

    def open(self, path: str) -> None:
        answer = self.page.goto(path)
        assert answer.status == 200, f"{path}: {answer.status}"
        self.look()

    def follow(self, name: str) -> None:
        self.go(self.page.get_by_role("main").get_by_role("link", name=name).first)

    def press(self, name: str) -> None:
        self.go(self.page.get_by_role("main").get_by_role("button", name=name).first)

    def go(self, target: Any) -> None:
        assert target.is_visible(), f"{target} is not on {self.page.url}:\n{self.page.inner_text('body')}"
        with self.page.expect_event("domcontentloaded"):  # not a navigation: htmx makes one of its own on every page
            target.click()
        self.look()

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f'main [name="{name}"]').fill(value)

    def choose(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f'main select[name="{name}"]').select_option(value)

    def tick(self, name: str, value: str) -> None:
        self.page.locator(f"main label:has([name={name}][value='{value}'])").click()

    def check(self, label: str) -> None:
        self.page.get_by_role("main").get_by_label(label, exact=True).check(force=True)

    def pick(self, category: str, skill: str) -> None:
        """Open a category of the picker, where it is not open yet, and tick a skill in it."""
        part = self.page.locator(
            "main .skill-picker details", has=self.page.locator("summary", has_text=re.compile(rf"^\s*{category}"))
        )
        if part.get_attribute("open") is None:
            part.locator("summary").click()
        part.get_by_label(skill, exact=True).check(force=True)

    def move_clock(self, to: str) -> None:
        """Press a button of the clock bar."""
        self.go(self.page.get_by_role("complementary", name="Demo").get_by_role("button", name=to, exact=True))

    def sees(self, *words: str) -> None:
        shown = self.page.get_by_role("main").inner_text()
        for word in words:
            assert word in shown, f"{word!r} is not on {self.page.url}:\n{shown}"

    def look(self) -> None:
        """Hold each new kind of page against the rules of accessibility, light and dark."""
        self.page.wait_for_load_state()
        kind = re.sub(r"\d+", "1", self.page.url.split("?")[0])
        if not self.checks_pages or kind in self.seen or "/admin/" in kind:
            return
        self.seen.add(kind)
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = Axe().run(self.page, options={"runOnly": WCAG}).response["violations"]
            self.barriers += [f"{kind} in {scheme}: {each['id']} {each['nodes'][0]['html'][:200]}" for each in found]

    def sign_up(self, *, name: str, email: str, role: str, time_zone: str) -> None:
        self.open("/accounts/signup/")
        self.fill(name=name, email=email, password1=PASSWORD)
        self.tick("role", role)
        self.choose(time_zone=time_zone)
        self.go(self.page.locator("main button[type=submit]").first)
        letter = OutgoingMail.objects.filter(to=email).latest("pk").text
        code = re.search(r"^[A-Z0-9]{3,4}-?[A-Z0-9]{3,5}$", letter, re.MULTILINE)
        assert code, letter
        self.fill(code=code.group())
        self.go(self.page.locator("main button[type=submit]").first)

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        self.open("/accounts/login/")
        self.fill(login=email, password=password)
        self.go(self.page.locator("main button[type=submit]").first)


class Journey:
    """Each step asserts what the person sees; `drain` does what worker and beat would do meanwhile."""

    def __init__(self, student: Person, coach: Person, staff: Person, drain: Callable[[], None]) -> None:
        self.student, self.coach, self.staff, self.drain = student, coach, staff, drain

    def sign_up(self) -> None:
        self.student.sign_up(name="Nia Brandt", email="nia@example.org", role="student", time_zone="America/New_York")
        self.coach.sign_up(name="Ola Dunin", email="ola@example.org", role="coach", time_zone="Europe/Berlin")

    def student_says_who_they_are(self) -> None:
        self.student.open("/onboarding/student/")
        self.student.fill(about="I travel to Valencia in spring.", born_on="1990-05-01")
        self.student.choose(country="US")
        self.student.press("Continue")

    def coach_is_approved(self) -> None:
        self.coach_fills_in()
        self.coach.press("Submit for approval")
        self.coach.sees("waiting")
        self.staff.sign_in("staff@example.org")
        self.staff.page.goto("/admin/accounts/coachprofile/")
        self.staff.page.get_by_role("link", name=re.compile("Ola|coach")).first.click()
        self.staff.page.get_by_role("button", name="Approve").or_(
            self.staff.page.get_by_role("link", name="Approve")
        ).first.click()
        self.staff.page.wait_for_load_state()
        self.coach.open("/onboarding/coach/")
        self.coach.sees("approved")

    def coach_fills_in(self) -> None:
        """The nine steps; left after the third and found again there."""
        self.coach.open("/onboarding/coach/")
        self.coach.fill(goal="You come with school Spanish and leave able to talk.")
        self.coach.press("Save and continue")
        self.coach.pick("Languages", "Spanish")
        self.coach.press("Save and continue")
        job = {"title": "Guide", "organisation": "A museum", "from_year": "2015"}
        self.coach.fill(**{f"experience-0-{name}": value for name, value in job.items()})
        self.coach.press("Save and add another")
        self.coach.sees("Guide", "A museum")
        self.coach.open("/onboarding/coach/")
        self.coach.press("Skip")
        self.coach.fill(**{"portfolio-0-title": "Films", "portfolio-0-url": "https://youtu.be/abc"})
        self.coach.press("Save and continue")
        self.coach.choose(languages_0_code="es", languages_0_level="native")
        self.coach.press("Save and continue")
        self.coach.fill(
            headline="Conversational Spanish for travel",
            bio="Native speaker from Valencia. We talk, I note your mistakes, and you get a page after each session.",
        )
        self.coach.press("Save and continue")
        self.coach.fill(hourly_rate="60")
        self.coach.choose(country="ES", currency="usd")
        self.coach.press("Save and continue")
        self.coach.sees("Guide", "Spanish", "$60.00", "Films")

    def coach_opens_hours(self) -> None:
        self.coach.open("/availability/")
        for day in range(7):
            self.coach.page.locator("main input[type=time][name$=starts]").nth(day).fill("08:00")
            self.coach.page.locator("main input[type=time][name$=ends]").nth(day).fill("20:00")
        self.coach.press("Save")

    def request_and_proposal(self) -> None:
        self.student.open("/requests/new/")
        self.student.fill(
            title="Spanish for a trip to Valencia",
            description="I travel to Valencia in spring and want to order food, ask for the way and chat a little.",
            sessions_needed="2", question_1="How do you teach complete beginners?",
        )  # fmt: skip
        self.student.pick("Languages", "Spanish")
        self.student.press("Post")
        self.student.sees("Spanish for a trip to Valencia")
        self.coach.open("/requests/?q=Valencia")
        self.coach.follow("Spanish for a trip to Valencia")
        self.coach.follow("Send a proposal")
        self.coach.fill(
            cover_letter="I have taught travellers for ten years. We start with what you need on the first day and build "
            "from there, always talking.",
            rate="60", session_count="2", session_minutes="60",
        )  # fmt: skip
        self.coach.page.locator("main [name^=answer_]").first.fill("With pictures and gestures first, words second.")
        self.coach.press("Send proposal")
        self.coach.sees("$120.00")

    def agreement(self) -> None:
        self.student.open("/requests/")
        self.student.follow("Spanish for a trip to Valencia")
        self.student.follow("Read proposal")
        self.student.sees("With pictures and gestures first")
        self.student.press("Accept these terms")
        self.student.fill(learning_outcomes="Order food\nAsk for the way")
        self.student.press("Send to the coach")
        self.student.sees("has until")
        self.coach.open("/contracts/")
        self.coach.follow("Spanish for a trip to Valencia")
        self.coach.press("Accept contract")
        self.coach.sees("Waiting for payment")

    def payment(self) -> None:
        self.student.open("/contracts/")
        self.student.follow("Spanish for a trip to Valencia")
        self.student.follow("Pay $120.00")
        self.student.press("Pay $120.00")
        self.student.press("Pay 120.00 USD")  # on the stand-in's page, with the card that works
        self.student.sees("Your contract is active", "$120.00")

    def onboarding_at_stripe(self) -> None:
        self.coach.open("/payouts/")
        self.coach.press("Connect with Stripe")
        self.coach.press("Agree and finish")
        self.drain()
        self.coach.open("/payouts/")

    def scheduling(self) -> None:
        self.student.follow("Pick a time")
        self.student.sees("all times in your time zone")
        self.student.page.locator("main label:has([name=start]:not(:disabled)):visible").first.click()
        self.student.press("Book this time")
        self.student.sees("America/New_York", "Europe/Berlin", "Held for you until")
        self.student.press("Confirm this time")
        self.student.sees("Scheduled")

    def meeting(self) -> None:
        session = self.student.page.url
        self.student.move_clock("To the session")
        self.student.open(session)
        self.student.sees("has not said yet where you meet")
        self.student.press("Check in")
        self.coach.open(session)
        self.coach.press("Check in")
        self.student.open(session)
        self.student.sees("In progress")
        self.student.move_clock("Past it")
        self.student.open(session)
        self.student.sees("Completed")

    def money(self) -> None:
        self.student.move_clock("+1 day")
        self.student.move_clock("+1 hour")
        self.drain()
        self.student.open("/money/")
        self.student.sees("$120.00", "$51.00", "$9.00", "$60.00")
        self.coach.open("/money/")
        self.coach.sees("$51.00")
        self.coach.move_clock("+1 week")
        self.drain()
        self.coach.open("/payouts/")
        self.coach.sees("$51.00")

    def review(self) -> None:
        self.student.open("/contracts/")
        self.student.follow("Spanish for a trip to Valencia")
        self.student.follow("Write a review")
        self.student.tick("stars", "5")
        self.student.fill(text="Patient & clear.")
        self.student.press("Save review")
        self.student.sees("Your review is saved")

    def run(self) -> None:
        for step in (
            self.sign_up, self.student_says_who_they_are, self.coach_is_approved, self.coach_opens_hours, self.request_and_proposal, self.agreement,
            self.payment, self.scheduling, self.onboarding_at_stripe, self.meeting, self.money, self.review,
        ):  # fmt: skip
            step()
