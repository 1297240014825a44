package sealgate.lib.instance_test

import data.sealgate.lib.instance

test_storage_is_that_of_the_family if {
	{type: instance.storage(type) |
		some type in [
			"ml.m5.24xlarge",
			"ml.m5d.24xlarge",
			"ml.m7i-flex.large",
			"ml.p4d.24xlarge",
			"ml.t3.medium",
			"ml.trn1.32xlarge",
		]
	} == {
		"ml.m5.24xlarge": "ebs",
		"ml.m5d.24xlarge": "instance",
		"ml.m7i-flex.large": "ebs",
		"ml.p4d.24xlarge": "instance",
		"ml.t3.medium": "ebs",
		"ml.trn1.32xlarge": "instance",
	}
}

# Families that are easily taken for EBS-only.
test_storage_of_families_without_a_d_in_their_name if {
	every family in ["g7", "g7e", "gr6", "i3en", "p6-b200", "p6-b300", "trn2"] {
		instance.storage(concat("", ["ml.", family, ".48xlarge"])) == "instance"
	}
}

test_nothing_is_said_of_other_families_and_of_what_is_no_instance_type if {
	every type in ["ml.z99.xlarge", "ml.geospatial.interactive", "m5.xlarge", "ml", "ml.", "ml..", "", "ML.M5.large", " ml.m5.large", 7, null, ["ml.m5.large"], {}] {
		not instance.storage(type)
	}
}
