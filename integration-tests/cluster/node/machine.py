"""containerd, the kubelet, kube-proxy and DNS: what makes this machine a node."""
import json
import os
import re
import shutil
import signal

from . import places
from .places import DEBIAN, ETC, PKI, RUN, built
from .process import await_that, names, run, start, stop, succeeds

# The kubelet's device plugins lie there whatever --root-dir says.
FIXED_FOLDER = "/var/lib/kubelet"
# Not the kernel's business which: a stand-in for a GPU, handed out by count.
GPU = "nvidia.com/gpu"


def configure():
    """Writes the configuration files that changed: kube-proxy ends when its own is written anew."""
    (ETC / "cni").mkdir(parents=True, exist_ok=True)
    for template in (places.HERE / "templates").iterdir():
        text = re.sub("@([A-Z_]+)@", lambda name: str(_value(name.group(1))), template.read_text())
        target = ETC / ("cni/10-ebb.conflist" if template.name == "cni.conflist" else template.name)
        if not target.exists() or target.read_text() != text:
            target.write_text(text)


def _value(name):
    return DEBIAN / "sbin/runc" if name == "RUNC" else getattr(places, name)


def containerd():
    # containerd looks for its shim on the PATH.
    start("containerd", DEBIAN / "bin/containerd", "-c", ETC / "containerd.toml",
          environment={"PATH": f"{DEBIAN}/bin:{os.environ['PATH']}"})
    if not await_that(lambda: succeeds(*ctr(), "version"), 30):
        raise SystemExit(f"containerd does not answer: see {places.LOG}/containerd.log")


def kubelet():
    if not os.path.isdir(FIXED_FOLDER):
        (RUN / "made-fixed-folder").touch()
    start("kubelet", built("kubelet"), f"--config={ETC}/kubelet.yaml", f"--kubeconfig={PKI}/kubelet.kubeconfig",
          f"--root-dir={RUN}/kubelet", f"--cert-dir={PKI}/kubelet", f"--hostname-override={places.NODE}",
          f"--node-ip={places.NODE_IP}")


def proxy():
    start("kube-proxy", built("kube-proxy"), f"--config={ETC}/kube-proxy.yaml")


def dns():
    start("coredns", built("coredns"), "-conf", ETC / "Corefile")


def up(gpus):
    """Starts all of them and waits for the node; `gpus` of its GPUs are made up."""
    configure()
    containerd()
    kubelet()
    proxy()
    dns()
    if not await_that(_is_ready, 90, 0.3):
        raise SystemExit(f"the node does not become Ready: see {places.LOG}/kubelet.log")
    give_gpus(gpus)


def give_gpus(count):
    """The kubelet keeps a capacity that it did not report itself, and copies it to what can be allocated."""
    patch = json.dumps({"status": {"capacity": {GPU: str(count)}}})
    kubectl("patch", "node", places.NODE, "--subresource=status", "--type=merge", "-p", patch)


def kubectl(*arguments, **more):
    return run(built("kubectl"), f"--kubeconfig={places.KUBECONFIG}", *arguments, **more)


def ctr():
    """The command that talks to our containerd in the kubelet's namespace."""
    return DEBIAN / "bin/ctr", "-a", places.CONTAINERD, "-n", "k8s.io"


def _is_ready():
    return "True" in kubectl("get", "node", places.NODE, "-o",
                             'jsonpath={.status.conditions[?(@.type=="Ready")].status}', check=False)


def down():
    """Stops the kubelet, then every container, then containerd and what it leaves behind."""
    for name in ("kubelet", "kube-proxy", "coredns"):
        stop(name)
    if "containerd" in names() and succeeds(*ctr(), "version"):
        _end_containers()
    stop("containerd")
    for shim in _shims():
        os.kill(shim, signal.SIGKILL)
    _unmount()
    _remove_cgroups()
    if (RUN / "made-fixed-folder").exists():
        shutil.rmtree(FIXED_FOLDER, ignore_errors=True)


def _end_containers():
    def tasks():
        return run(*ctr(), "task", "list", "-q", check=False).split()

    for task in tasks():
        succeeds(*ctr(), "task", "kill", "-s", "SIGKILL", task)
    await_that(lambda: all(succeeds(*ctr(), "task", "delete", "-f", task) for task in tasks()), 20)
    for container in run(*ctr(), "container", "list", "-q", check=False).split():
        succeeds(*ctr(), "container", "delete", container)


def _shims():
    """Pids of the shims that serve our socket."""
    for line in run("ps", "-eo", "pid=,args=").splitlines():
        words = line.split()
        if len(words) > 2 and words[1].endswith("containerd-shim-runc-v2") and str(places.CONTAINERD) in words[2:]:
            yield int(words[0])


def _unmount():
    with open("/proc/mounts", encoding="utf-8") as mounts:
        points = [line.split()[1] for line in mounts]
    for point in sorted((point for point in points if point.startswith(f"{RUN}/")), reverse=True):
        succeeds("umount", "-l", point)


def _remove_cgroups():
    roots = ["/sys/fs/cgroup"] + [f"/sys/fs/cgroup/{name}" for name in os.listdir("/sys/fs/cgroup")]
    for root in roots:
        for folder, _, _ in os.walk(f"{root}/kubepods", topdown=False):
            try:
                os.rmdir(folder)
            except OSError:
                pass  # Another cluster of this machine lives in it.
