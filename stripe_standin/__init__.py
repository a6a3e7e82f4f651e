"""A plain WSGI program that behaves like Stripe, for the demo and the tests: no real money, standard library only."""

API_VERSION = "2026-08-26.dahlia"
