"""What a coach may read of a student they have to do with."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.models import StudentProfile
from core import clock


@login_required
@require_GET
def student(request: HttpRequest, pk: int) -> HttpResponse:
    visible = StudentProfile.objects.visible_to(request.user).select_related("user")
    found = get_object_or_404(visible, user_id=pk)
    return render(request, "accounts/student.html", {"student": found, "now": clock.now()})
