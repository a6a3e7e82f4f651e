from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from core.models import OutgoingMail

PER_PAGE = 25
SANDBOX = ["allow-top-navigation-by-user-activation"]


def inbox(request: HttpRequest) -> HttpResponse:
    """Every mail the demo has written, newest first; `to` finds an address."""
    mails = OutgoingMail.objects.order_by("-pk")
    if to := request.GET.get("to", "").strip():
        mails = mails.filter(to__icontains=to)
    page = Paginator(mails.defer("text", "html"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "demo/inbox.html", {"page": page, "to": to})


def letter(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "demo/letter.html", {"mail": get_object_or_404(OutgoingMail, pk=pk)})


@xframe_options_sameorigin
@csp(
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [SELF],
        "sandbox": SANDBOX,
    }
)
def letter_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail as a mail program shows it: no scripts, its own styles, links open in the whole window."""
    mail = get_object_or_404(OutgoingMail, pk=pk)
    return HttpResponse(mail.html.replace("<head>", '<head><base target="_top">', 1))
