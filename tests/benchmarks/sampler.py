"""`assessment` with a sampler in it: between SIGUSR1 and SIGUSR2 it notes every few ms of CPU time where it is.

A tracing profiler makes calls dearer and so shows what calls most, not what costs most; samplers from outside need
rights that containers do not have. The timer of a process's CPU time has neither trouble, and takes no package. What is
in C counts for the function that called it, and threads for where the main one is, so it suits a service on PostgreSQL,
which has one. Run as: python -m tests.benchmarks.sampler FILE serve …
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

INTERVAL = 0.001
"""Most kernels look at this timer four milliseconds apart; asking for less costs nothing."""
_BEFORE = re.compile(rf"^.*?/site-packages/|^{re.escape(str(Path(__file__).parents[2]))}/|^.*?/lib/python[\d.]+/")
Stack = tuple[str, ...]
"""`file:function` from the outermost call to the innermost."""


class Sampler:
    """Counts of stacks."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._found: Counter[Stack] = Counter()

    def install(self) -> None:
        signal.signal(signal.SIGPROF, self._note)
        signal.signal(signal.SIGUSR1, self._start)
        signal.signal(signal.SIGUSR2, self._stop)

    def _start(self, _: int, __: FrameType | None) -> None:
        self._found.clear()
        signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)

    def _note(self, _: int, frame: FrameType | None) -> None:
        stack = []
        while frame is not None:
            stack.append(f"{frame.f_code.co_filename}:{frame.f_code.co_qualname}")
            frame = frame.f_back
        self._found[tuple(reversed(stack))] += 1

    def _stop(self, _: int, __: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        lines = [f"{';'.join(short(each) for each in stack)} {count}\n" for stack, count in self._found.items()]
        unfinished = self._file.with_suffix(".part")
        unfinished.write_text("".join(lines))
        os.replace(unfinished, self._file)


def short(place: str) -> str:
    """A place without what stands before its package."""
    return _BEFORE.sub("", place, count=1)


def main() -> None:
    file, *arguments = sys.argv[1:]
    Sampler(Path(file)).install()
    sys.argv = ["assessment", *arguments]
    from assessment.cli import main as assessment  # noqa: PLC0415 - it reads sys.argv

    assessment()


if __name__ == "__main__":
    main()
