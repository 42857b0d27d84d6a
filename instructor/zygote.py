"""A warm process that forks: Keras is imported once, and no operation is run before the fork.

    python -m instructor.zygote ROLE DESCRIPTOR WALL

Roles are `pupil`, which runs submissions, and `judge`, which runs checks.  Started by
`instructor.sandbox` behind a wall, whose name says how forks are parted from each other.  On the
control socket arrive, as datagrams:

- `fork` with a descriptor: a child is forked that serves on it; the answer is its number;
- `kill NUMBER`: that child ends at once with all its own, if it is still there.

A fork after the first operation of TensorFlow would hang, since its threads are not copied.
"""

import contextlib
import importlib
import json
import os
import select
import socket
import sys
from typing import Any

ROLES = {"pupil": "instructor.pupil", "judge": "instructor.judge"}
PARTINGS = {"bubblewrap": "instructor.confine", "container": "instructor.uids"}
PAUSE = 0.25  # seconds between two looks at the children
FAILED = 3  # exit status of a child that could not serve


def main(role: str, descriptor: int, wall: str) -> None:
    """Import what the role needs, say so, and fork on request until the socket closes."""
    serve = importlib.import_module(ROLES[role]).serve
    parting = importlib.import_module(PARTINGS[wall]).Parting(role)
    control = socket.socket(fileno=descriptor)
    control.send(json.dumps({"threads": len(os.listdir("/proc/self/task"))}).encode())
    children: dict[int, Any] = {}
    while True:
        ready, _, _ = select.select([control], [], [], PAUSE)
        _look(children)
        if ready:
            message, descriptors, _, _ = socket.recv_fds(control, 64, 1)
            if not message:
                break
            word, _, number = message.decode().partition(" ")
            if word == "kill":
                if int(number) in children:
                    children[int(number)].end(int(number))
            else:
                _fork(descriptors[0], control, children, serve, parting.place())
    for child, place in children.items():
        place.end(child)
        place.clear()


def _fork(descriptor, control, children, serve, place) -> None:
    child = os.fork()
    if not child:
        control.close()
        try:
            serve(socket.socket(fileno=descriptor), place.shut)
        except BaseException as error:
            print(f"child: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(FAILED)
        os._exit(0)
    children[child] = place
    os.close(descriptor)
    control.send(str(child).encode())


def _look(children: dict[int, Any]) -> None:
    """Clear up after the children that have ended, and end those that write too much."""
    with contextlib.suppress(ChildProcessError):
        while ended := os.waitpid(-1, os.WNOHANG)[0]:
            if place := children.pop(ended, None):
                place.clear()
    for child, place in children.items():
        if place.full():
            place.end(child)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    os._exit(0)  # to take Keras down in order takes seconds
