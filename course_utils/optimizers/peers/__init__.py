"""What one step of one parameter does in PyTorch, optax and Keras, one file each.

Every function is a kernel, transcribed from the library's source with the library's own names.
Arguments that stay at a default which switches them off are left out. Nothing here is used to
descend: `translations` proves which of them are kernels of the course under other names.
"""

from . import keras, optax, pytorch

__all__ = ["keras", "optax", "pytorch"]
