"""Drawing: trajectories on given axes, pictures in layers, and figures with a computed caption."""
