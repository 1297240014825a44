package sealgate.systems.sagemaker_mtrl_test

import data.sealgate.systems.sagemaker_mtrl

# What the tests of the rules on these jobs share: a request, and what it names.

categories := ["AgentRFT", "AgentRFTEvaluation"]

subject := "sagemaker:CreateJob my-job"

path := ["JobConfigDocument", "OutputDataConfig", "KmsKeyArn"]

key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

mrk := "arn:aws:kms:us-west-2:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"

# A CreateJob request whose document was read as the entry says, with other parts of the input (context, settings).
request(category, entry, more) := object.union(
	{
		"subject": {"aws_request": {
			"service": "sagemaker",
			"operation": "CreateJob",
			"parameters": {
				"JobName": "my-job",
				"RoleArn": "arn:aws:iam::111122223333:role/SageMakerExecutionRole",
				"JobCategory": category,
				"JobConfigSchemaVersion": "1.0.0",
				"JobConfigDocument": "what the reader parsed",
			},
		}},
		"parsed": {"/aws_request/parameters/JobConfigDocument": entry},
		"context": {"region": "us-west-2"},
	},
	more,
)

naming(content) := {"value": {"OutputDataConfig": {"KmsKeyArn": content}}}

naming_no_key := {"value": {"OutputDataConfig": {"S3OutputPath": "s3://my-bucket/output/"}}}

unreadable := {"error": "the text is no JSON", "line": 1, "column": 2}

behind_a_variable := {"partial": {}, "variable": "Parameters.Key"}

unverified_behind_a_variable := {
	"outcome": "unverified",
	"subject": subject,
	"path": path,
	"missing": {"reason": "the pipeline variable Parameters.Key stands in or before it, and its text becomes part of the JSON"},
}

# DescribeKey's answer for a key, with some of its facts changed.
described(key_arn, changes) := {"context": {"keys": {key_arn: {"metadata": object.union(
	{
		"Arn": key_arn,
		"KeyManager": "CUSTOMER",
		"KeySpec": "SYMMETRIC_DEFAULT",
		"KeyState": "Enabled",
		"KeyUsage": "ENCRYPT_DECRYPT",
		"MultiRegion": false,
	},
	changes,
)}}}}

undescribed(key_arn) := {
	"part": concat("", ["keys.", key_arn, ".metadata"]),
	"reason": concat("", ["DescribeKey's answer for ", key_arn, " was not supplied"]),
	"supply": concat("", [
		"Supply it in the context as keys.\"", key_arn, "\".metadata: aws kms describe-key --key-id ", key_arn, " prints it.",
	]),
}

# A fact that DescribeKey's answer lacks, or gives in a way that this version does not understand.
unusable(name, how) := {
	"part": concat("", ["keys.", key, ".metadata.", name]),
	"reason": concat("", ["DescribeKey's answer for ", key, " was given ", how]),
	"supply": undescribed(key).supply,
}

test_output_key_of_both_categories if {
	every category in categories {
		found := sagemaker_mtrl.output_keys with input as request(category, naming(key), {})
		[named.key.value | some named in found] == [{"state": "known", "value": key}]
		[named.key.path | some named in found] == [path]
		[named.job.subject | some named in found] == [subject]
	}
}

test_key_arn_is_named_key if {
	every category in categories {
		named := sagemaker_mtrl.named_keys with input as request(category, naming(key), {})
		[one.arn | some one in named] == [key]

		subjects := sagemaker_mtrl.subjects_with_named_key with input as request(category, naming(key), {})
		subjects == {subject}
	}
}

test_what_is_no_key_arn_is_no_named_key if {
	every content in ["", "alias/ml", "1234abcd-12ab-34cd-56ef-1234567890ab", null, 7, [key], {"Arn": key}] {
		every category in categories {
			sagemaker_mtrl.named_keys == [] with input as request(category, naming(content), {})
			sagemaker_mtrl.subjects_with_named_key == set() with input as request(category, naming(content), {})
			count(sagemaker_mtrl.output_keys) == 1 with input as request(category, naming(content), {})
		}
	}
}

test_absent_key_is_an_output_key_without_a_name if {
	every category in categories {
		found := sagemaker_mtrl.output_keys with input as request(category, naming_no_key, {})
		[named.key.value | some named in found] == [{"state": "absent"}]
		sagemaker_mtrl.named_keys == [] with input as request(category, naming_no_key, {})
		sagemaker_mtrl.unknown_keys == [] with input as request(category, naming_no_key, {})
	}
}

test_key_behind_a_variable_is_unknown if {
	every category in categories {
		found := sagemaker_mtrl.unknown_keys with input as request(category, behind_a_variable, {})
		[named.key.path | some named in found] == [path]
		sagemaker_mtrl.named_keys == [] with input as request(category, behind_a_variable, {})

		subjects := sagemaker_mtrl.subjects_with_named_key with input as request(category, behind_a_variable, {})
		subjects == {subject}
	}
}

test_unreadable_document_has_no_output_key if {
	every category in categories {
		sagemaker_mtrl.output_keys == [] with input as request(category, unreadable, {})
		count(sagemaker_mtrl.jobs) == 1 with input as request(category, unreadable, {})
	}
}

test_other_categories_and_other_requests_are_other_systems if {
	sagemaker_mtrl.jobs == [] with input as {}
	sagemaker_mtrl.jobs == [] with data.sealgate.model.jobs as []
	every category in ["DataTransformation", "AgentRft", "", null] {
		sagemaker_mtrl.jobs == [] with input as request(category, naming(key), {})
	}
}
