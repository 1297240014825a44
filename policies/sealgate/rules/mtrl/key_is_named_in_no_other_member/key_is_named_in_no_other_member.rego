# METADATA
# title: No other member than OutputDataConfig.KmsKeyArn names a key
# description: |
#   A key in another member (KmsKeyId, another case, the root of the document or of the request, the ARN of a key under
#   any name) is not the job's output key: the job would run under an AWS owned key. Beside a KmsKeyArn in its place
#   such a member is only advised against.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-MTRL-028
#   level: required
#   severity: high
#   requirements: [MTRL-02]
#   remediation: >-
#     Move the key's ARN to OutputDataConfig.KmsKeyArn in the JobConfigDocument, spelt exactly so, and remove the
#     other member.
package sealgate.rules.mtrl.key_is_named_in_no_other_member

import data.sealgate.lib.finding
import data.sealgate.lib.kms
import data.sealgate.lib.text
import data.sealgate.systems.sagemaker_mtrl

checked contains job.subject if some job in sagemaker_mtrl.jobs

findings contains found if {
	some [job, path] in _keys_elsewhere
	_is_named(job)

	found := finding.advice(job.subject, path, concat("", [
		text.path(path),
		" is no member that the documentation names; the job's key is that in OutputDataConfig.KmsKeyArn",
	]))
}

findings contains found if {
	some [job, path] in _keys_elsewhere
	not _is_named(job)

	found := finding.violation(job.subject, path, concat("", [
		text.path(path),
		" is not where a multi-turn RL job's key is named: ",
		"as it stands, the job's output would be encrypted with an AWS owned key",
	]))
}

_keys_elsewhere := [[job, path] | some job in sagemaker_mtrl.jobs; some path in _misplaced(job)]

_is_named(job) if {
	some named in sagemaker_mtrl.output_keys
	named.job.subject == job.subject
	named.key.value.state != "absent"
}

# In its document at any depth; in the request itself outside of its lists, since a tag may well hold the ARN of a key.
_misplaced(job) := {array.concat(place.path, [name]) |
	some place in _objects(job)
	some name, content in place.content
	_names_a_key(name, content)
	array.slice(array.concat(place.path, [name]), 0, 3) != ["JobConfigDocument", "OutputDataConfig", "KmsKeyArn"]
}

_objects(job) := array.concat(_objects_of_request(job), [{"path": array.concat([name], path), "content": content} |
	some name, document in job.documents
	document.state == "known"
	walk(document.value, [path, content])
	type_name(content) in {"array", "object"}
])

_objects_of_request(job) := [{"path": path, "content": content} |
	some path in array.concat([[]], [[name] | some name, _ in job.parameters])
	content := object.get(job.parameters, path, null)
	is_object(content)
]

_names_a_key(_, content) if {
	is_string(content)
	contains(content, ":kms:")
	kms.form(content) in {"key_arn", "alias_arn"}
}

_names_a_key(name, _) if {
	is_string(name)
	folded := text.folded(name)
	some word in ["kmskey", "kmsmasterkey", "encryptionkey"]
	contains(folded, word)
}
