"""The administrator's pages: platforms, deployments, keys and stores, signed in by a one-time link."""
