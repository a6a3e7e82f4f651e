"""People for tests: whoever is made here can sign in with PASSWORD."""

from datetime import date

import factory
from allauth.account.models import EmailAddress
from factory.django import DjangoModelFactory

from accounts.documents import EMPTY
from accounts.models import CoachProfile, Role, Skill, StudentProfile, User
from accounts.operations import rewrite_words
from core import clock

PASSWORD = "lantern-orbit-42"


class SkillFactory(DjangoModelFactory):
    class Meta:
        model = Skill
        django_get_or_create = ("slug",)

    name = factory.Sequence(lambda n: f"Skill {n}")
    slug = factory.LazyAttribute(lambda skill: skill.name.lower().replace(" ", "-"))


class UserFactory(DjangoModelFactory):
    """A person without a role yet; the address is verified."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    time_zone = "UTC"
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def verified(user, create, extracted, **kwargs):
        if create and extracted is not False:
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


class StudentProfileFactory(DjangoModelFactory):
    class Meta:
        model = StudentProfile

    about = "I learn in the evenings."
    country = "IE"
    born_on = date(1990, 4, 12)


class StudentFactory(UserFactory):
    """A student with a profile."""

    name = factory.Sequence(lambda n: f"Student {n}")
    is_student = True
    role = Role.STUDENT
    profile = factory.RelatedFactory(StudentProfileFactory, factory_related_name="user")


class CoachProfileFactory(DjangoModelFactory):
    """An approved profile; give `state` for others."""

    class Meta:
        model = CoachProfile
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory, is_coach=True, role=Role.COACH)
    state = CoachProfile.State.APPROVED
    headline = "Conversational Spanish for travel and work"
    bio = "Native speaker from Valencia. We talk, I note your mistakes, and you get a summary after each session."
    country = "ES"
    currency = "usd"
    hourly_rate_cents = 6000
    trial_rate_cents = 1500
    languages = factory.LazyFunction(lambda: [{"code": "es", "level": "native"}, {"code": "en", "level": "c1"}])
    meeting_url = "https://meet.jit.si/skileez-room"
    submitted_at = factory.LazyFunction(clock.now)
    approved_at = factory.Maybe(
        factory.LazyAttribute(lambda profile: profile.state == CoachProfile.State.APPROVED),
        factory.LazyFunction(clock.now),
    )

    @factory.post_generation
    def skills(profile, create, extracted, **kwargs):
        if create:
            skills = extracted if extracted is not None else [SkillFactory(name="Spanish")]
            if profile.is_public:
                profile.skills.set(skills)
                rewrite_words(profile)
            else:
                make_it_a_wish(profile, sorted(skill.slug for skill in skills))


def make_it_a_wish(profile, slugs):
    """What staff have never approved is in no column."""
    wish = {name: getattr(profile, name) for name in EMPTY if name != "skills"} | {"skills": slugs}
    profile.wanted = {name: value for name, value in wish.items() if value}
    for name in wish.keys() - {"skills"}:
        setattr(profile, name, EMPTY[name])
    profile.save()


class CoachFactory(UserFactory):
    """A coach with an approved profile; `profile__hourly_rate_cents=…` and the like reach it."""

    name = factory.Sequence(lambda n: f"Coach {n}")
    is_coach = True
    role = Role.COACH
    profile = factory.RelatedFactory(CoachProfileFactory, factory_related_name="user")
