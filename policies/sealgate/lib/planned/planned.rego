# METADATA
# title: Names of what is yet to be created
# description: |
#   AWS gives a key its id, and Terraform its ARN, while the plan is applied. Until then a made-up id with the number of
#   the resource stands for it: of the form of a real one, so that every rule reads it, and with a beginning that AWS,
#   whose ids are random, does not give. Findings show the address of the resource in its place (`shown`).
# scope: package
package sealgate.lib.planned

# METADATA
# description: The account in a made-up ARN where nobody knows the account.
account := "000000000000"

# METADATA
# description: The Region in a made-up ARN where nobody knows the Region.
region := "unknown-region-0"

key_arn(partition, key_region, key_account, index) := concat(":", [
	"arn",
	partition,
	"kms",
	key_region,
	key_account,
	concat("", ["key/00000000-0000-0000-0000-", _digits(index)]),
])

multi_region_key_arn(partition, key_region, key_account, index) := concat(":", [
	"arn",
	partition,
	"kms",
	key_region,
	key_account,
	concat("", ["key/mrk-00000000000000000000", _digits(index)]),
])

policy_arn(partition, policy_account, index) := concat("", [
	"arn:", partition, ":iam::", policy_account, ":policy/", name(index),
])

# METADATA
# description: The name of a role, a policy or an alias that is not known until apply.
name(index) := concat("", ["planned-", _digits(index)])

# METADATA
# scope: document
# description: Whether the ARN or id of a key is made up.
is_key(text) if contains(text, "00000000-0000-0000-0000-")

is_key(text) if contains(text, "mrk-00000000000000000000")

# METADATA
# description: |
#   A text with the addresses of planned resources in the place of their made-up names; `addresses` has them by index.
shown(text, addresses) := strings.replace_n(
	{match[0]: addresses[to_number(trim_left(match[2], "0")) - 1] |
		some match in matches
		trim_left(match[2], "0") != ""
	},
	text,
) if {
	_may_be_made_up(text)
	matches := regex.find_all_string_submatch_n(_made_up, text, -1)
} else := text

_may_be_made_up(text) if contains(text, "-0000")

_made_up := concat("", [
	`(?:arn:[a-z-]+:(?:kms|iam):[a-z0-9-]*:[0-9]{12}:)?(?:(key|role|user|policy|alias)/)?`,
	`(?:00000000-0000-0000-0000-|mrk-00000000000000000000|planned-)([0-9]{12})`,
])

# From one: an id of zeros alone stands for no key at all elsewhere.
_digits(index) := concat("", [substring("000000000000", 0, 12 - count(digits)), digits]) if {
	digits := format_int(index + 1, 10)
}
