"""Prometheus on the node. It scrapes the controllers of interest and what the cluster's PodMonitors name."""
import json
import os
import signal
import time

from . import places
from .machine import kubectl
from .places import ETC, RUN, built
from .process import await_that, pid, start, stop, succeeds

CONFIG = ETC / "prometheus.json"
META = "__meta_kubernetes_pod_"
SCRAPE_SECONDS = 2


def up():
    """Starts it with what is there now; call `follow` when PodMonitors have changed."""
    _write()
    start("prometheus", built("prometheus"), f"--config.file={CONFIG}", f"--storage.tsdb.path={RUN}/prometheus",
          f"--web.listen-address={places.NODE_IP}:{places.PROMETHEUS}", "--storage.tsdb.retention.time=1d",
          "--log.level=warn")
    if not await_that(lambda: succeeds("curl", "-sf", f"http://{places.NODE_IP}:{places.PROMETHEUS}/-/ready"), 30):
        raise SystemExit(f"Prometheus does not become ready: see {places.LOG}/prometheus.log")


def down():
    stop("prometheus")


def follow(seconds):
    """For that long, does what Prometheus' operator would: turns the PodMonitors of the cluster into its settings."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        refresh()
        time.sleep(1)


def refresh():
    """Reloads Prometheus where the PodMonitors changed."""
    if _write() and pid("prometheus") is not None:
        os.kill(pid("prometheus"), signal.SIGHUP)


def _write():
    answer = kubectl("get", "podmonitors.monitoring.coreos.com", "-A", "-o", "json", check=False)
    if not answer and CONFIG.exists():
        return False  # The API server is away; what was known stays.
    monitors = json.loads(answer)["items"] if answer else []
    jobs = [_job(monitor, endpoint) for monitor in monitors for endpoint in monitor["spec"]["podMetricsEndpoints"]]
    text = json.dumps({"global": {"scrape_interval": "5s"}, "scrape_configs": [_serving(), *jobs]}, indent=1)
    if CONFIG.exists() and CONFIG.read_text() == text:
        return False
    CONFIG.write_text(text)
    return True


def _discovery(namespace):
    return [{"role": "pod", "kubeconfig_file": str(places.KUBECONFIG), "namespaces": {"names": [namespace]}}]


def _serving():
    """The activator, whose series tell of requests that wait at zero."""
    return {"job_name": "activator", "scrape_interval": f"{SCRAPE_SECONDS}s",
            "kubernetes_sd_configs": _discovery("knative-serving"),
            "relabel_configs": [_keep("label_app", "activator"), _address(9090), _copy("name", "pod"),
                                _copy("name", "pod_name")]}


def _job(monitor, endpoint):
    meta, spec = monitor["metadata"], monitor["spec"]
    wanted = spec["selector"].get("matchLabels", {})
    labels = [_copy("label_" + _safe(name), _safe(name)) for name in spec.get("podTargetLabels", [])]
    return {"job_name": f"{meta['namespace']}/{meta['name']}", "scrape_interval": endpoint.get("interval", "5s"),
            "scrape_timeout": endpoint.get("interval", "5s"), "metrics_path": endpoint.get("path", "/metrics"),
            "kubernetes_sd_configs": _discovery(meta["namespace"]),
            "relabel_configs": [*(_keep("label_" + _safe(name), value) for name, value in wanted.items()),
                                _keep("phase", "Running"), _address(endpoint["portNumber"]),
                                _copy("name", "pod"), {"target_label": "namespace", "source_labels":
                                                       ["__meta_kubernetes_namespace"]}, *labels]}


def _safe(name):
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def _keep(source, value):
    return {"action": "keep", "source_labels": [META + source], "regex": value}


def _copy(source, target):
    return {"source_labels": [META + source], "target_label": target}


def _address(port):
    """Discovery names each declared port of a pod; all become the one that is scraped, and Prometheus drops doubles."""
    return {"source_labels": [META + "ip"], "target_label": "__address__", "replacement": f"$1:{port}"}
