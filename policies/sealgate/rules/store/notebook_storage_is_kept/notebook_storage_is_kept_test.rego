package sealgate.rules.store.notebook_storage_is_kept_test

import data.sealgate.lib.value
import data.sealgate.rules.store.notebook_storage_is_kept as rule
import data.sealgate.systems.catalogue_test as fixture

test_note_on_a_notebook_instance if {
	requests := fixture.jobs_with(value.absent, {}, {"operation": "sagemaker:CreateNotebookInstance"})
	rule.checked == {fixture.subject} with data.sealgate.model.jobs as requests
	rule.notes == {{
		"subject": fixture.subject,
		"path": [],
		"message": concat("", [
			"only /home/ec2-user/SageMaker is kept when the notebook instance stops, as a snapshot of the volume under its key; ",
			"what lies elsewhere is lost, and a lifecycle configuration can set it up again",
		]),
	}} with data.sealgate.model.jobs as requests
}

test_no_note_on_other_operations if {
	every requests in [fixture.jobs(value.absent), []] {
		rule.checked == set() with data.sealgate.model.jobs as requests
		rule.notes == set() with data.sealgate.model.jobs as requests
	}
}
