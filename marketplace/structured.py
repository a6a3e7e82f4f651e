"""What search engines read of a public coach: schema.org as JSON-LD, made of public facts only."""

import json
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from accounts.documents import Document
from accounts.models import CoachProfile
from accounts.places import country_name, language_name
from core.money import to_decimal

HARMLESS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def structured(coach: CoachProfile, document: Document, skills: list[str]) -> SafeString:
    """The `<script>` block with a coach as person and as service; data that no browser executes."""
    graph = [_person(coach, document, skills), _service(coach, document, skills)]
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    block = f'<script type="application/ld+json">{text.translate(HARMLESS)}</script>'
    return mark_safe(block)  # noqa: S308 - no sign is left in the text that could end the block


def address_of(coach: CoachProfile) -> str:
    """Where everybody finds this coach, with the site's name in it."""
    return settings.SITE_URL + coach.get_absolute_url()


def _person(coach: CoachProfile, document: Document, skills: list[str]) -> dict[str, Any]:
    address = address_of(coach)
    person = {
        "@type": "Person",
        "@id": f"{address}#person",
        "name": coach.user.name,
        "url": address,
        "image": f"{address}card.png",
        "jobTitle": document["headline"],
        "description": document["bio"],
        "knowsAbout": skills,
        "knowsLanguage": [
            {"@type": "Language", "name": language_name(each["code"]), "alternateName": each["code"]}
            for each in document["languages"]
        ],
    }
    if coach.country:
        person["address"] = {"@type": "PostalAddress", "addressCountry": coach.country}
        person["homeLocation"] = {"@type": "Country", "name": country_name(coach.country)}
    return person


def _service(coach: CoachProfile, document: Document, skills: list[str]) -> dict[str, Any]:
    address = address_of(coach)
    service: dict[str, Any] = {
        "@type": "Service",
        "@id": f"{address}#service",
        "name": document["headline"],
        "serviceType": ", ".join(skills),
        "url": address,
        "provider": {"@id": f"{address}#person"},
        "offers": _offers(coach, address),
    }
    if coach.rating_count:
        service["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": coach.rating,
            "reviewCount": coach.rating_count,
            "bestRating": 5,
            "worstRating": 1,
        }
    return service


def _offers(coach: CoachProfile, address: str) -> list[dict[str, Any]]:
    rates = [("One hour", coach.hourly_rate_cents), ("Trial session", coach.trial_rate_cents)]
    return [
        {
            "@type": "Offer",
            "name": name,
            "price": str(to_decimal(cents, coach.currency)),
            "priceCurrency": coach.currency.upper(),
            "url": address,
        }
        for name, cents in rates
        if cents
    ]
