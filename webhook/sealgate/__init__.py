"""Will this job work with this KMS key, may it, and who else could use the key through it."""

from __future__ import annotations

__version__ = "0.1.0"
