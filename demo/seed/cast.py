"""The people of the demo come to life: accounts, profiles, hours, and their place at Stripe."""

import json
from datetime import date, datetime, time
from urllib.parse import urlencode

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.documents import digest
from accounts.models import CoachProfile, Role, Skill, User
from accounts.operations import (
    approve_coach,
    change_profile,
    describe_student,
    reject_coach,
    submit_coach_profile,
)
from accounts.skills import resolve
from core import clock
from demo.clock import post_to_standin
from demo.seed import people
from demo.seed.coaches import COACHES, Coach
from demo.seed.stage import Scene, Stage
from payments.models import ConnectAccount
from payments.operations import refresh_account, start_onboarding
from scheduling.operations import Window, set_availability

Cast = dict[str, User]


def make_people() -> Cast:
    """An account for everybody, with a verified address and the one password."""
    password = make_password(people.PASSWORD)  # once: it takes a third of a second
    cast = {each.key: _account(each, password, is_student=True) for each in people.STUDENTS}
    cast |= {each.key: _account(each, password, is_coach=True, role=Role.COACH) for each in COACHES}
    cast |= {each.key: _staff(each, password) for each in people.STAFF}
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in cast.values()
    )
    for each in people.STUDENTS:
        _say_who(each, cast[each.key])
    return cast


def _say_who(who: people.Student, user: User) -> None:
    spoken = [dict(zip(("code", "level"), each.split(), strict=True)) for each in who.languages.split(", ")]
    facts = {"about": who.about, "country": who.country, "languages": spoken}
    describe_student(user, by=user, now=clock.now(), born_on=date.fromisoformat(who.born_on), **facts)


def _account(who: people.Student | Coach, password: str, **roles: object) -> User:
    return User.objects.create(
        email=f"{who.key}@{people.DOMAIN}", name=who.name, time_zone=who.time_zone, password=password, **roles
    )


def _staff(who: people.Staff, password: str) -> User:
    user = User.objects.create(
        email=f"{who.key}@{people.DOMAIN}",
        name=who.name,
        password=password,
        is_staff=True,
        is_superuser=who.is_superuser,
        is_student=True,
    )
    user.groups.set(Group.objects.filter(name__in=who.groups))
    return user


def coaches_arrive(stage: Stage, cast: Cast) -> Scene:
    """Everybody who teaches writes a profile, says when they have time, and is looked at by staff."""
    yield stage.ago(63, 8)
    for who in COACHES:
        profile = _profile(who, cast[who.key], stage.now())
        if who.hours:
            _open_calendar(who, cast[who.key], stage.now())
        if who.state != "draft":
            submit_coach_profile(profile, by=cast[who.key], now=stage.now())
    yield stage.ago(62, 9)
    for who in COACHES:
        _decide(who, CoachProfile.objects.get(user=cast[who.key]), cast["support"], stage.now())
    yield stage.ago(61, 12)
    for who in COACHES:
        if who.is_payable:
            onboard(cast[who.key], stage.now())
    yield stage.ago(2, 15)
    for who in COACHES:
        if who.wish:
            profile = CoachProfile.objects.get(user=cast[who.key])
            change_profile(profile, by=cast[who.key], now=stage.now(), **who.wish)
            submit_coach_profile(profile, by=cast[who.key], now=stage.now())


def _profile(who: Coach, user: User, now: datetime) -> CoachProfile:
    """Filled in step by step; who has only begun has not come to the last ones."""
    profile = CoachProfile.objects.create(user_id=user.pk)  # so that nobody keeps the empty one in hand
    offer = {
        "country": who.country,
        "currency": who.currency,
        "hourly_rate_cents": who.rate,
        "trial_rate_cents": who.rate // 4,
        "meeting_url": f"https://meet.jit.si/skileez-{who.key}",
    }
    return change_profile(profile, by=user, now=now, **who.document(), **offer)


def skill(name: str) -> Skill:
    """A skill of the curated list, by any of its words."""
    [found] = resolve([name]).skills
    return found


def _open_calendar(who: Coach, user: User, now: datetime) -> None:
    hours = [Window(day, time(starts), time(ends % 24)) for day, starts, ends in who.hours]
    set_availability(hours=hours, by=user, now=now, time_zone=who.time_zone, notice_hours=2, step_minutes=30)


def _decide(who: Coach, profile: CoachProfile, staff: User, now: datetime) -> None:
    if who.state == "approved":
        approve_coach(profile, seen=digest(profile), by=staff, now=now)
    elif who.state == "rejected":
        reason = "Please say a little more about how you teach, and add the languages you teach in."
        reject_coach(profile, reason=reason, seen=digest(profile), by=staff, now=now)


def onboard(coach: User, now: datetime) -> None:
    """The coach tells Stripe who they are, as on its pages."""
    pages = settings.SITE_URL + "/payouts/"
    start_onboarding(coach, now=now, return_url=pages, refresh_url=pages)
    account = ConnectAccount.objects.get(user=coach)
    ask_standin("onboard", account=account.stripe_id)
    refresh_account(account.stripe_id, now=now)


def ask_standin(act: str, **fields: object) -> dict[str, object]:
    """What a person would click on Stripe's pages."""
    return dict(json.loads(post_to_standin(f"/_standin/{act}", urlencode(fields).encode())))
