package sealgate.rules.mtrl.key_is_named_in_no_other_member_test

import data.sealgate.lib.text
import data.sealgate.rules.mtrl.key_is_named_in_no_other_member as rule
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_other_member_beside_where_the_key_belongs if {
	every name in ["KmsKeyId", "KMSKeyArn", "kmsKeyArn", "kms_key_arn", "KmsKey", "KMSMasterKeyID", "OutputEncryptionKey"] {
		_findings({"OutputDataConfig": {name: mtrl.key}}, {}) == {{_violation(["JobConfigDocument", "OutputDataConfig", name])}}
	}
}

test_violation_root_of_the_document if {
	_findings({"KmsKeyArn": mtrl.key, "OutputDataConfig": {}}, {}) == {{_violation(["JobConfigDocument", "KmsKeyArn"])}}
}

test_violation_other_object_of_the_document if {
	_findings({"outputDataConfig": {"KmsKeyArn": mtrl.key}}, {}) == {{
		_violation(["JobConfigDocument", "outputDataConfig", "KmsKeyArn"]),
	}}
}

test_violation_any_depth_of_the_document if {
	_findings({"JobConfig": {"OutputDataConfig": {"KmsKeyArn": mtrl.key}}}, {}) == {{
		_violation(["JobConfigDocument", "JobConfig", "OutputDataConfig", "KmsKeyArn"]),
	}}
	_findings({"InputDataConfig": [{"ChannelName": "train", "KmsKeyId": "alias/ml"}]}, {}) == {{
		_violation(["JobConfigDocument", "InputDataConfig", 0, "KmsKeyId"]),
	}}
}

test_violation_key_under_any_name if {
	every content in [mtrl.key, mtrl.mrk, "arn:aws:kms:us-west-2:111122223333:alias/ml"] {
		_findings({"OutputDataConfig": {"KeyArn": content}}, {}) == {{
			_violation(["JobConfigDocument", "OutputDataConfig", "KeyArn"]),
		}}
		_findings({"OutputDataConfig": {"Keys": [content]}}, {}) == {{
			_violation(["JobConfigDocument", "OutputDataConfig", "Keys", 0]),
		}}
		_findings({}, {"KeyArn": content}) == {{_violation(["KeyArn"])}}
	}
}

test_pass_text_that_may_be_anything_under_any_name if {
	every content in ["alias/ml", "1234abcd-12ab-34cd-56ef-1234567890ab", "arn:aws:kms", "arn:aws:s3:::my-bucket"] {
		_findings({"OutputDataConfig": {"Name": content}}, {}) == {set()}
	}
}

test_pass_tag_that_holds_the_arn_of_a_key if {
	_findings({"OutputDataConfig": {}}, {"Tags": [{"Key": "KmsKeyArn", "Value": mtrl.key}]}) == {set()}
}

test_violation_root_of_the_request if {
	_findings({}, {"OutputKmsKeyArn": mtrl.key}) == {{_violation(["OutputKmsKeyArn"])}}
}

test_violation_object_of_the_request if {
	_findings({}, {"OutputDataConfig": {"KmsKeyArn": mtrl.key}}) == {{_violation(["OutputDataConfig", "KmsKeyArn"])}}
}

test_violation_whatever_the_member_holds if {
	every content in ["", null, 7, {}, []] {
		_findings({"OutputDataConfig": {"KmsKeyId": content}}, {}) == {{
			_violation(["JobConfigDocument", "OutputDataConfig", "KmsKeyId"]),
		}}
	}
}

test_violation_in_a_request_whose_document_is_unreadable if {
	_with(mtrl.unreadable, {"KmsKeyId": mtrl.key}) == {{_violation(["KmsKeyId"])}}
}

test_advice_beside_the_key_in_its_place if {
	_findings({"OutputDataConfig": {"KmsKeyArn": mtrl.key, "KmsKeyId": mtrl.key}}, {"KmsKeyId": "alias/ml"}) == {{
		_advice(["JobConfigDocument", "OutputDataConfig", "KmsKeyId"]),
		_advice(["KmsKeyId"]),
	}}
}

test_advice_beside_a_key_of_the_wrong_type_which_another_rule_denies if {
	_findings({"KmsKeyId": mtrl.key, "OutputDataConfig": {"KmsKeyArn": null}}, {}) == {{
		_advice(["JobConfigDocument", "KmsKeyId"]),
	}}
}

test_advice_beside_a_key_behind_a_variable if {
	_with(mtrl.behind_a_variable, {"KmsKeyId": mtrl.key}) == {{_advice(["KmsKeyId"])}}
}

test_pass_what_stands_in_the_place_is_another_rules_business if {
	every content in [[mtrl.key], {"KmsKeyId": mtrl.key}] {
		_findings({"OutputDataConfig": {"KmsKeyArn": content}}, {}) == {set()}
	}
}

test_pass_key_in_its_place_alone if {
	_findings({"OutputDataConfig": {"KmsKeyArn": mtrl.key}}, {}) == {set()}

	checked := {checked |
		some category in mtrl.categories
		checked := rule.checked with input as mtrl.request(category, mtrl.naming(mtrl.key), {})
	}
	checked == {{mtrl.subject}}
}

test_pass_no_key_at_all if {
	_findings({"OutputDataConfig": {"S3OutputPath": "s3://my-bucket/output/"}, "VpcConfig": {}}, {}) == {set()}
	_with(mtrl.unreadable, {}) == {set()}
}

test_pass_unknown_members_that_name_no_key if {
	_findings({"OutputDataConfig": {"Encryption": "on"}, "ServiceOutput": {"Keys": []}}, {"Extra": {"Key": "x"}}) == {set()}
}

test_pass_no_job if {
	rule.findings == set() with data.sealgate.model.jobs as []
	rule.checked == set() with data.sealgate.model.jobs as []
}

_findings(document, parameters) := _with({"value": document}, parameters)

_with(entry, parameters) := {findings |
	some category in mtrl.categories
	more := {"subject": {"aws_request": {"parameters": parameters}}}
	findings := rule.findings with input as mtrl.request(category, entry, more)
}

_violation(path) := {
	"outcome": "violation",
	"subject": mtrl.subject,
	"path": path,
	"message": concat("", [
		text.path(path),
		" is not where a multi-turn RL job's key is named: ",
		"as it stands, the job's output would be encrypted with an AWS owned key",
	]),
}

_advice(path) := {
	"outcome": "advice",
	"subject": mtrl.subject,
	"path": path,
	"message": concat("", [
		text.path(path),
		" is no member that the documentation names; the job's key is that in OutputDataConfig.KmsKeyArn",
	]),
}
