#!/usr/bin/env python
"""Django's command line; `manage.py help` lists the project's commands."""

import gc
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "skileez.settings")
    if sys.argv[1:2] == ["demo"]:
        from demo.start import main as demo

        sys.exit(demo(sys.argv[2:]))
    if sys.argv[1:2] == ["benchmark"]:
        from demo.benchmark import main as benchmark

        sys.exit(benchmark(sys.argv[2:]))
    gc.set_threshold(10_000, 20, 20)  # migrating makes so many classes that looking for waste took a quarter of it
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
