from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from demo.seed.people import DOMAIN, PASSWORD


def people(request: HttpRequest) -> HttpResponse:
    """The demo people, each with a button that signs in as them."""
    everybody = User.objects.filter(email__endswith=f"@{DOMAIN}", is_active=True).order_by("pk")
    shown = everybody.select_related("coach_profile").prefetch_related("groups")
    groups = {"staff": [], "coaches": [], "students": []}
    for person in shown:
        group = "staff" if person.is_staff else "coaches" if person.is_coach else "students"
        groups[group].append(person)
    return render(request, "demo/people.html", {**groups, "password": PASSWORD})
