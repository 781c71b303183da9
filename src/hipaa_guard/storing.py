"""Writing files so that each appears whole or not at all, and a failure leaves nothing behind.

A name is chosen before its file is made, and the file is removed by that name. So a signal between the two still finds
the file to remove.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_SHOWN = 50


def name_beside(path: Path) -> Path:
    """A free name for a temporary file in the directory of another file."""
    return path.with_name(f".{path.name[:_SHOWN]}.{os.urandom(8).hex()}")


def create(path: Path, data: Iterable[bytes], mode: int = 0o666, *, sync: bool = False) -> None:
    """Write a file that does not exist yet. The umask limits ``mode``; ``sync`` waits for the disk.

    Raises:
        FileExistsError: it exists.
        OSError: it cannot be written, and does not exist then.

    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    handle = os.open(path, flags, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def replace(path: Path, data: Iterable[bytes], *, mode: int | None = None) -> None:
    """Replace a file, or make a new one: no reader ever sees a part of it.

    It gets the permissions ``mode``, else those of the former file, else those of any new file.

    Raises:
        OSError: it cannot be written; the former file is as it was.

    """
    temporary = name_beside(path)
    if mode is None:
        mode = path.stat().st_mode & 0o777 if path.exists() else None
    try:
        create(temporary, data, 0o666 if mode is None else 0o600)
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
