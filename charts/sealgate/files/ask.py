"""Ask the installed service, for `helm test`: is it ready, does it count, does it answer a review."""

from __future__ import annotations

import argparse
import http.client
import json
import ssl
import sys

UID = "4e5b1b1e-0f5c-4f0e-9a5e-5b6f8c1d2e3f"
REVIEW = {
    "apiVersion": "admission.k8s.io/v1",
    "kind": "AdmissionReview",
    "request": {
        "uid": UID,
        "kind": {"group": "sagemaker.services.k8s.aws", "version": "v1alpha1", "kind": "TrainingJob"},
        "resource": {"group": "sagemaker.services.k8s.aws", "version": "v1alpha1", "resource": "trainingjobs"},
        "name": "helm-test",
        "namespace": "default",
        "operation": "CREATE",
        "userInfo": {"username": "helm-test"},
        "object": {
            "apiVersion": "sagemaker.services.k8s.aws/v1alpha1",
            "kind": "TrainingJob",
            "metadata": {"name": "helm-test", "namespace": "default"},
            "spec": {"trainingJobName": "helm-test"},
        },
        "oldObject": None,
        "dryRun": True,
    },
}


def main() -> int:
    """Ask, say what came back, and return 0 where all of it is right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ca", help="the CA to believe; the system's own where there is none")
    parser.add_argument("--no-review", action="store_true")
    options = parser.parse_args()

    connection = http.client.HTTPSConnection(
        options.host, options.port, timeout=10, context=ssl.create_default_context(cafile=options.ca)
    )
    failed = 0
    for path, sign in (("/healthz", b"ok"), ("/readyz", b"true"), ("/metrics", b"sealgate_")):
        connection.request("GET", path)
        answer = connection.getresponse()
        content = answer.read()
        failed += told(path, right=answer.status == http.client.OK and sign in content, status=answer.status)
    if not options.no_review:
        connection.request("POST", "/v1/admit?timeout=3s", json.dumps(REVIEW), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        failed += told("/v1/admit", right=answer.status == http.client.OK and decided(content), status=answer.status)
    return 1 if failed else 0


def decided(content: bytes) -> bool:
    """Return whether the answer is a review with a decision; it may be a denial, if it is not for want of one."""
    response = json.loads(content).get("response", {})
    undecided = response.get("status", {}).get("code", 0) >= http.client.INTERNAL_SERVER_ERROR
    return response.get("uid") == UID and response.get("allowed") in (True, False) and not undecided


def told(path: str, *, right: bool, status: int) -> bool:
    """Say how `path` was answered, and return whether that is wrong."""
    sys.stdout.write(f"{path}: {status}, {'as expected' if right else 'NOT as expected'}\n")
    return not right


if __name__ == "__main__":
    sys.exit(main())
