"""What the provider says of the resource types that plans are written with: hashicorp/aws 6.66, without rare blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind: TypeAlias = Literal["primitive", "list", "set", "map"]


@dataclass(frozen=True)
class Attribute:
    """An argument or a result: what it is where nobody sets it. One that is computed is unknown until it is applied."""

    kind: Kind = "primitive"
    computed: bool = False
    default: Any = None


@dataclass(frozen=True)
class Block:
    """A nested block."""

    schema: Schema
    nesting: Literal["list", "set", "single"] = "list"


@dataclass(frozen=True)
class Schema:
    """The arguments, results and blocks of a resource type; `region` and `tags_all` are those of the provider."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    blocks: Mapping[str, Block] = field(default_factory=dict)
    regional: bool = False
    taggable: bool = False


def schema(
    optional: str = "",
    computed: str = "",
    *,
    defaults: Mapping[str, Any] | None = None,
    regional: bool = False,
    taggable: bool = False,
    **blocks: Block,
) -> Schema:
    """Return a schema of names: `name`, or `name:kind` where it is no primitive."""
    attributes: dict[str, Attribute] = {}
    for names, is_computed in ((optional, False), (computed, True)):
        for text in names.split():
            name, _, kind = text.partition(":")
            attributes[name] = Attribute(kind or "primitive", is_computed)  # type: ignore[arg-type] # one of the kinds
    for name, value in (defaults or {}).items():
        attributes[name] = Attribute(default=value)
    return Schema(attributes, blocks, regional, taggable)


def block(of: Schema, nesting: Literal["list", "set", "single"] = "list") -> Block:
    """Return a nested block."""
    return Block(of, nesting)


_STATEMENT = schema(
    "sid effect actions:set not_actions:set resources:set not_resources:set",
    principals=block(schema("type identifiers:set"), "set"),
    not_principals=block(schema("type identifiers:set"), "set"),
    condition=block(schema("test variable values:list"), "set"),
)

_TRAINING_JOB = schema(
    "training_job_name role_arn environment:map hyper_parameters:map enable_managed_spot_training "
    "enable_inter_container_traffic_encryption enable_network_isolation",
    "arn",
    regional=True,
    taggable=True,
    algorithm_specification=block(
        schema(
            "algorithm_name container_arguments:list container_entrypoint:list training_image training_input_mode "
            "enable_sagemaker_metrics_time_series",
            metric_definitions=block(schema("name regex")),
            training_image_config=block(schema("training_repository_access_mode")),
        )
    ),
    checkpoint_config=block(schema("local_path s3_uri")),
    input_data_config=block(
        schema(
            "channel_name compression_type content_type input_mode record_wrapper_type",
            data_source=block(
                schema(
                    file_system_data_source=block(schema("directory_path file_system_id")),
                    s3_data_source=block(
                        schema(
                            "attribute_names:list instance_group_names:list s3_data_distribution_type s3_data_type "
                            "s3_uri"
                        )
                    ),
                )
            ),
            shuffle_config=block(schema("seed")),
        )
    ),
    output_data_config=block(schema("compression_type kms_key_id s3_output_path")),
    resource_config=block(
        schema(
            "instance_count instance_type keep_alive_period_in_seconds training_plan_arn volume_kms_key_id "
            "volume_size_in_gb",
            instance_groups=block(schema("instance_count instance_group_name instance_type")),
        )
    ),
    stopping_condition=block(schema("max_pending_time_in_seconds max_runtime_in_seconds max_wait_time_in_seconds")),
    vpc_config=block(schema("security_group_ids:set subnets:set")),
)  # fmt: skip

MANAGED: Mapping[str, Schema] = {
    "aws_kms_key": schema(
        "custom_key_store_id deletion_window_in_days xks_key_id timeouts",
        "arn id key_id description policy multi_region rotation_period_in_days",
        defaults={
            "bypass_policy_lockout_safety_check": False,
            "customer_master_key_spec": "SYMMETRIC_DEFAULT",
            "enable_key_rotation": False,
            "is_enabled": True,
            "key_usage": "ENCRYPT_DECRYPT",
        },
        regional=True,
        taggable=True,
    ),
    "aws_kms_alias": schema("target_key_id", "arn id name name_prefix target_key_arn", regional=True),
    "aws_kms_key_policy": schema(
        "key_id policy", "id", defaults={"bypass_policy_lockout_safety_check": False}, regional=True
    ),
    "aws_kms_grant": schema(
        "name key_id grantee_principal operations:set retiring_principal grant_creation_tokens:set",
        "id grant_id grant_token",
        defaults={"retire_on_delete": False},
        regional=True,
        constraints=block(schema("encryption_context_equals:map encryption_context_subset:map"), "set"),
    ),
    "aws_iam_role": schema(
        "assume_role_policy description permissions_boundary",
        "arn create_date id inline_policy:set managed_policy_arns:set name name_prefix unique_id",
        defaults={"force_detach_policies": False, "max_session_duration": 3600, "path": "/"},
        taggable=True,
    ),
    "aws_iam_role_policy": schema("policy role", "id name name_prefix"),
    "aws_iam_policy": schema(
        "description policy",
        "arn attachment_count id name name_prefix policy_id",
        defaults={"path": "/"},
        taggable=True,
    ),
    "aws_iam_role_policy_attachment": schema("policy_arn role", "id"),
    "aws_s3_bucket": schema(
        "timeouts",
        "acceleration_status acl arn bucket bucket_domain_name bucket_prefix bucket_region "
        "bucket_regional_domain_name cors_rule:list grant:set hosted_zone_id id lifecycle_rule:list logging:list "
        "object_lock_configuration:list object_lock_enabled policy replication_configuration:list request_payer "
        "server_side_encryption_configuration:list versioning:list website:list website_domain website_endpoint",
        defaults={"force_destroy": False},
        regional=True,
        taggable=True,
    ),
    "aws_s3_bucket_server_side_encryption_configuration": schema(
        "bucket expected_bucket_owner",
        "id",
        regional=True,
        rule=block(
            schema(
                "bucket_key_enabled blocked_encryption_types:list",
                apply_server_side_encryption_by_default=block(schema("kms_master_key_id sse_algorithm")),
            ),
            "set",
        ),
    ),
    "aws_sagemaker_training_job": _TRAINING_JOB,
    "aws_sagemaker_notebook_instance": schema(
        "additional_code_repositories:set default_code_repository kms_key_id lifecycle_config_name name role_arn "
        "instance_type subnet_id",
        "arn id network_interface_id platform_identifier security_groups:set url",
        defaults={"direct_internet_access": "Enabled", "root_access": "Enabled", "volume_size": 5},
        regional=True,
        taggable=True,
        instance_metadata_service_configuration=block(schema("minimum_instance_metadata_service_version")),
    ),
    "aws_cloudwatch_log_group": schema(
        "kms_key_id name_prefix", "arn id name", defaults={"retention_in_days": 0, "skip_destroy": False},
        regional=True, taggable=True,
    ),
    "aws_instance": schema(
        "ami instance_type key_name iam_instance_profile user_data_replace_on_change",
        "arn id availability_zone private_dns private_ip public_dns public_ip subnet_id tenancy "
        "vpc_security_group_ids:set security_groups:set password_data user_data",
        defaults={"get_password_data": False, "source_dest_check": True},
        regional=True,
        taggable=True,
        root_block_device=block(schema("delete_on_termination encrypted", "device_name iops kms_key_id volume_id")),
        ebs_block_device=block(schema("delete_on_termination device_name", "iops kms_key_id volume_id"), "set"),
        timeouts=block(schema("create delete update"), "single"),
    ),
    "aws_ssm_parameter": schema("description name type", "arn id value version", regional=True, taggable=True),
    "terraform_data": schema("input triggers_replace", "id output"),
}  # fmt: skip

DATA: Mapping[str, Schema] = {
    "aws_caller_identity": schema("", "account_id arn id user_id"),
    "aws_region": schema("", "description endpoint id name region"),
    "aws_iam_policy_document": schema(
        "override_policy_documents:list policy_id source_policy_documents:list version",
        "id json minified_json",
        statement=block(_STATEMENT),
    ),
    "aws_kms_key": schema(
        "grant_tokens:list key_id",
        "arn aws_account_id creation_date customer_master_key_spec description enabled id key_manager key_spec "
        "key_state key_usage multi_region multi_region_configuration:list origin xks_key_configuration:list",
        regional=True,
    ),
    "aws_kms_alias": schema("name", "arn id target_key_arn target_key_id", regional=True),
    "aws_ssm_parameter": schema("name with_decryption", "arn id insecure_value type value version", regional=True),
}
"""The data sources."""
