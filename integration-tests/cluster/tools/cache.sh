# Where the harness keeps what is slow to make, outside the tree; sourced.
export EBB_CLUSTER_CACHE=${EBB_CLUSTER_CACHE:-$HOME/.cache/ebb/cluster}
export EBB_CLUSTER_BIN=$EBB_CLUSTER_CACHE/bin
