"""Arithmetic on money: integers in the currency's smallest unit, never a float."""

from decimal import Decimal, InvalidOperation

from babel.numbers import format_currency, get_currency_precision


def half_up(amount: int, part: int, whole: int) -> int:
    """`amount × part ÷ whole` in smallest units, halves rounded up; for amounts and parts that are not negative."""
    if amount < 0 or part < 0 or whole <= 0:
        raise ValueError("amount and part must not be negative, whole must be positive")
    return (2 * amount * part + whole) // (2 * whole)


def share(amount: int, basis_points: int) -> int:
    """That many hundredths of a percent of an amount, half up."""
    return half_up(amount, basis_points, 10_000)


def split(total: int, parts: int) -> list[int]:
    """A total in equal whole parts; the last takes the remainder, so they add up to the total."""
    if parts < 1 or total < 0:
        raise ValueError("there must be at least one part and the total must not be negative")
    each = total // parts
    return [each] * (parts - 1) + [total - each * (parts - 1)]


def digits(currency: str) -> int:
    """How many decimals a currency is written with: 2 for EUR, 0 for JPY."""
    return get_currency_precision(currency.upper())


def to_cents(amount: Decimal, currency: str) -> int:
    """Smallest units of an amount as people write it; ValueError when it is finer than the currency."""
    try:
        cents = amount.scaleb(digits(currency))
    except InvalidOperation as error:
        raise ValueError("not an amount of money") from error
    if cents != cents.to_integral_value():
        raise ValueError("finer than the currency's smallest unit")
    return int(cents)


def to_decimal(cents: int, currency: str) -> Decimal:
    """The amount as people write it, from smallest units."""
    return Decimal(cents).scaleb(-digits(currency))


def as_text(cents: int, currency: str, locale: str = "en") -> str:
    """An amount for people to read, such as `$480.00` or `¥1,200`."""
    return str(format_currency(to_decimal(cents, currency), currency.upper(), locale=locale.replace("-", "_")))
