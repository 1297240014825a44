# METADATA
# title: The members around each key are of the API's types
# description: |
#   A key that would stand in an object, where a text, a list or null stands instead, can't be found; neither is it
#   known to be absent. Each such request is denied, with the member that is of the wrong type.
# scope: package
# related_resources:
#   - description: Operations of the SageMaker API
#     ref: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations.html
# custom:
#   id: SG-KEY-002
#   level: required
#   severity: critical
#   requirements: []
#   remediation: >-
#     Give the member the type that the API's reference says: an object for a structure, a list for a list.
#   always: true
package sealgate.rules.key.members_are_readable

import data.sealgate.lib.finding
import data.sealgate.model

checked contains job.subject if some job in model.jobs

findings contains found if {
	some job in model.jobs
	some problem in job.problems

	found := finding.violation(job.subject, problem.path, problem.message)
}
