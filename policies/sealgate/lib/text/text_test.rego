package sealgate.lib.text_test

import data.sealgate.lib.text

test_spellings_of_a_name_are_folded_to_one if {
	{text.folded(name) | some name in ["KmsKeyArn", "kms_key_arn", "KMS-Key-ARN", "kms key.arn"]} == {"kmskeyarn"}
	text.folded("") == ""
}

test_path_is_written_with_dots if {
	text.path(["OutputDataConfig", "KmsKeyArn"]) == "OutputDataConfig.KmsKeyArn"
	text.path(["Subnets", 0, "Id"]) == "Subnets.0.Id"
	text.path([]) == ""
}

test_list_is_sorted if {
	text.listed({"b", "c", "a"}) == "a, b, c"
	text.listed(["b", "a"]) == "a, b"
	text.listed(set()) == ""
}

test_fact_is_a_name_and_its_value_or_the_type_of_what_is_no_text if {
	text.assigned("KeyState", "Disabled") == "KeyState Disabled"
	text.assigned("KeyState", "") == "KeyState "
	text.assigned("MultiRegion", true) == "MultiRegion (a boolean)"
	text.assigned("KeyState", null) == "KeyState (null)"
	text.assigned("KeyState", ["Enabled"]) == "KeyState (an array)"
}
