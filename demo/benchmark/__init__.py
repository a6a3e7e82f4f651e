"""What asking for times and booking one cost, as multiples of the cheapest request there is.

Processor time of the site and of PostgreSQL for each request, beside that of a bare view with a token and one row. All
kinds take turns in one run, so a busy machine slows them alike; the result is the median of the rounds.
"""

from demo.benchmark.run import main

__all__ = ["main"]
