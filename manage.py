#!/usr/bin/env python
"""Runs Django's commands; those that change the schema sign in as the role that owns it."""

import os
import sys

from console.runtime.demo_environment import load_running_demo

SCHEMA_COMMANDS = {"flush", "makemigrations", "migrate", "sqlmigrate", "squashmigrations", "test"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    load_running_demo()
    if len(sys.argv) > 1 and sys.argv[1] in SCHEMA_COMMANDS:
        sign_in_as_owner()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def sign_in_as_owner() -> None:
    for suffix in ("", "_FILE"):
        owner = os.environ.get(f"DATABASE_OWNER_URL{suffix}")
        if owner:
            for name in ("DATABASE_URL", "DATABASE_URL_FILE"):
                os.environ.pop(name, None)
            os.environ[f"DATABASE_URL{suffix}"] = owner
            return


if __name__ == "__main__":
    main()
