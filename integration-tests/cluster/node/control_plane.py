"""etcd, the API server, the controller manager and the scheduler, each restartable on its own."""
from . import places
from .places import PKI, built
from .process import await_that, start, succeeds

ISSUER = "https://kubernetes.default.svc.cluster.local"


def etcd():
    client, peer = f"http://127.0.0.1:{places.ETCD}", f"http://127.0.0.1:{places.ETCD_PEER}"
    start("etcd", built("etcd"), f"--data-dir={places.RUN}/etcd", f"--listen-client-urls={client}",
          f"--advertise-client-urls={client}", f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}",
          f"--initial-cluster=default={peer}", "--unsafe-no-fsync", "--log-level=warn")


def apiserver():
    start("kube-apiserver", built("kube-apiserver"), f"--etcd-servers=http://127.0.0.1:{places.ETCD}",
          f"--bind-address={places.NODE_IP}", f"--advertise-address={places.NODE_IP}",
          f"--secure-port={places.APISERVER}", f"--tls-cert-file={PKI}/apiserver.crt",
          f"--tls-private-key-file={PKI}/apiserver.key", f"--client-ca-file={PKI}/ca.crt",
          f"--service-cluster-ip-range={places.SERVICES}", "--authorization-mode=Node,RBAC",
          "--enable-admission-plugins=NodeRestriction", "--allow-privileged=true",
          f"--service-account-issuer={ISSUER}", f"--service-account-key-file={PKI}/service-account.pub",
          f"--service-account-signing-key-file={PKI}/service-account.key",
          f"--kubelet-client-certificate={PKI}/apiserver-kubelet.crt",
          f"--kubelet-client-key={PKI}/apiserver-kubelet.key", f"--kubelet-certificate-authority={PKI}/ca.crt",
          "--kubelet-preferred-address-types=InternalIP", *_aggregation())


def _aggregation():
    return (f"--requestheader-client-ca-file={PKI}/front-proxy-ca.crt",
            "--requestheader-allowed-names=front-proxy", "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            "--requestheader-group-headers=X-Remote-Group", "--requestheader-username-headers=X-Remote-User",
            f"--proxy-client-cert-file={PKI}/front-proxy.crt", f"--proxy-client-key-file={PKI}/front-proxy.key")


def controller_manager():
    start("kube-controller-manager", built("kube-controller-manager"),
          f"--kubeconfig={PKI}/controller-manager.kubeconfig", "--bind-address=127.0.0.1",
          f"--secure-port={places.CONTROLLER_MANAGER}",
          f"--service-account-private-key-file={PKI}/service-account.key", f"--root-ca-file={PKI}/ca.crt",
          f"--cluster-signing-cert-file={PKI}/ca.crt", f"--cluster-signing-key-file={PKI}/ca.key",
          "--leader-elect=false", "--use-service-account-credentials=true",
          "--horizontal-pod-autoscaler-sync-period=2s")


def scheduler():
    start("kube-scheduler", built("kube-scheduler"), f"--kubeconfig={PKI}/scheduler.kubeconfig",
          "--bind-address=127.0.0.1", f"--secure-port={places.SCHEDULER}", "--leader-elect=false")


def ready():
    return succeeds(built("kubectl"), f"--kubeconfig={places.KUBECONFIG}", "get", "--raw", "/readyz")


def up():
    """Starts all four and waits for the API server."""
    etcd()
    apiserver()
    if not await_that(ready, 120, 0.3):
        raise SystemExit(f"the API server does not become ready: see {places.LOG}/kube-apiserver.log")
    controller_manager()
    scheduler()
