# METADATA
# title: An intended use is evaluated where the plan has its key
# description: |
#   The settings say what keys are for (intended_uses). A plan that has no such key says nothing about those jobs.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-PLAN-004
#   level: fact
#   severity: low
#   requirements: []
package sealgate.rules.plan.intended_use_is_in_plan

import data.sealgate.lib.finding

checked contains subject if some subject in data.sealgate.inputs.intended_uses.elsewhere

notes contains note if {
	some subject in data.sealgate.inputs.intended_uses.elsewhere
	note := finding.note(subject, [], "the plan has no such key, so nothing was evaluated for these jobs")
}
