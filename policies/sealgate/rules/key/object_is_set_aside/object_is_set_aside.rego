# METADATA
# title: An object that creates and changes nothing is not judged
# description: |
#   A Kubernetes object that is deleted, that an update leaves as it is, or whose controller only reads what it
#   describes makes no request of AWS; an alias, or a role without a policy of its own, says nothing of who may use a
#   key. It is allowed without being judged, and the decision says why.
# scope: package
# related_resources:
#   - description: Kubernetes Admission Control
#     ref: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
# custom:
#   id: SG-KEY-012
#   level: fact
#   severity: low
#   requirements: []
package sealgate.rules.key.object_is_set_aside

import data.sealgate.lib.finding
import data.sealgate.model

checked contains entry.subject if some entry in model.set_aside

notes contains note if {
	some entry in model.set_aside
	note := finding.note(entry.subject, [], concat("", [entry.reason, "; nothing was judged"]))
}
