"""Builds the hosted pages from templates; every value is escaped."""

from datetime import UTC, datetime
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from ..web import Answer

FOLDER = Path(__file__).parent
NO_CENTS = {
    "bif",
    "clp",
    "djf",
    "gnf",
    "jpy",
    "kmf",
    "krw",
    "mga",
    "pyg",
    "rwf",
    "ugx",
    "vnd",
    "vuv",
    "xaf",
    "xof",
    "xpf",
}


class Safe(str):
    """Text that is HTML already."""


def fill(template: str, **values) -> Safe:
    """The template with its values; all but Safe ones are escaped."""
    return Safe(_template(template).substitute({name: _escaped(value) for name, value in values.items()}))


def join(parts) -> Safe:
    return Safe("".join(parts))


def show(world, template, title, *, status=200, **values) -> Answer:
    """A whole page."""
    prefix = world.config.public_url
    content = fill(template, prefix=prefix, **values)
    width = "wide" if template.startswith("control") else "narrow"
    body = fill("layout", prefix=prefix, title=title, width=width, content=content)
    policy = f"default-src 'none'; style-src 'self' {prefix}/static/; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
    }
    return Answer(status, body.encode(), headers)


def notice(world, title, text, *, link="", label="Go back", status=200) -> Answer:
    """A page that only says something, with a way on."""
    way = fill("link", url=link, label=label) if link else Safe("")
    return show(world, "notice", title, status=status, heading=title, text=text, way=way)


def money(amount: int, currency: str) -> str:
    sign = "−" if amount < 0 else ""
    if currency in NO_CENTS:
        return f"{sign}{abs(amount):,} {currency.upper()}"
    return f"{sign}{abs(amount) // 100:,}.{abs(amount) % 100:02d} {currency.upper()}"


def moment(seconds) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%d %b %Y, %H:%M UTC")


def cells(*values) -> Safe:
    """One row of a table."""
    return Safe("<tr>" + "".join(f"<td>{_escaped(value)}</td>" for value in values) + "</tr>")


def _escaped(value):
    return value if isinstance(value, Safe) else escape(str(value))


@cache
def _template(name):
    return Template((FOLDER / f"{name}.html").read_text())
