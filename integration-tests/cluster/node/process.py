"""Processes that outlive the command that starts them, found again by pid file and never confused with a stranger's."""
import os
import signal
import subprocess
import time

from . import places


def _started(pid):
    """Start time in clock ticks of a living process, else None. PID 1 may reap late: a zombie is dead."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            fields = stat.read().rpartition(") ")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def _file(name):
    return places.RUN / f"pids/{name}"


def pid(name):
    """The pid of the named process, or None where it does not run."""
    try:
        number, started = _file(name).read_text().split()
    except (OSError, ValueError):
        return None
    return int(number) if _started(int(number)) == started else None


def names():
    """Names of all processes that were started and not stopped, the last one first."""
    folder = places.RUN / "pids"
    files = folder.iterdir() if folder.is_dir() else []
    return [file.name for file in sorted(files, key=lambda file: file.stat().st_mtime_ns, reverse=True)]


def start(name, *command, environment=None):
    """Starts it unless it runs. Its output goes to a log file of its name."""
    if pid(name) is not None:
        return
    places.LOG.mkdir(parents=True, exist_ok=True)
    _file(name).parent.mkdir(parents=True, exist_ok=True)
    with open(places.LOG / f"{name}.log", "ab") as log:
        child = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                 start_new_session=True, env={**os.environ, **(environment or {})})
    _file(name).write_text(f"{child.pid} {_started(child.pid)}")


def stop(name, patience=10.0, first=signal.SIGTERM):
    """Ends it and its group: asked first, then, after `patience` seconds, killed."""
    number = pid(name)
    if number is not None:
        _signal(number, first)
        if not await_that(lambda: pid(name) is None, patience):
            _signal(number, signal.SIGKILL)
            await_that(lambda: pid(name) is None, 5)
    _file(name).unlink(missing_ok=True)


def _signal(number, which):
    try:
        os.killpg(number, which)
    except ProcessLookupError:
        pass


def await_that(condition, patience, pause=0.1):
    """Whether the condition came to hold within `patience` seconds."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def run(*command, check=True, **more):
    """Runs a command to its end and returns its standard output."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False, **more)
    if check and done.returncode != 0:
        raise SystemExit(f"{' '.join(str(part) for part in command)}: exit {done.returncode}\n{done.stderr.strip()}")
    return done.stdout


def succeeds(*command, **more):
    """Whether the command ends well."""
    return subprocess.run([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False, **more).returncode == 0
