# METADATA
# title: What could not be read
# description: |
#   Without a verdict there are no findings that would say so: an answer on a request that could not be read says it
#   itself.
# scope: package
package sealgate.systems.readability

import data.sealgate.model

# METADATA
# scope: document
# description: What could not be read of the input, as sentences.
problems contains problem.message if some problem in model.problems

problems contains concat("", [job.subject, ": ", problem.message]) if {
	some job in model.jobs
	some problem in job.problems
}

problems contains concat("", [job.subject, ": ", name, ": ", document.error]) if {
	some job in model.jobs
	some name, document in job.documents
	document.state == "unreadable"
}
