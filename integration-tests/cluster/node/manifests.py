"""The projects' own manifests, with our images in place of theirs and without their requests, for one small node."""
import json
import re
import shutil

from . import places
from .places import RUN, module_folder, versions

# Requests of all controllers together exceed two cores; what they use does not.
PATCH = json.dumps([
    {"op": "add", "path": "/spec/template/spec/containers/0/resources", "value": {}},
    {"op": "add", "path": "/spec/template/spec/containers/0/imagePullPolicy", "value": "IfNotPresent"},
])


def programs():
    """{Go package: image} of every program that can be built."""
    return {f"{row[1]}/{row[3]}": image(row[0]) for row in places.programs().values()}


def image(program):
    """Name of the image that holds the program."""
    return f"dev.local/{program}:{versions()[program]}"


def plain(part, release, sources, patches=()):
    """Resources out of a list of (folder, glob) pairs, in that order, in which images are named by Go package."""
    folder = _fresh(part)
    names = []
    for source, glob in sources:
        for file in sorted(source.glob(glob)):
            name = f"{len(names):03d}-{file.stem}.yaml"
            (folder / name).write_text(_local(file.read_text(), release))
            names.append(name)
    if not names:
        raise SystemExit(f"no manifests of {part} under {[str(source) for source, _ in sources]}")
    _kustomize(folder, names, {}, patches)
    return folder


def overlay(part, config, images):
    """Resources out of a project's own `default` overlay; `images` maps its image names to ours."""
    folder = _fresh(part)
    shutil.copytree(config, folder / "config")
    for path in (folder / "config").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    _kustomize(folder, ["config/default"], images)
    return folder


def config_of(module, version):
    return module_folder(module, version) / "config"


def _fresh(part):
    folder = RUN / f"manifests/{part}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _local(text, release):
    images = programs()
    text = re.sub(r"ko://([A-Za-z0-9./_-]+)", lambda found: images.get(found.group(1), "dev.local/not-built:0"), text)
    return text.replace("app.kubernetes.io/version: devel", f'app.kubernetes.io/version: "{release.removeprefix("v")}"')


def _kustomize(folder, resources, images, patches=()):
    def named(new):
        name, _, tag = new.rpartition(":")
        return {"newName": name, "newTag": tag}

    (folder / "kustomization.yaml").write_text(json.dumps({
        "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": resources,
        "images": [{"name": name, **named(new)} for name, new in images.items()],
        "patches": [{"target": {"kind": "Deployment"}, "patch": PATCH}, *patches],
    }, indent=1))
