from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        """Load what the floors register: reactions, sweeps and invariants."""
        for config in apps.get_app_configs():
            if config.name.count(".") == 0 and config.name in FLOORS:
                for module in ("reactions", "tasks", "invariants"):
                    if find_spec(f"{config.name}.{module}"):
                        import_module(f"{config.name}.{module}")


FLOORS = {
    "core",
    "accounts",
    "marketplace",
    "scheduling",
    "payments",
    "contracts",
    "messaging",
    "notifications",
    "dashboards",
}
