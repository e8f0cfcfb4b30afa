"""KEDA, Kueue, Knative Serving and Eventing in the cluster, from their own manifests, as pods of images made here."""
import json
import re

from . import image, manifests, places
from .machine import ctr, kubectl
from .manifests import config_of, plain
from .places import built, module_folder, versions
from .process import await_that, run

ENTRY_POINTS = {"kueue": "/manager", "keda-operator": "/keda", "keda-adapter": "/keda-adapter",
                "keda-webhooks": "/keda-admission-webhooks", "pause": "/pause"}
NAMESPACES = ("keda", "kueue-system", "knative-serving", "knative-eventing")
SERVING, EVENTING = "knative.dev/serving", "knative.dev/eventing"


def import_images():
    """Makes an image of each program that runs as a pod, and of the pause process, and gives it to containerd."""
    places.IMAGES.mkdir(parents=True, exist_ok=True)
    pods = ("serving-", "eventing-", "keda-", "kueue", "pause", "ingress")
    for program in (name for name in versions() if name.startswith(pods)):
        name = "dev.local/pause:1" if program == "pause" else manifests.image(program)
        target = places.IMAGES / f"{program}.tar"
        image.write(target, name, built(program), ENTRY_POINTS.get(program, "/ko-app/" + program))
        run(*ctr(), "images", "import", target)
        target.unlink()


def install():
    """Applies everything, definitions first, and waits until every controller is available."""
    for folder in (_monitoring(), _keda(), _kueue(), _serving(), _eventing()):
        _apply(folder)
    kubectl("apply", "-f", places.HERE / "manifests/ingress.yaml")
    for namespace in NAMESPACES:
        kubectl("wait", "--for=condition=Available", "deployment", "--all", "-n", namespace, "--timeout=180s")


def _apply(folder):
    """Twice where it must: a definition may not be served yet when the first object of its kind comes."""
    text = kubectl("kustomize", folder)

    def applied():
        arguments = ("apply", "--server-side", "--force-conflicts", "-f", "-")
        answer = run(built("kubectl"), f"--kubeconfig={places.KUBECONFIG}", *arguments, check=False, input=text)
        return answer.count("serverside-applied") == len(re.findall(r"^kind: ", text, re.MULTILINE))

    if not await_that(applied, 90, 2):
        kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", input=text)


def _monitoring():
    operator = module_folder("github.com/prometheus-operator/prometheus-operator", "v0.85.0")
    return plain("monitoring", "v0.85.0", [(operator / "example/prometheus-operator-crd", "*podmonitors.yaml"),
                                           (places.HERE / "manifests", "monitoring.yaml")])


def _keda():
    names = {"ghcr.io/kedacore/keda": "keda-operator", "ghcr.io/kedacore/keda-metrics-apiserver": "keda-adapter",
             "ghcr.io/kedacore/keda-admission-webhooks": "keda-webhooks"}
    config = config_of("github.com/kedacore/keda/v2", versions()["keda-operator"])
    return manifests.overlay("keda", config, {theirs: manifests.image(ours) for theirs, ours in names.items()})


def _kueue():
    theirs = "us-central1-docker.pkg.dev/k8s-staging-images/kueue/kueue"
    return manifests.overlay("kueue", config_of("sigs.k8s.io/kueue", versions()["kueue"]),
                             {theirs: manifests.image("kueue")})


def _serving():
    version = versions()["serving-controller"]
    core = config_of(SERVING, version) / "core"
    networking = _required("knative.dev/networking", version) / "config"
    caching = _required("knative.dev/caching", version) / "config"
    return plain("serving", version, [
        (networking, "*.yaml"), (caching, "image.yaml"), (core / "300-resources", "*.yaml"), (core, "*.yaml"),
        (core / "200-roles", "*.yaml"), (core / "configmaps", "*.yaml"), (core / "webhooks", "*.yaml"),
        (core / "deployments", "[!w]*r.yaml"), (core / "deployments", "webhook.yaml")], _settings())


def _required(module, version):
    """The folder of a module that Serving is built with."""
    text = (config_of(SERVING, version).parent / "go.mod").read_text()
    return module_folder(module, re.search(rf"{re.escape(module)} (\S+)", text).group(1))


def _eventing():
    version = versions()["eventing-controller"]
    config = config_of(EVENTING, version)
    core, broker = config / "core", config / "brokers/mt-channel-broker"
    channel = config / "channels/in-memory-channel"
    return plain("eventing", version, [
        (core, "*.yaml"), (places.HERE / "manifests", "eventing-images.yaml"), (core / "resources", "*.yaml"),
        (core / "roles", "*.yaml"), (core / "configmaps", "*.yaml"),
        (core / "webhooks", "*.yaml"), (channel / "resources", "*.yaml"), (channel, "*.yaml"),
        (channel / "roles", "*.yaml"), (channel / "configmaps", "*.yaml"), (channel / "webhooks", "*.yaml"),
        (broker / "roles", "*.yaml"), (core / "deployments", "[cj]*.yaml"), (core / "deployments", "webhook.yaml"),
        (channel / "deployments", "*.yaml"), (broker / "deployments", "[bc]*.yaml")])


def _settings():
    """What a cluster needs for Ebb and does not have when it is new, as patches, since some is read only at a start."""
    lines = (places.HERE / "manifests/settings.txt").read_text().splitlines()
    rows = [line.split() for line in lines if line and line[0] != "#"]
    return [{"target": {"kind": "ConfigMap", "name": row[0]},
             "patch": json.dumps([{"op": "add", "path": "/data/" + row[1].replace("/", "~1"), "value": row[2]}])}
            for row in rows if len(row) < 4 or _numbers(places.serving()) >= _numbers(row[3])]


def _numbers(version):
    return [int(number) for number in version.removeprefix("v").split(".")]
