from typing import Any

from django.core.management.base import BaseCommand

from accounts.operations import renew_secrets


class Command(BaseCommand):
    help = "Encrypt the secrets of all second factors with the first of MFA_KEYS; afterwards the others may go."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{renew_secrets()} second factors were encrypted anew.")
