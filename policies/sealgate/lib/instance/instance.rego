# METADATA
# title: Instance types
# scope: package
package sealgate.lib.instance

# METADATA
# description: |
#   Where an instance type keeps its data: `instance` (local storage, encrypted by its own hardware) or `ebs` (a volume
#   that takes a KMS key); undefined for a family that the table does not have.
storage(instance_type) := data.sealgate.data.instance_storage.families[split(instance_type, ".")[1]].storage if {
	is_string(instance_type)
	startswith(instance_type, "ml.")
}
