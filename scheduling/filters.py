"""One set of filters for the page and the API."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from core import clock
from scheduling.models import Session

READY = "ready"
WHEN = {
    "upcoming": lambda sessions, now: sessions.ahead(now),
    "unscheduled": lambda sessions, now: sessions.without_a_time(),
    "past": lambda sessions, now: sessions.past(now),
    "all": lambda sessions, now: sessions.that_were().order_by("-pk"),
}
NAMES = {"upcoming": _("Upcoming"), "unscheduled": _("To be scheduled"), "past": _("Past"), "all": _("All")}


class SessionFilter(django_filters.FilterSet):
    """Sessions by state, part played and kind; without `when` and `state`, those that lie ahead."""

    when = django_filters.ChoiceFilter(label=_("When"), choices=list(NAMES.items()), method="by_when")
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=[*Session.State.choices, (READY, _("ready to join"))], method="by_state"
    )
    role = django_filters.ChoiceFilter(label=_("Your part"), choices=Role.choices, method="by_role")
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=Session.Kind.choices)

    class Meta:
        model = Session
        fields = ["when", "state", "role", "kind"]

    def filter_queryset(self, queryset: QuerySet[Session]) -> QuerySet[Session]:
        asked = self.form.cleaned_data
        if not asked.get("when"):
            asked["when"] = "all" if asked.get("state") else "upcoming"
        return super().filter_queryset(queryset)

    def by_when(self, sessions: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        return WHEN[value](sessions, clock.now())

    def by_state(self, sessions: QuerySet[Session], name: str, states: list[str]) -> QuerySet[Session]:
        if not states:
            return sessions
        now = clock.now()
        wanted = Q(state__in=[state for state in states if state != READY])
        if READY in states:
            wanted |= Q(pk__in=[each.pk for each in sessions.upcoming(now) if each.is_ready(now)])
        return sessions.filter(wanted)

    def by_role(self, sessions: QuerySet[Session], name: str, role: str) -> QuerySet[Session]:
        return sessions.of_role(self.request.user, role)
