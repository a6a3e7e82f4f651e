from typing import Any

from django.utils.translation import gettext_lazy as _


def with_blank(choices: Any) -> Any:
    return lambda: [("", _("Choose…")), *choices()]
