# METADATA
# title: What of a notebook instance is kept
# description: |
#   Of a notebook instance only /home/ec2-user/SageMaker on the ML storage volume is kept when it stops, as a snapshot
#   under the volume's key; changes to the operating system and what lies elsewhere are lost. A lifecycle configuration
#   repeats such changes at each start.
# scope: package
# related_resources:
#   - description: Protect data at rest using encryption
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html
# custom:
#   id: SG-STORE-005
#   level: fact
#   severity: low
#   requirements: [REST-05]
package sealgate.rules.store.notebook_storage_is_kept

import data.sealgate.lib.finding
import data.sealgate.model

checked contains job.subject if some job in _notebooks

notes contains note if {
	some job in _notebooks
	note := finding.note(job.subject, [], concat("", [
		"only /home/ec2-user/SageMaker is kept when the notebook instance stops, as a snapshot of the volume under its key; ",
		"what lies elsewhere is lost, and a lifecycle configuration can set it up again",
	]))
}

_notebooks := [job | some job in model.jobs; job.operation == "sagemaker:CreateNotebookInstance"]
