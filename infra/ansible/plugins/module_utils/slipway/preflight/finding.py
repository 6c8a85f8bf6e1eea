"""One thing that speaks against a host."""
from __future__ import annotations

LONGEST = 500


def error(id_, message, hint, evidence="", fix=""):
    """It can't become a node. `evidence` is the very text or number that was seen, `fix` what `fix` would do about it."""
    return {"id": id_, "severity": "error", "message": message, "evidence": str(evidence)[:LONGEST], "hint": hint, "fix": fix}


def warning(id_, message, hint, evidence="", fix=""):
    """It can, but a person should know."""
    return {**error(id_, message, hint, evidence, fix), "severity": "warning"}
