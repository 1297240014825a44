# METADATA
# title: JobConfigDocument is one JSON object, readable without doubt
# description: |
#   Everything that matters for encryption stands in the string JobConfigDocument. A document that two JSON parsers may
#   read differently (duplicate keys, trailing text, NaN) or that is no JSON object can't be judged, and is denied.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-MTRL-027
#   level: required
#   severity: critical
#   requirements: [MTRL-02]
#   remediation: >-
#     Make JobConfigDocument the text of one JSON object, encoded once, with each member named once; json.dumps of a
#     dictionary gives exactly that.
#   always: true
package sealgate.rules.mtrl.job_config_document_is_read

import data.sealgate.lib.finding
import data.sealgate.lib.value
import data.sealgate.model

checked contains job.subject if {
	some job in model.jobs
	some _ in job.documents
}

findings contains found if {
	some job in model.jobs
	some name, document in job.documents
	document.state == "unreadable"

	found := finding.because(
		finding.violation(job.subject, [name], concat("", [document.error, _position(document)])),
		object.filter(document, {"line", "column"}),
	)
}

# OPA's own parser takes the last of duplicate keys, and each parser is free to take another.
findings contains found if {
	some job in model.jobs
	some name, document in job.documents
	document.loose

	found := finding.unverified(job.subject, [name], value.missing(
		concat("", ["parsed.", name]),
		concat("", [name, " was parsed by the policy engine, which does not see duplicate keys"]),
		"Send the request through sealgate check or POST /v1/validate, which read the document strictly.",
	))
}

_position(document) := concat("", [
	" (line ",
	format_int(document.line, 10),
	", column ",
	format_int(document.column, 10),
	")",
]) if {
	is_number(document.line)
	is_number(document.column)
} else := ""
