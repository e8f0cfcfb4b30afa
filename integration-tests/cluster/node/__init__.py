"""A real single-node Kubernetes out of processes on this machine: what starts it, what fills it, what takes it away."""
