"""The service as it runs: gunicorn, its workers, and the certificates of its TLS."""
