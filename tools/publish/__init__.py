"""The lessons as pages to read and as slides to show, without a kernel and without a network."""
