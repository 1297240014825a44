# METADATA
# title: An operation that carries no KMS key is not judged
# description: |
#   The tables of operations name every request member that takes a KMS key. An operation that is not among them is
#   allowed without being judged, and the decision says so.
# scope: package
# related_resources:
#   - description: Operations of the SageMaker API
#     ref: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations.html
# custom:
#   id: SG-KEY-004
#   level: fact
#   severity: low
#   requirements: []
package sealgate.rules.key.operation_is_not_guarded

import data.sealgate.lib.finding
import data.sealgate.model

checked contains subject if some subject in model.unguarded

notes contains note if {
	some subject in model.unguarded
	note := finding.note(
		subject,
		[],
		concat("", [subject, " carries no KMS key that this version knows of; nothing was judged"]),
	)
}
