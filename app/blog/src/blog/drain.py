"""Whether this pod is about to stop.

gunicorn's main process learns it (SIGTERM), its workers answer for it (`/readyz`). One byte of
anonymous shared memory, made before the workers are forked, is seen by all of them.
"""

from __future__ import annotations

import mmap

_flag = mmap.mmap(-1, 1)


def begin() -> None:
    """From now on the pod is not ready. Safe in a signal handler."""
    _flag[0] = 1


def draining() -> bool:
    """Whether the pod is about to stop."""
    return _flag[0] == 1


def reset() -> None:
    """For a test that began it."""
    _flag[0] = 0
