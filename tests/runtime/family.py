"""A small installation for the tests: a leader with children of its own, and one that can be told to crash."""

import os
import signal
import sys
from pathlib import Path

from console.runtime.processes import Command
from console.runtime.screen import Screen
from console.runtime.supervisor import Service, StopRequested, Supervisor

LEADER = """
import os, signal, sys, time
for _ in range(2):
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a worker that finishes its task first
        time.sleep(600)
        os._exit(0)
print("serving", flush=True)
time.sleep(600)
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


def main() -> None:
    directory = Path(sys.argv[1])
    try:
        with Supervisor(Screen(directory)) as supervisor:
            supervisor.start(_service("leader", LEADER, directory), _service("stubborn", STUBBORN, directory))
            supervisor.wait()
            print("all serve", flush=True)
            supervisor.keep_running()
    except StopRequested:
        print("stopped", flush=True)


def _service(name: str, program: str, directory: Path) -> Service:
    command = Command(
        name=name,
        argv=[sys.executable, "-c", program],
        environment=dict(os.environ),
        directory=directory,
        ending=((signal.SIGTERM, 1.0),),
    )
    return Service(
        command=command, is_ready=lambda process: name != "leader" or "serving" in process.last_words
    )


if __name__ == "__main__":
    main()
