"""The course as a static site that runs in a browser, with Python compiled to WebAssembly."""
