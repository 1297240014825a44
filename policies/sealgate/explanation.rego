package sealgate

import data.sealgate.systems.explanation as explained
import data.sealgate.systems.readability

# METADATA
# title: The explanation
# description: Every call of the job with its answer, and what could not be read of the request.
explanation := {
	"calls": explained.rows,
	"problems": [problem | some problem in readability.problems],
	"version": data.sealgate.data.version,
}
