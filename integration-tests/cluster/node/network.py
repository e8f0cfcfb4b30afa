"""The bridge that the node and its pods share. Its address is the node's, the gateway's and the DNS server's."""
from . import places
from .process import run, succeeds


def make():
    """Makes the bridge unless it is there."""
    if not succeeds("ip", "link", "show", places.BRIDGE):
        run("ip", "link", "add", places.BRIDGE, "type", "bridge")
        run("ip", "address", "add", f"{places.NODE_IP}/24", "dev", places.BRIDGE)
        run("ip", "link", "set", places.BRIDGE, "up")
    # While kube-proxy is down a service's packets would else leave by the default route.
    if places.SERVICES not in run("ip", "route", "show", "dev", places.BRIDGE):
        run("ip", "route", "add", places.SERVICES, "dev", places.BRIDGE)


def remove():
    """Removes the bridge and what kube-proxy left in the kernel."""
    if succeeds("ip", "link", "show", places.BRIDGE):
        run("ip", "link", "delete", places.BRIDGE)
    for family in ("ip", "ip6"):
        if succeeds("nft", "list", "table", family, "kube-proxy"):
            run("nft", "delete", "table", family, "kube-proxy")
