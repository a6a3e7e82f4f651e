import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.tasks import sweep_all


class Command(BaseCommand):
    help = "Do all due work of every floor once and print how many rows each kind of work dealt with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", required=True, help="one round, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(sweep_all()))
