"""Money for staff: to look at, never to edit; what may be done is an action that calls an operation."""

from payments.admin import inbox, mirror, money  # noqa: F401 - each registers its lists
