"""Reads what the environment says; what is missing or wrong stops the start with one sentence that names it."""

import os

import environ

env = environ.Env()
if os.environ.get("ENV_FILE"):
    env.read_env(os.environ["ENV_FILE"])


def stop(name: str, why: str) -> SystemExit:
    return SystemExit(f"Skileez cannot start: the setting {name} {why}.")


def required(name: str, meaning: str, demo: str | None = None) -> str:
    """The value of a setting that has no safe default outside the demo."""
    value = str(env.str(name, default=""))
    if value:
        return value
    if flag("DEMO") and demo is not None:
        return demo
    raise stop(name, f"is missing ({meaning})")


def flag(name: str) -> bool:
    words = {"": False, "0": False, "false": False, "no": False, "1": True, "true": True, "yes": True}
    try:
        return words[env.str(name, default="").lower()]
    except KeyError as error:
        raise stop(name, "must be true or false") from error


def number(name: str, default: int) -> int:
    text = env.str(name, default="") or str(default)
    if not text.isdecimal():
        raise stop(name, "must be a whole number")
    return int(text)
