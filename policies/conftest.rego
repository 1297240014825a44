# METADATA
# title: The decision, for conftest
# description: |
#   What `conftest test -p policies -d policies FILE` shows: the findings of the decision on an input document. Without
#   the tables (`-d policies`) there is no decision, and that is a denial.
# scope: package
package main

import data.sealgate

deny contains _shown(finding) if {
	some finding in sealgate.decision.findings
	finding.enforcement == "deny"
}

deny contains _unjudged("the tables of the policies are missing: run conftest test -p policies -d policies FILE") if {
	not sealgate.data.rules
}

deny contains _unjudged("the policies have no decision on this input") if {
	sealgate.data.rules
	not sealgate.decision
}

deny contains _unjudged("the input is not allowed, though no rule denies it: nothing of it was judged") if {
	sealgate.decision.allowed == false
	count({finding | some finding in sealgate.decision.findings; finding.enforcement == "deny"}) == 0
}

warn contains _shown(finding) if {
	some finding in sealgate.decision.findings
	finding.enforcement == "warn"
}

_shown(finding) := object.union(
	object.filter(finding, {"rule", "outcome", "severity", "subject", "path", "reference", "missing"}),
	{"msg": concat("", [finding.subject, ": ", finding.message, ". ", finding.remediation])},
)

_unjudged(message) := {"msg": message, "rule": "", "subject": "input"}
