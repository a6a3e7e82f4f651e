import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.registry import invariants


class Command(BaseCommand):
    help = "Recompute everything that must always be true; exit 1 and show the rows where it is not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object: {broken: {name: [rows]}, checked: n}")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = {name: rows for name, check in invariants.items() if (rows := list(check()))}
        if options["json"]:
            self.stdout.write(json.dumps({"checked": len(invariants), "broken": broken}, default=str))
        else:
            for name, rows in broken.items():
                self.stdout.write(f"BROKEN {name}: {rows}")
            self.stdout.write(f"{len(invariants)} truths checked, {len(broken)} broken")
        if broken:
            sys.exit(1)
