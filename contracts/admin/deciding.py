"""A page on which staff decide something, in words where those are needed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.pages import refusals_on


class DecisionForm(forms.Form):
    """Why staff decide so, for the person to read."""

    decision = forms.CharField(
        label=_("Why"),
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("The people concerned read this."),
    )


def decide(
    shown: admin.ModelAdmin,
    request: HttpRequest,
    row: models.Model,
    *,
    form: forms.Form,
    title: Any,
    said: Any,
    work: Callable[..., Any],
) -> HttpResponse:
    """Ask on a page of its own, then do it with what was filled in."""
    meta = row._meta
    if not request.user.has_perm(f"{meta.app_label}.change_{meta.model_name}"):
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            work(**form.cleaned_data)
            messages.success(request, said)
            return HttpResponseRedirect(page_of(row))
    context = {"form": form, "title": title, "back": page_of(row), "opts": meta, "row": row}
    return render(request, "admin/contracts/decide.html", shown.admin_site.each_context(request) | context)


def page_of(row: models.Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
