# METADATA
# title: The requests that a resource will make are read
# description: |
#   State machines (tasks such as sagemaker:createTrainingJob), pipelines and schedules hold requests in a JSON text. A
#   text that can't be read is denied; of one that is not known before apply nobody can say which jobs it starts.
# scope: package
# related_resources:
#   - description: Integrating services with Step Functions
#     ref: https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
# custom:
#   id: SG-PLAN-003
#   level: required
#   severity: high
#   requirements: [MTRL-02]
#   remediation: >-
#     Write the definition as JSON that is known when the plan is made: jsonencode of values that are not created in the
#     same plan, or references by alias.
package sealgate.rules.plan.carried_request_is_read

import data.sealgate.lib.finding
import data.sealgate.lib.text

checked contains unread.subject if some unread in data.sealgate.inputs[_].unread

findings contains found if {
	some unread in data.sealgate.inputs[_].unread
	found := finding.unverified(unread.subject, unread.path, unread.value)
}

findings contains found if {
	some unread in data.sealgate.inputs[_].unread
	found := finding.violation(unread.subject, unread.path, concat("", [text.path(unread.path), ": ", unread.error]))
}
