from django import template

register = template.Library()

ICONS = {
    "contracts": "file-earmark-text",
    "money": "wallet2",
    "profile": "person-check",
    "proposals": "inbox",
    "requests": "lightbulb",
    "reviews": "star",
    "sessions": "calendar-event",
}


@register.filter
def kind_icon(kind: str) -> str:
    """The picture that goes with a kind of notice."""
    return ICONS.get(kind, "bell")
