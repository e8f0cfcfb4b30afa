"""Whether this machine can hold the cluster, found out by trying, and in words where it cannot."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from . import places
from .process import names, succeeds

# {program: Debian's package}
PROGRAMS = {"ip": "iproute2", "nft": "nftables", "conntrack": "conntrack", "openssl": "openssl", "curl": "curl",
            "ps": "procps", "unshare": "util-linux"}
# What pods and kube-proxy need of the kernel's network, in a network of its own that goes with the shell.
NETWORK = """set -e
ip link add br0 type bridge
ip link add v0 type veth peer name v1
nft add table ip t
nft 'add chain ip t c { type nat hook postrouting priority 100; }'
nft add rule ip t c masquerade"""
CONTROLLERS = ("cpu", "cpuset", "memory", "pids")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
GO_MINOR = 26
# The cluster with Ebb awake uses 7 GB; its build 6 GB of the cache's disk, modules 5 GB, images and pods the rest.
MEMORY_GB, DISK_GB = 12, 20


def packages():
    """Debian's packages of the programs that are not there."""
    return sorted({package for program, package in PROGRAMS.items() if not shutil.which(program)})


def lacks():
    """Sentences, each about something without which no node can run here."""
    if os.geteuid() != 0:
        return ["a node needs root: run this as root (it makes a network bridge, mounts and control groups)"]
    if packages():
        return [f"programs are missing; on Debian: apt-get install -y {' '.join(packages())}"]
    return [*_network(), *_overlay(), *_control_groups(), *_sysctl()]


def short_of():
    """Sentences about room, what builds the cluster's programs, and a cluster that is there already."""
    return [*_room(), *_tools(), *_other()]


def built():
    """Whether all programs of the cluster are in the cache."""
    made = all(row[3] == "-" or (places.CACHE / f"bin/{name}-{row[2]}").exists()
               for name, row in places.programs().items())
    return made and (places.CACHE / "debian/complete").exists()


def _network():
    done = subprocess.run(["unshare", "-n", "sh", "-c", NETWORK], capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else [
        f"network namespaces with bridges, veth and nftables NAT do not work here: {_last(done.stderr)}"]


def _overlay():
    places.RUN.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=places.RUN.parent) as folder:
        for name in ("lower", "upper", "work", "merged"):
            os.mkdir(f"{folder}/{name}")
        options = f"lowerdir={folder}/lower,upperdir={folder}/upper,workdir={folder}/work"
        done = subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, f"{folder}/merged"],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return [f"an overlay file system cannot be mounted under {places.RUN.parent}, as containerd does for pods: "
                    f"{_last(done.stderr)}"]
        succeeds("umount", f"{folder}/merged")
    return []


def _control_groups():
    unusable = [name for name in CONTROLLERS if not _can_group(name)]
    return [f"no control groups can be made under /sys/fs/cgroup for {', '.join(unusable)}"] if unusable else []


def _can_group(controller):
    """Tries the controller's own tree (version 1), else the common one (version 2)."""
    root = pathlib.Path("/sys/fs/cgroup")
    own = root / controller
    if not own.is_dir():
        known = root / "cgroup.controllers"
        if not known.exists() or controller not in known.read_text().split():
            return False
        own = root
    trial = own / f"ebb-check-{os.getpid()}"
    try:
        trial.mkdir()
        trial.rmdir()
    except OSError:
        return False
    return True


def _sysctl():
    setting = "/proc/sys/net/ipv4/ip_forward"
    return [] if os.access(setting, os.W_OK) else [f"{setting} cannot be written, and pods need forwarding"]


def _room():
    with open("/proc/meminfo", encoding="ascii") as file:
        memory = int(re.search(r"MemAvailable: +(\d+) kB", file.read()).group(1)) / 1e6
    if memory < MEMORY_GB:
        yield f"{memory:.1f} GB of memory are free, and {MEMORY_GB} are needed"
    for folder in {_existing(places.RUN), _existing(places.CACHE)}:
        disk = shutil.disk_usage(folder).free / 1e9
        if disk < DISK_GB:
            yield f"{disk:.1f} GB of disk are free under {folder}, and {DISK_GB} are needed"


def _existing(folder):
    return next(parent for parent in (folder, *folder.parents) if parent.exists())


def _tools():
    if built():
        return
    if not (places.CACHE / "debian/complete").exists() and not (
            shutil.which("apt-get") and shutil.which("dpkg") and os.path.exists(KEYRING)):
        yield f"containerd comes from Debian's packages, and apt-get, dpkg or {KEYRING} is missing"
    said = subprocess.run(["go", "version"], capture_output=True, text=True, check=False).stdout \
        if shutil.which("go") else "none"
    found = re.search(r"go1\.(\d+)", said)
    if not found or int(found.group(1)) < GO_MINOR:
        yield f"Go 1.{GO_MINOR} or newer is needed (https://go.dev/doc/install); there is {said.strip()}"


def _other():
    if names():
        yield f"a cluster is there already, in {places.RUN}: make cluster-down takes it away"


def _last(text):
    return (text.strip().splitlines() or ["it said nothing"])[-1]
