from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sealgate.reading.terraform_source import SourceTree

if TYPE_CHECKING:
    from collections.abc import Callable

MAIN = """\
# resource "aws_kms_key" "commented" {}
// resource "aws_kms_key" "slashed" {}
/* resource "aws_kms_key" "long" {}
*/
terraform {
  required_version = ">= 1.5"
}

resource "aws_kms_key" "k" {
  description = "a } brace, a \\" quote, a ${jsonencode({ b = "}" })} template, a $${ dollar"
  policy      = <<-EOT
    }}} resource "aws_kms_key" "in_heredoc" {
    EOT
  tags = { resource = "x" }
}
resource   aws_kms_key   other {

}
  resource "aws_kms_alias" "a" { name = "alias/a" } /* c */ resource "aws_kms_alias" "b" {}
data "aws_iam_role" "r" {}
locals { f = { source = "./no" } }

module "jobs" {
  for_each = { source = "./wrong" }
  source   = "./modules/jobs" # here
}
module "up" { source = "../shared" }
module "remote" {
  source = "terraform-aws-modules/kms/aws"
}
module "computed" { source = local.x }
"""


@pytest.fixture
def find(tmp_path: Path) -> Callable[[str], str | None]:
    """Return a function that looks an address up in the configuration, and says `file:line`."""
    root = tmp_path / "root"
    (root / "modules/jobs/inner").mkdir(parents=True)
    (tmp_path / "shared").mkdir()
    (root / "main.tf").write_text(MAIN)
    (root / "modules/jobs/jobs.tf").write_text('module "inner" {\nsource = "./inner"\n}\nresource "a_b" "j" {}\n')
    (root / "modules/jobs/inner/x.tf").write_text('\n\nresource "a_b" "deep" {}')
    (tmp_path / "shared/s.tofu").write_text('resource "a_b" "up" {}')
    tree = SourceTree(str(root))

    def look(address: str) -> str | None:
        found = tree.find(address)
        return None if found is None else f"{Path(found[0]).relative_to(tmp_path)}:{found[1]}"

    return look


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("aws_kms_key.k", "root/main.tf:9"),
        ("aws_kms_key.k[0]", "root/main.tf:9"),
        ('aws_kms_key.k["a.b]\\"x"]', "root/main.tf:9"),
        ("aws_kms_key.other", "root/main.tf:16"),
        ("aws_kms_alias.a", "root/main.tf:19"),
        ("aws_kms_alias.b", "root/main.tf:19"),
        ("data.aws_iam_role.r", "root/main.tf:20"),
        ("module.jobs.a_b.j", "root/modules/jobs/jobs.tf:4"),
        ('module.jobs["module.x"].a_b.j[2]', "root/modules/jobs/jobs.tf:4"),
        ("module.jobs.module.inner[1].a_b.deep", "root/modules/jobs/inner/x.tf:3"),
        ("module.up.a_b.up", "shared/s.tofu:1"),
        ("module.remote.aws_kms_key.this[0]", "root/main.tf:28"),
        ("module.remote.module.deeper.aws_kms_key.this", "root/main.tf:28"),
        ("module.computed.a_b.c", "root/main.tf:31"),
        # Where the resource itself is not found, the module that has it is the next best place.
        ("module.jobs.a_b.generated", "root/main.tf:23"),
        ("module.jobs.module.unknown.a_b.c", "root/main.tf:23"),
    ],
)
def test_a_resource_stands_where_its_block_begins(find: Callable[[str], str | None], address: str, place: str) -> None:
    assert find(address) == place


@pytest.mark.parametrize(
    "address",
    [
        "aws_kms_key.commented",
        "aws_kms_key.slashed",
        "aws_kms_key.long",
        "aws_kms_key.in_heredoc",
        "aws_iam_role.r",
        "data.aws_kms_key.k",
        "module.nowhere.a_b.c",
        "module",
        "",
        "sagemaker:CreateJob my-job",
        "arn:aws:kms:us-west-2:111122223333:key/1 policy",
        'aws_kms_key.k["open',
    ],
)
def test_what_is_not_declared_stands_nowhere(find: Callable[[str], str | None], address: str) -> None:
    assert find(address) is None


def test_json_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "main.tf.json").write_text(
        '{"resource": [{"a_b": {"c": {},\n"d": [{}]}}],\n"module": {"m": {"source": "./m"}, "x": {"source": 7}},\n'
        '"data": {"a_b": {"e": {}}}, "variable": {"v": {}}}'
    )
    (tmp_path / "m").mkdir()
    (tmp_path / "m/broken.tf.json").write_text("{")
    (tmp_path / "m/main.tf.json").write_text('{\n"resource": {"a_b": {"c": {}}}}')
    tree = SourceTree(str(tmp_path))

    lines = {
        address: (found[0].removeprefix(f"{tmp_path}/"), found[1])
        for address in ("a_b.c", "a_b.d[0]", "data.a_b.e", "module.m.a_b.c", "module.x.a_b.c")
        if (found := tree.find(address))
    }

    assert lines == {
        "a_b.c": ("main.tf.json", 1),
        "a_b.d[0]": ("main.tf.json", 2),
        "data.a_b.e": ("main.tf.json", 4),
        "module.m.a_b.c": ("m/main.tf.json", 2),
        "module.x.a_b.c": ("main.tf.json", 3),
    }


def test_a_block_is_declared_where_nothing_overrides(tmp_path: Path) -> None:
    for name in ("a_override.tf", "override.tf.json", "z.tf"):
        (tmp_path / name).write_text(
            '{"resource": {"a_b": {"c": {}}}}' if name.endswith("json") else 'resource "a_b" "c" {}'
        )

    assert SourceTree(str(tmp_path)).find("a_b.c") == (f"{tmp_path}/z.tf", 1)


def test_what_can_not_be_read_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.tf").mkdir()
    (tmp_path / "b.tf").write_bytes(b'\xef\xbb\xbf# \xff\nresource "a_b" "c" {}')
    (tmp_path / "c.tf").write_text('module "m" { source = "./\x00" }')
    tree = SourceTree(str(tmp_path))

    assert tree.find("a_b.c") == (f"{tmp_path}/b.tf", 2)
    assert tree.find("module.m.a_b.c") == (f"{tmp_path}/c.tf", 1)
    assert SourceTree(str(tmp_path / "nowhere")).find("a_b.c") is None


@pytest.mark.parametrize(
    "text",
    ['"${' * 50_000, '"${"' * 50_000, "/*" * 200_000, "<<E\n" * 50_000, "{" * 200_000, 'resource "a" "b"' * 20_000],
)
def test_what_is_no_hcl_takes_neither_long_nor_much(tmp_path: Path, text: str) -> None:
    (tmp_path / "main.tf").write_text(text)
    started = time.monotonic()

    assert SourceTree(str(tmp_path)).find("a_b.c") is None
    assert time.monotonic() - started < 5
