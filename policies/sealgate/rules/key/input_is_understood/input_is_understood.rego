# METADATA
# title: The input is one that is understood
# description: |
#   What can't be read can't be judged: an input without a subject, with several, or with one of an unknown kind; a
#   request without its service, operation or parameters; an operation in another spelling than the API's; settings or
#   a context of the wrong type. Each is denied.
# scope: package
# related_resources:
#   - description: Operations of the SageMaker API
#     ref: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations.html
# custom:
#   id: SG-KEY-001
#   level: required
#   severity: critical
#   requirements: []
#   remediation: >-
#     Give an input document as schemas/input.json describes it; for an API request, subject.aws_request with
#     service, operation and parameters.
#   always: true
package sealgate.rules.key.input_is_understood

import data.sealgate.lib.finding
import data.sealgate.model

checked contains problem.subject if some problem in model.problems

checked contains job.subject if some job in model.jobs

checked contains subject if some subject in model.unguarded

checked contains subject if some subject in model.granting

findings contains found if {
	some problem in model.problems
	found := finding.violation(problem.subject, problem.path, problem.message)
}
