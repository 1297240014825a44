# METADATA
# title: What a rule reports
# description: |
#   A finding says about which subject, where in it, and what. The entry point joins the rule's id, title, level,
#   requirements and remediation from the catalogue.
# scope: package
package sealgate.lib.finding

violation(subject, path, message) := {
	"outcome": "violation",
	"subject": subject,
	"path": path,
	"message": message,
}

# METADATA
# description: Something that is no fault by itself, or that rests on an inference; it never denies.
advice(subject, path, message) := {
	"outcome": "advice",
	"subject": subject,
	"path": path,
	"message": message,
}

# METADATA
# description: |
#   A verdict that waits for an unknown value; findings of one subject that wait for the same are shown as one.
unverified(subject, path, unknown) := {
	"outcome": "unverified",
	"subject": subject,
	"path": path,
	"missing": object.remove(unknown, {"state"}),
}

# METADATA
# description: The finding with a remediation that fits it better than its rule's.
fixed_by(found, remediation) := object.union(found, {"remediation": remediation})

# METADATA
# description: The finding with the facts that it rests on.
because(found, evidence) := object.union(found, {"evidence": evidence})

# METADATA
# description: The finding with the requirements of its own place, where its rule serves several.
required_by(found, requirements) := object.union(found, {"requirements": requirements})

# METADATA
# description: A sentence on how the service behaves, for rules of level `fact`.
note(subject, path, message) := {
	"subject": subject,
	"path": path,
	"message": message,
}
