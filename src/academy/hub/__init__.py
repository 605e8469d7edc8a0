"""JupyterHub configuration."""
