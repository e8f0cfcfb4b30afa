"""Where everything lies and listens, and which versions. Environment variables: EBB_CLUSTER_CACHE and EBB_CLUSTER_RUN
move it, EBB_SERVING asks for another Serving than the one in tools/versions.txt."""
import os
import pathlib

HERE = pathlib.Path(__file__).resolve().parent.parent
TREE = HERE.parent.parent
CACHE = pathlib.Path(os.environ.get("EBB_CLUSTER_CACHE", pathlib.Path.home() / ".cache/ebb/cluster"))
RUN = pathlib.Path(os.environ.get("EBB_CLUSTER_RUN", "/var/tmp/ebb-cluster"))
DEBIAN = CACHE / "debian/root/usr"
PKI = RUN / "pki"
LOG = RUN / "log"
ETC = RUN / "etc"
IMAGES = RUN / "images"
KUBECONFIG = RUN / "admin.kubeconfig"
CONTAINERD = RUN / "containerd/containerd.sock"

BRIDGE = "ebb0"
NODE = "n1"
NODE_IP = "10.244.0.1"
PODS = "10.244.0.0/24"
FIRST_POD, LAST_POD = "10.244.0.10", "10.244.0.250"
SERVICES = "10.96.0.0/16"

ETCD, ETCD_PEER, APISERVER = 22379, 22380, 26443
CONTROLLER_MANAGER, SCHEDULER = 26257, 26259
KUBELET, KUBELET_HEALTH, PROXY_HEALTH, PROXY_METRICS = 26250, 26248, 26256, 26249
PROMETHEUS = 26090


def serving():
    """The version of Knative Serving that is asked for."""
    return os.environ.get("EBB_SERVING") or _rows("versions.txt")["serving-controller"][2]


def programs():
    """{program: [program, module, version, package]} of tools/versions.txt, where another Serving's take the place of
    those of the same name."""
    rows = _rows("versions.txt")
    if rows["serving-controller"][2] == serving():
        return rows
    other = HERE / f"tools/serving-{serving()}.txt"
    if not other.exists():
        known = [rows["serving-controller"][2], *sorted(file.stem.removeprefix("serving-")
                                                        for file in (HERE / "tools").glob("serving-*.txt"))]
        raise SystemExit(f"EBB_SERVING is {serving()}, which is not known here; it may be {' or '.join(known)}")
    return {**rows, **_rows(other.name)}


def _rows(name):
    rows = (line.split() for line in (HERE / "tools" / name).read_text().splitlines())
    return {row[0]: row for row in rows if row and not row[0].startswith("#")}


def versions():
    """{program: version}."""
    return {name: row[2] for name, row in programs().items()}


def module_folder(module, version):
    """The folder of a Go module's source, where manifests and resource definitions lie."""
    cache = os.environ.get("GOMODCACHE") or pathlib.Path.home() / "go/pkg/mod"
    return pathlib.Path(cache) / f"{module}@{version}"


def built(program):
    """Path of a program that tools/build.sh made."""
    path = CACHE / f"bin/{program}-{versions()[program]}"
    if not path.exists():
        raise SystemExit(f"{path} is missing: run make cluster-tools")
    return path
