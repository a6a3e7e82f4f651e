"""Fill the demo: small, with people and their past; large, with a crowd of coaches and requests to search in.

Again, it changes nothing; a larger crowd keeps those who are there.
"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.seed import CannotSeed, seed
from demo.seed.catalogue import catalogue
from demo.seed.crowd import COACHES, REQUESTS, make_crowd


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=["small", "large"], default="small")
        parser.add_argument("--coaches", type=int, default=COACHES, help=f"of a large one; {COACHES} if not given")
        parser.add_argument("--requests", type=int, default=REQUESTS, help=f"of a large one; {REQUESTS} if not given")
        parser.add_argument("--json", action="store_true", help="print people and objects")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._seed(**options)
        except CannotSeed as error:
            raise CommandError(str(error)) from error
        found = catalogue()
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2))
            return
        for person in found["people"]:
            self.stdout.write(f"{person['role']:8} {person['email']:32} {person['password']}")

    def _seed(self, size: str, coaches: int, requests: int, **_options: Any) -> None:
        if size == "large":
            make_crowd(coaches, requests)
        else:
            seed(size)
