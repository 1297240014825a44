package sealgate.lib.s3_test

import data.sealgate.lib.s3

test_bucket_of_a_uri if {
	s3.bucket("s3://my-bucket/output/") == "my-bucket"
	s3.bucket("s3://my-bucket/") == "my-bucket"
	s3.bucket("s3://my-bucket") == "my-bucket"
	s3.bucket("s3://my-bucket/a//b") == "my-bucket"
}

test_anything_else_has_no_bucket if {
	every uri in ["", "s3://", "s3:///output/", "https://my-bucket.s3.amazonaws.com/", "my-bucket", 7, null, {}] {
		not s3.bucket(uri)
	}
}
