"""The ComfyUI nodes: thin schemas over eadnet_core, a file a stage."""
