import pytest

from accounts.models import SkillSynonym, User
from accounts.operations import change_skill
from accounts.tests.factories import SkillFactory
from marketplace.models import LearningRequest
from marketplace.operations.words import rewrite_request
from marketplace.tests.factories import LearningRequestFactory

pytestmark = pytest.mark.django_db


def test_requests_are_found_by_the_new_words_of_their_skills(clock):
    lute, staff = SkillFactory(name="Lute"), User.objects.create_superuser("staff@example.com", name="Staff")
    asked, other = LearningRequestFactory(), LearningRequestFactory()
    asked.skills.set([lute])
    rewrite_request(asked, now=clock.now())
    SkillSynonym.objects.create(skill=lute, word="laud")
    change_skill(lute, by=staff, now=clock.now())
    assert list(LearningRequest.objects.filter(words__contains="laud")) == [asked]
    assert other.pk
