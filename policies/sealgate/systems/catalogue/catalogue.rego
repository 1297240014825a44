# METADATA
# title: The keys of every operation in the catalogue
# description: |
#   What the tables say of each key member: the forms that it accepts and the kind of key that it takes. Multi-turn RL
#   jobs have rules of their own for both.
# scope: package
package sealgate.systems.catalogue

import data.sealgate.lib.kms
import data.sealgate.model
import data.sealgate.model.context

# METADATA
# description: |
#   Every place that names a key, as `{job, key, arn, kind}`; `kind` says what AWS states of the member, and nothing
#   where AWS states nothing.
named_keys := [object.union(named, {"kind": _kind(named)}) |
	some named in model.named_keys
	named.job.system != "sagemaker_mtrl"
]

# METADATA
# description: |
#   The places of a kind of which the table states something in a column, such as `symmetric: required`.
stated(column, words) := [named |
	some named in named_keys
	named.kind[column] in words
]

# METADATA
# description: |
#   What DescribeKey says of the key at a place: unknown where the key's ARN is. Nobody is asked to look up the
#   alias of an AWS managed key, whose kind and state are the business of AWS.
fact(named, name) := {"state": "unreadable"} if {
	named.arn.state == "unknown"
	kms.is_aws_managed_alias(named.key.value.value)
} else := named.arn if {
	named.arn.state != "known"
} else := context.key_metadata(named.arn.value, name) if {
	kms.form(named.arn.value) == "key_arn"
} else := {"state": "unreadable"}

# METADATA
# description: The words of AWS that a column of the table rests on, for the evidence of a finding.
source(named, column) := {"source": named.kind.sources[column]}

default _kind(_) := {"requirements": []}

# Of the documents whose form AWS has not published it states nothing, wherever the settings say that the key stands.
_kind(named) := data.sealgate.data.key_kinds[named.job.operation][named.key.member] if {
	named.job.system != "sagemaker_data_preparation"
}
