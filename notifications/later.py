"""What people are told after the fact: a row of the transaction says so, and a worker finds the words.

For what many wait for, such as booking: who booked need not wait until the mails of both are written.
"""

from collections.abc import Callable

from core.events import Reaction, told
from core.models import Event, locked
from core.operations import operation
from core.outbox import nudge
from notifications.models import Telling

_later: dict[str, Reaction] = {}


def tell_later(event: Event) -> None:
    """People are still to be told of this event, by the reaction that is registered for it here."""
    Telling.objects.create(event=event)
    nudge("notifications.tasks.tell_people", event.pk)


def told_later(name: str) -> Callable[[Reaction], Reaction]:
    """Register what a worker does for an event of `tell_later`: it finds its subject as it stands by then."""

    def register(reaction: Reaction) -> Reaction:
        _later[name] = reaction
        return reaction

    return register


@operation
def tell_now(event_id: int) -> bool:
    """Tell people of what waits, once; false where another process does it or did it.

    Under the lock of what it is about, so that nothing becomes of that between the words and their commit.
    """
    waiting = Telling.objects.select_for_update(skip_locked=True, of=("self",)).select_related("event")
    row = waiting.filter(event=event_id).first()
    if row is None:
        return False
    told(_later[row.event.name], locked(row.event.subject), row.event)
    row.delete()
    return True
