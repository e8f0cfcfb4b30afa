"""Where everything lies and listens. Two environment variables move it: EBB_CLUSTER_CACHE and EBB_CLUSTER_RUN."""
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


def versions():
    """{program: version} of tools/versions.txt."""
    rows = (line.split() for line in (HERE / "tools/versions.txt").read_text().splitlines())
    return {row[0]: row[2] for row in rows if row and not row[0].startswith("#")}


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
