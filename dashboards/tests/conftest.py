import pytest

from accounts.tests.factories import StudentFactory


@pytest.fixture
def somebody_else_works_here(db):
    """An administrator, without whom the last of the staff could not leave."""
    StudentFactory(is_staff=True, is_superuser=True)
