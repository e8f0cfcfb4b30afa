"""Certificates of the control plane and the node, made once per cluster, and the kubeconfig files that hold them."""
import base64

from . import places
from .process import run

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
DAYS = "30"


def make():
    """Makes all of them unless they are there."""
    places.PKI.mkdir(parents=True, exist_ok=True)
    if (places.PKI / "complete").exists():
        return
    for name in ("ca", "front-proxy-ca"):
        run("openssl", "req", "-x509", *CURVE, "-keyout", _key(name), "-out", _certificate(name), "-days", DAYS,
            "-subj", f"/CN={name}")
    run("openssl", "genrsa", "-out", _key("service-account"), "2048")
    run("openssl", "rsa", "-in", _key("service-account"), "-pubout", "-out", places.PKI / "service-account.pub")
    _sign("apiserver", "ca", "/CN=kube-apiserver",
          "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,"
          f"DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:10.96.0.1,IP:{places.NODE_IP}")
    _sign("kubelet", "ca", f"/O=system:nodes/CN=system:node:{places.NODE}", f"DNS:{places.NODE},IP:{places.NODE_IP}")
    _sign("apiserver-kubelet", "ca", "/O=system:masters/CN=apiserver-kubelet")
    _sign("front-proxy", "front-proxy-ca", "/CN=front-proxy")
    _sign("admin", "ca", "/O=system:masters/CN=admin")
    for name in ("controller-manager", "scheduler", "proxy"):
        _sign(name, "ca", f"/CN=system:kube-{name}")
    for name in ("controller-manager", "scheduler", "proxy", "kubelet"):
        _kubeconfig(name, places.PKI / f"{name}.kubeconfig")
    _kubeconfig("admin", places.KUBECONFIG)
    (places.PKI / "complete").touch()


def _key(name):
    return places.PKI / f"{name}.key"


def _certificate(name):
    return places.PKI / f"{name}.crt"


def _sign(name, authority, subject, addresses=None):
    request, extensions = places.PKI / f"{name}.csr", places.PKI / f"{name}.ext"
    lines = ["extendedKeyUsage=serverAuth,clientAuth"] + ([f"subjectAltName={addresses}"] if addresses else [])
    extensions.write_text("\n".join(lines) + "\n")
    run("openssl", "req", *CURVE, "-keyout", _key(name), "-out", request, "-subj", subject)
    run("openssl", "x509", "-req", "-in", request, "-CA", _certificate(authority), "-CAkey", _key(authority),
        "-CAcreateserial", "-out", _certificate(name), "-days", DAYS, "-extfile", extensions)
    request.unlink()
    extensions.unlink()


def _kubeconfig(name, target):
    def data(path):
        return base64.b64encode(path.read_bytes()).decode()

    target.write_text(f"""apiVersion: v1
kind: Config
current-context: ebb
clusters:
- name: ebb
  cluster:
    server: https://{places.NODE_IP}:{places.APISERVER}
    certificate-authority-data: {data(_certificate("ca"))}
users:
- name: {name}
  user: {{client-certificate-data: {data(_certificate(name))}, client-key-data: {data(_key(name))}}}
contexts:
- name: ebb
  context: {{cluster: ebb, user: {name}}}
""")
    target.chmod(0o600)
