"""The one answer of allauth's API that is ours."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.headless.account.views import VerifyEmailView
from allauth.headless.internal.restkit.response import ErrorResponse
from django.http import HttpRequest, HttpResponse


class ConfirmAddressView(VerifyEmailView):
    """As allauth's, but the code of a sign-up that has made way is a wrong one."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.process and self.process.user is None:
            self.input.add_error("key", get_adapter().validation_error("incorrect_code"))
            return ErrorResponse(request, input=self.input)
        return super().post(request, *args, **kwargs)
