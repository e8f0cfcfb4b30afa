"""One-layer images of single static programs, for the cluster's own parts; Ebb's images are built by make images."""
import hashlib
import io
import json
import tarfile

LAYER = "application/vnd.oci.image.layer.v1.tar"
CONFIG = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
# By number, since a pod that must not run as root is refused otherwise.
USER = "65532"


def write(target, name, program, path, user=USER):
    """Writes an OCI archive `target` of the image `name`, in which `program` lies at `path` and is the entry point."""
    layer = _layer(program, path)
    settings = {"Entrypoint": [path], "WorkingDir": "/", "User": user, "Env": ["PATH=/ko-app:/usr/bin:/bin"]}
    config = _json({"architecture": "amd64", "os": "linux", "config": settings,
                    "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]}})
    manifest = _json({"schemaVersion": 2, "mediaType": MANIFEST, "config": _entry(CONFIG, config),
                      "layers": [_entry(LAYER, layer)]})
    index = _json({"schemaVersion": 2, "manifests": [
        {**_entry(MANIFEST, manifest), "annotations": {"io.containerd.image.name": name}}]})
    with tarfile.open(target, "w") as archive:
        _add(archive, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        _add(archive, "index.json", index)
        for blob in (layer, config, manifest):
            _add(archive, "blobs/sha256/" + _digest(blob).removeprefix("sha256:"), blob)


def _layer(program, path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as layer:
        _folder(layer, "tmp", 0o1777)
        _folder(layer, "etc", 0o755)
        _add(layer, "etc/passwd", f"nonroot:x:{USER}:{USER}::/:/none\nroot:x:0:0::/:/none\n".encode())
        parts = path.strip("/").split("/")[:-1]
        for length in range(1, len(parts) + 1):
            _folder(layer, "/".join(parts[:length]), 0o755)
        _add(layer, path.strip("/"), program.read_bytes(), 0o755)
    return buffer.getvalue()


def _folder(archive, name, mode):
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = tarfile.DIRTYPE, mode
    archive.addfile(entry)


def _add(archive, name, data, mode=0o644):
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), mode
    archive.addfile(entry, io.BytesIO(data))


def _digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _entry(kind, data):
    return {"mediaType": kind, "digest": _digest(data), "size": len(data)}


def _json(value):
    return json.dumps(value, sort_keys=True).encode()
