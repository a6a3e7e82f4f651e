"""One's own profile, photo and time zone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import operations
from accounts.forms import PhotoForm, ProfileForm, StudentProfileForm, ZoneForm
from accounts.models import CoachProfile, StudentProfile
from accounts.pictures import portrait_of
from core import clock
from core.pages import came_from, refusals_on


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form, student = ProfileForm(data, instance=request.user), _student_form(request, data)
    forms = [form, student] if student else [form]
    valid = [each.is_valid() for each in forms]  # all of them, so that each says what is wrong
    if all(valid):
        if student:
            with refusals_on(student):
                facts = student.cleaned_data
                operations.describe_student(request.user, by=request.user, now=clock.now(), **facts)
        if not student or student.is_valid():
            form.save()
            messages.success(request, _("Saved."))
            return redirect("profile")
    context = {"forms": forms, "photo_form": PhotoForm(), "coach_profile": _coach_profile(request)}
    return render(request, "accounts/profile.html", context)


@login_required
@require_POST
def photo(request: HttpRequest) -> HttpResponse:
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a picture first."))
        return redirect("profile")
    portrait = portrait_of(form.cleaned_data["photo"])
    operations.put_photo(request.user, portrait=portrait, by=request.user, now=clock.now())
    messages.success(request, _("Your photo is saved."))
    return redirect("profile")


@login_required
@require_POST
def photo_remove(request: HttpRequest) -> HttpResponse:
    operations.remove_photo(request.user, by=request.user, now=clock.now())
    messages.success(request, _("Your photo is removed."))
    return redirect("profile")


@login_required
@require_POST
def zone(request: HttpRequest) -> HttpResponse:
    """Take the time zone that the browser is in, and stay on the page."""
    form = ZoneForm(request.POST, instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Times are shown in %(zone)s now.") % {"zone": form.cleaned_data["time_zone"]})
    else:
        messages.error(request, _("We do not know this time zone. Choose the nearest one in your profile."))
    return redirect(came_from(request))


def _student_form(request: HttpRequest, data: object) -> StudentProfileForm | None:
    if not request.user.is_student:
        return None
    student = StudentProfile.objects.filter(user=request.user).first()
    return StudentProfileForm(data, instance=student or StudentProfile(user=request.user))


def _coach_profile(request: HttpRequest) -> CoachProfile | None:
    return CoachProfile.objects.filter(user=request.user).first()
