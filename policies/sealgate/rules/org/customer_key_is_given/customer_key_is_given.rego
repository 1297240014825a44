# METADATA
# title: A customer managed key is named where the organisation requires one
# description: |
#   Where the settings say require_customer_key for an operation and a use, the request names a key there, and not an
#   AWS managed one. By itself AWS leaves the choice: without a key it encrypts with a key of its own.
# scope: package
# related_resources:
#   - description: Protect data at rest using encryption
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html
# custom:
#   id: SG-ORG-001
#   level: option
#   severity: high
#   requirements: [MTRL-01, LABEL-01, LABEL-03, BCUST-01, BEVAL-01, REST-01, REST-02]
#   remediation: >-
#     Name a customer managed key in this member.
package sealgate.rules.org.customer_key_is_given

import data.sealgate.lib.finding
import data.sealgate.lib.kms
import data.sealgate.lib.text
import data.sealgate.lib.wildcard
import data.sealgate.model
import data.sealgate.model.context
import data.sealgate.model.settings
import data.sealgate.systems.volumes

checked contains demanded.job.subject if some demanded in _demanded

findings contains found if {
	some demanded in _demanded
	_names_nothing(demanded.key)
	not volumes.may_have_no_volume(demanded.key)

	found := _fault(demanded, " names no key")
}

findings contains found if {
	some demanded in _demanded
	_names_nothing(demanded.key)
	volumes.may_have_no_volume(demanded.key)
	some unknown in volumes.unknowns(demanded.key)

	found := finding.required_by(
		finding.unverified(demanded.job.subject, demanded.key.path, unknown),
		_requirements(demanded),
	)
}

findings contains found if {
	some demanded in _demanded
	_is_aws_managed(demanded)

	found := _fault(demanded, " names an AWS managed key")
}

findings contains found if {
	some demanded in _demanded
	not _names_nothing(demanded.key)
	not _is_aws_managed(demanded)
	unknown := _manager(demanded)
	unknown.state == "unknown"

	found := finding.required_by(
		finding.unverified(demanded.job.subject, demanded.key.path, unknown),
		_requirements(demanded),
	)
}

_fault(demanded, fault) := finding.required_by(
	finding.violation(demanded.job.subject, demanded.key.path, concat("", [
		text.path(demanded.key.path),
		fault,
		", and the organisation requires a customer managed key for the ",
		demanded.key.use,
		" of ",
		demanded.job.operation,
	])),
	_requirements(demanded),
)

default _requirements(_) := []

_requirements(demanded) := [
	{
		"bedrock_custom_model": {"model": "BCUST-01"},
		"bedrock_evaluation": {"temporary": "BEVAL-01"},
		"sagemaker_at_rest": {"volume": "REST-01", "output": "REST-02"},
		"sagemaker_labeling": {"output": "LABEL-01", "volume": "LABEL-03"},
		"sagemaker_mtrl": {"output": "MTRL-01"},
	}[demanded.job.system][demanded.key.use],
]

_demanded := [{"job": job, "key": key} |
	some job in model.jobs
	some key in job.keys
	_is_demanded(job, key)
	not volumes.has_no_volume(key)
]

_is_demanded(job, key) if {
	some demand in settings.current.require_customer_key
	some pattern in object.get(demand, "operations", ["*"])
	wildcard.matches(pattern, job.operation)
	some use in object.get(demand, "uses", ["*"])
	use in {"*", key.use}
}

_names_nothing(key) if key.value.state == "absent"

_names_nothing(key) if {
	key.value.state == "known"
	not is_string(key.value.value)
}

_names_nothing(key) if {
	is_string(key.value.value)
	trim_space(key.value.value) == ""
}

_is_aws_managed(demanded) if kms.is_aws_managed_alias(demanded.key.value.value)

_is_aws_managed(demanded) if _manager(demanded).value == "AWS"

# Who manages the key, in three states.
_manager(demanded) := demanded.key.value if {
	demanded.key.value.state == "unknown"
} else := named if {
	is_string(demanded.key.value.value)
	named := context.key_arn(demanded.job, demanded.key.value.value)
	named.state != "known"
} else := context.key_metadata(named.value, "KeyManager") if {
	is_string(demanded.key.value.value)
	named := context.key_arn(demanded.job, demanded.key.value.value)
	kms.form(named.value) == "key_arn"
} else := {"state": "absent"}
