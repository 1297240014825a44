# METADATA
# title: S3 locations
# scope: package
package sealgate.lib.s3

# METADATA
# description: The bucket in an S3 URI; undefined for anything else.
bucket(uri) := name if {
	is_string(uri)
	startswith(uri, "s3://")
	name := split(substring(uri, 5, -1), "/")[0]
	name != ""
}
