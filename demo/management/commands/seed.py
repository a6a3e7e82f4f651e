"""Fill an empty demo with people and their past; again, it changes nothing."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.seed import CannotSeed, seed
from demo.seed.catalogue import catalogue


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=["small"], default="small")
        parser.add_argument("--json", action="store_true", help="print people and objects")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            seed(options["size"])
        except CannotSeed as error:
            raise CommandError(str(error)) from error
        found = catalogue()
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2))
            return
        for person in found["people"]:
            self.stdout.write(f"{person['role']:8} {person['email']:32} {person['password']}")
