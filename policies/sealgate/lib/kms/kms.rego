# METADATA
# title: How a KMS key is named
# description: |
#   The forms are those of the KMS API: a key id (a UUID, or `mrk-` and 32 hexadecimal digits), a key ARN, an alias name
#   and an alias ARN.
# scope: package
package sealgate.lib.kms

import data.sealgate.lib.arn

# METADATA
# description: |
#   The form in which a text names a key: `key_arn`, `key_id`, `alias_arn`, `alias`, or what is wrong with it: `empty`,
#   `other_service` (the ARN of something else), `malformed`.
form(text) := "key_arn" if {
	regex.match(_key_arn, text)
} else := "alias_arn" if {
	regex.match(_arn, text)
	regex.match(`^alias/[a-zA-Z0-9/_-]+$`, arn.parse(text).resource)
} else := "key_id" if {
	regex.match(_key_id, text)
} else := "alias" if {
	regex.match(`^alias/[a-zA-Z0-9/_-]+$`, text)
} else := "empty" if {
	trim_space(text) == ""
} else := "other_service" if {
	arn.parse(text).service != "kms"
} else := "malformed"

# METADATA
# description: |
#   What a text that names a key is, as a clause that follows "is": `an alias (alias/ml)`, `no key ARN (its account …)`.
described(text) := concat("", [_words[form(text)], " (", text, ")"]) if {
	_words[form(text)]
} else := "an empty text" if {
	form(text) == "empty"
} else := concat("", ["no key ARN: ", defect(text), " (", text, ")"])

_words := {
	"key_arn": "a key ARN",
	"alias_arn": "the ARN of an alias",
	"key_id": "a key id without its ARN",
	"alias": "an alias",
	"other_service": "the ARN of something that is no KMS key",
}

# METADATA
# description: The forms that a member accepts, as the end of a sentence.
accepted(forms) := concat(" or ", [words |
	some [form, words] in [
		["key_arn", "a key ARN"],
		["key_id", "a key id"],
		["alias", "an alias"],
		["alias_arn", "the ARN of an alias"],
	]
	form in forms
])

# METADATA
# description: The policy that KMS gives to a key for which nobody says another.
default_policy(partition, account) := {
	"Version": "2012-10-17",
	"Id": "key-default-1",
	"Statement": [{
		"Sid": "Enable IAM User Permissions",
		"Effect": "Allow",
		"Principal": {"AWS": concat("", ["arn:", partition, ":iam::", account, ":root"])},
		"Action": "kms:*",
		"Resource": "*",
	}],
}

# METADATA
# description: Whether a text is the alias of an AWS managed key, or its ARN.
is_aws_managed_alias(text) if {
	is_string(text)
	regex.match(`(^|:)alias/aws/`, text)
}

# METADATA
# description: Why a text of the form `malformed` is no key ARN, as a clause.
defect(text) := "it has white space around it" if {
	trim_space(text) != text
} else := "it does not begin with arn:" if {
	not startswith(text, "arn:")
} else := "it has fewer than the six parts of an ARN" if {
	not arn.parse(text)
} else := concat("", ["its partition ", _shown(arn.parse(text).partition), " is not written as a partition"]) if {
	not regex.match(`^aws[a-z-]*$`, arn.parse(text).partition)
} else := concat("", ["its Region ", _shown(arn.parse(text).region), " is not written as a Region"]) if {
	not regex.match(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`, arn.parse(text).region)
} else := concat("", ["its account ", _shown(arn.parse(text).account), " is not 12 digits"]) if {
	not regex.match(`^[0-9]{12}$`, arn.parse(text).account)
} else := concat("", [
	"its key id ",
	_shown(_key_id_of(text)),
	" is neither a UUID nor mrk- and 32 hexadecimal digits",
]) if {
	startswith(arn.parse(text).resource, "key/")
} else := "what follows the account is neither key/ and a key id nor alias/ and a name"

# METADATA
# description: |
#   Whether a key ARN or key id is that of a multi-Region key: such ids begin with `mrk-`, which the KMS documentation
#   gives as the way to tell them.
is_multi_region_id(text) if {
	is_string(text)
	regex.match(`(^|:key/)mrk-[0-9a-f]{32}$`, text)
}

_arn := `^arn:aws[a-z-]*:kms:[a-z]{2,}(-[a-z]+)+-[0-9]+:[0-9]{12}:`

# One expression for what nearly every text is: each is compiled anew in every evaluation.
_key_arn := concat("", [_arn, "key/", substring(_key_id, 1, -1)])

_key_id := `^(mrk-[0-9a-f]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$`

_key_id_of(text) := substring(resource, 4, -1) if {
	resource := arn.parse(text).resource
	startswith(resource, "key/")
}

_shown("") := "(empty)"

_shown(text) := text if text != ""
