# METADATA
# description: Asks lib/iam about a batch of cases; only for tests.
package sealgate_oracle

import data.sealgate.lib.iam
import data.sealgate.lib.iam.call
import data.sealgate.lib.iam.document

answers := [answer |
	some case in input.cases
	answer := iam.evaluate(call.prepare(case.call), object.union(iam.no_policies, {
		"key_policy": document.single(case.key_policy, "key_policy", "key policy"),
		"identity": document.many(case.identity, "identity"),
		"boundary": document.single(case.boundary, "boundary", "permissions boundary"),
		"session_policies": document.many(case.session_policies, "session_policies"),
		"grants": case.grants,
		"scps": document.levels(case.scps, "scp"),
		"rcps": document.levels(case.rcps, "rcp"),
	}))
]

problems := [problem |
	some document_case in input.documents
	some problem in document.single(
		{"state": "known", "value": document_case.document},
		document_case.layer,
		document_case.name,
	).problems
]
