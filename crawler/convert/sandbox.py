"""Convert a file from outside in a child process that can be killed, so that a bomb or a parser crash costs one
file.

In: the same as `convert`, and limits. Out: the same document, or `ConversionError`. The child limits its own memory,
processor time, file writing and open files before it reads a byte; the parent limits wall-clock time and the size of
the answer. What crosses the pipes is JSON and raw bytes, never pickled objects.
"""

from __future__ import annotations

import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Final

from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.wire import dump, load
from rules_db.model import ConvertedDocument

_ROOT: Final = Path(__file__).resolve().parents[2]
_BOOT: Final = "import sys; sys.path.insert(0, sys.argv[1]); from crawler.convert.sandbox import child; child()"
_CHUNK: Final = 1 << 16
_ERROR_BYTES: Final = 2000
_EXIT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """`memory_bytes` is address space, of which the interpreter and its libraries take about 0.3 GB; `wall_seconds`
    counts from the start of the child, `cpu_seconds` what it computes."""

    memory_bytes: int = 1536 * 1024 * 1024
    cpu_seconds: int = 30
    wall_seconds: float = 60.0
    output_bytes: int = 64 * 1024 * 1024
    open_files: int = 64


LIMITS: Final = SandboxLimits()


def convert_sandboxed(
    data: bytes,
    *,
    name: str,
    content_type: str | None = None,
    url: str | None = None,
    body_selectors: Sequence[str] = (),
    limits: SandboxLimits = LIMITS,
) -> ConvertedDocument:
    """`convert` in a limited child process. Raises `ConversionError`; a child that ran out of time, memory or output is
    `too_large`, one that crashed is `unreadable`. Safe to call from several threads."""
    request = {
        "name": name,
        "content_type": content_type,
        "url": url,
        "body_selectors": list(body_selectors),
        "limits": asdict(limits),
    }
    process = subprocess.Popen(  # noqa: S603 (our own interpreter and code, no shell)
        [sys.executable, "-I", "-c", _BOOT, str(_ROOT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
    )
    try:
        feeder = threading.Thread(target=_feed, args=(process, json.dumps(request).encode() + b"\n", data), daemon=True)
        feeder.start()
        answer, complaint = _collect(process, name, limits)
        status = process.wait(_EXIT_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise ConversionError(ErrorCode.TOO_LARGE, f"{name}: the converter did not end; look at it by hand") from error
    finally:
        _end(process)
    if status != 0:
        raise _failure(name, status, complaint, limits)
    return _answer(answer, name)


def child() -> None:
    """Entry point of the child: one request from standard input, one answer to standard output."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    request = json.loads(source.readline())
    _limit(SandboxLimits(**request.pop("limits")))
    from crawler.convert import convert

    try:
        data = source.read()
        answer = b"D" + dump(convert(data, **request))
    except ConversionError as error:
        answer = b"E" + json.dumps([error.code.value, error.message]).encode()
    except (MemoryError, RecursionError) as error:
        text = f"{request['name']}: {type(error).__name__} while reading it; look at it by hand"
        answer = b"E" + json.dumps([ErrorCode.TOO_LARGE.value, text]).encode()
    sink.write(answer)
    sink.flush()


def _limit(limits: SandboxLimits) -> None:
    for kind, value in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (ceiling, ceiling))


def _feed(process: subprocess.Popen[bytes], header: bytes, data: bytes) -> None:
    pipe = process.stdin
    if pipe is None:
        return
    try:
        pipe.write(header)
        pipe.write(data)
        pipe.close()
    except BrokenPipeError:  # the child ended early; its exit status says why
        return


def _collect(process: subprocess.Popen[bytes], name: str, limits: SandboxLimits) -> tuple[bytes, bytes]:
    """Everything the child writes, until it closes its pipes. Raises `too_large` on time or size."""
    deadline = time.monotonic() + limits.wall_seconds
    parts: dict[str, list[bytes]] = {"out": [], "err": []}
    size = 0
    with selectors.DefaultSelector() as selector:
        for key, pipe in (("out", process.stdout), ("err", process.stderr)):
            if pipe is not None:
                selector.register(pipe, selectors.EVENT_READ, key)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                raise ConversionError(ErrorCode.TOO_LARGE, f"{name}: not read within {limits.wall_seconds:g} s")
            for ready, _ in selector.select(left):
                chunk = _read(ready.fileobj)
                if not chunk:
                    selector.unregister(ready.fileobj)
                    continue
                size += len(chunk)
                if size > limits.output_bytes:
                    raise ConversionError(ErrorCode.TOO_LARGE, f"{name}: gives more than {limits.output_bytes} bytes")
                parts[ready.data].append(chunk)
    return b"".join(parts["out"]), b"".join(parts["err"])


def _read(pipe: IO[bytes] | int | object) -> bytes:
    descriptor = pipe if isinstance(pipe, int) else pipe.fileno()  # type: ignore[attr-defined]
    return os.read(descriptor, _CHUNK)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _failure(name: str, status: int, complaint: bytes, limits: SandboxLimits) -> ConversionError:
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return ConversionError(ErrorCode.TOO_LARGE, f"{name}: more than {limits.cpu_seconds} s of computing")
    if status == -signal.SIGXFSZ or b"MemoryError" in complaint:
        return ConversionError(ErrorCode.TOO_LARGE, f"{name}: more than {limits.memory_bytes >> 20} MB of memory")
    last = complaint[-_ERROR_BYTES:].decode("utf-8", "replace").strip().splitlines()
    detail = last[-1] if last else f"signal {-status}" if status < 0 else f"exit status {status}"
    return ConversionError(ErrorCode.UNREADABLE, f"{name}: the converter crashed on it ({detail})")


def _answer(answer: bytes, name: str) -> ConvertedDocument:
    kind, body = answer[:1], answer[1:]
    try:
        if kind == b"D":
            return load(body)
        code, message = json.loads(body) if kind == b"E" else (ErrorCode.UNREADABLE, "no answer")
        error = ConversionError(ErrorCode(code), str(message))
    except ValueError as damage:
        raise ConversionError(ErrorCode.UNREADABLE, f"{name}: the converter's answer is damaged ({damage})") from damage
    raise error
