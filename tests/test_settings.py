from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from sealgate import resources
from sealgate import settings as settings_file
from sealgate.context.settings import AwsSettings
from sealgate.engines import EngineSettings
from sealgate.errors import SettingsError
from sealgate.settings import Settings, TlsSettings, find, read_policy

POLICY: dict[str, Any] = {
    "enforcement": {"levels": {"required": "warn", "recommended": "off"}, "rules": {"SG-MTRL-002": "deny"}},
    "unverified": "deny",
    "require_customer_key": [{"operations": ["sagemaker:Create*"], "uses": ["output"]}, {}, {"uses": ["*"]}],
    "require_bucket_encryption": [{"operations": ["bedrock:*"], "uses": ["input", "output"]}, {"uses": ["*"]}],
    "approved_keys": ["arn:aws:kms:*:111122223333:key/*"],
    "approved_accounts": ["111122223333"],
    "approved_regions": ["us-west-2"],
    "sensitive_tags": {"DataClass": ["pii", "phi"]},
    "job_config_key_members": {"DataTransformation": [["OutputDataConfig", "KmsKeyArn"]]},
    "exceptions": [
        {"rule": "SG-MTRL-002", "subject": "sagemaker:CreateJob old-*", "reason": "moves", "expires": "2026-12-31"},
        {"rule": "SG-MTRL-004", "subject": "*", "reason": "moves", "expires": "2026-12-31T18:00:00Z"},
    ],
}
CONTEXT = {"partition": "aws", "region": "us-west-2", "account": "111122223333"}
SERVICE: dict[str, Any] = {
    "engine": {
        "kind": "opa",
        "timeout_s": 0.5,
        "memory_mib": 64,
        "opa_url": "https://opa.example:8181",
        "plan_timeout_s": 60,
        "plan_memory_mib": 1024,
    },
    "accept_context": False,
    "max_body_bytes": 2048,
    "max_batch": 7,
    "max_plan_bytes": 1_000_000,
    "max_review_bytes": 9_000_000,
    "admission": {"deadline_s": 10},
    "tls": {"certificate": "/tls/tls.crt", "key": "/tls/tls.key", "ca": "/tls/ca.crt", "client_ca": "/tls/client.crt"},
    "drain_s": 5,
    "gateway": {"original": "x-original", "caller_header": "X-Sealgate-Caller", "other_services": "refuse"},
    "log": {"level": "debug", "format": "text", "decisions": False, "key_arns": True, "usernames": True},
}


def written(folder: Path, content: str, name: str = "sealgate.yaml") -> Path:
    path = folder / name
    path.write_text(content)
    return path


def faults(folder: Path, content: str, **environ: str) -> list[str]:
    path = written(folder, content)
    with pytest.raises(SettingsError) as caught:
        Settings.load(path, environ)
    return [line.replace(f"{path}:", "") for line in str(caught.value).split("\n")]


class TestDefaults:
    def test_hold_where_nobody_set_anything(self) -> None:
        settings = Settings.load(None, {})
        assert settings == Settings()
        assert settings.policy == {}
        assert settings.context == {}
        assert settings.engine == EngineSettings()

    @pytest.mark.parametrize("content", ["", "# nothing\n", "{}", "---\n"])
    def test_hold_where_the_file_is_empty(self, tmp_path: Path, content: str) -> None:
        assert Settings.load(written(tmp_path, content), {}) == Settings()

    def test_of_the_service_are_those_of_the_schema(self) -> None:
        members = resources.schema("settings")["properties"]
        parts = resources.schema("settings")["$defs"]

        def default(part: str, name: str) -> Any:
            return parts[part]["properties"][name].get("default")

        settings = Settings()
        for name in ("accept_context", "max_body_bytes", "max_batch", "max_plan_bytes", "max_review_bytes", "drain_s"):
            assert members[name]["default"] == getattr(settings, name)
        for name in ("level", "format", "decisions", "key_arns", "usernames"):
            assert default("log", name) == getattr(settings, f"log_{name}")
        for name in ("original", "caller_header", "other_services"):
            assert default("gateway", name) == getattr(settings, f"gateway_{name}")
        assert default("admission", "deadline_s") == settings.admission_deadline_s
        names = ("kind", "timeout_s", "memory_mib", "plan_timeout_s", "plan_memory_mib", "opa_url", "cache_dir")
        for name in names:
            assert default("engine", name) == getattr(settings.engine, name)

    def test_of_the_policies_are_those_of_the_schema(self) -> None:
        schema = resources.schema("settings")
        defaults = resources.tables()["default_settings"]
        members = {
            name: {**(schema["$defs"][member["$ref"].removeprefix("#/$defs/")] if "$ref" in member else {}), **member}
            for name, member in schema["properties"].items()
        }
        for name in defaults.keys() - {"enforcement"}:
            assert members[name]["default"] == defaults[name]
        enforcement = members["enforcement"]["properties"]
        levels = {name: level["default"] for name, level in enforcement["levels"]["properties"].items()}
        assert {"levels": levels, "rules": enforcement["rules"]["default"]} == defaults["enforcement"]
        assert defaults.keys() == {*settings_file._POLICY, "context"}  # noqa: SLF001


class TestFile:
    @pytest.mark.parametrize("name", ["sealgate.yaml", "settings.json"])
    def test_holds_everything(self, tmp_path: Path, name: str) -> None:
        content = {**POLICY, **SERVICE, "context": CONTEXT}
        text = json.dumps(content) if name.endswith(".json") else yaml.safe_dump(content)
        settings = Settings.load(written(tmp_path, text, name), {})
        assert settings == Settings(
            policy=POLICY,
            context=CONTEXT,
            accept_context=False,
            engine=EngineSettings(
                kind="opa",
                timeout_s=0.5,
                memory_mib=64,
                plan_timeout_s=60,
                plan_memory_mib=1024,
                opa_url="https://opa.example:8181",
            ),
            max_body_bytes=2048,
            max_batch=7,
            max_plan_bytes=1_000_000,
            max_review_bytes=9_000_000,
            admission_deadline_s=10,
            tls=TlsSettings(
                certificate=Path("/tls/tls.crt"),
                key=Path("/tls/tls.key"),
                ca=Path("/tls/ca.crt"),
                client_ca=Path("/tls/client.crt"),
            ),
            drain_s=5,
            gateway_original="x-original",
            gateway_caller_header="X-Sealgate-Caller",
            gateway_other_services="refuse",
            log_level="debug",
            log_format="text",
            log_decisions=False,
            log_key_arns=True,
            log_usernames=True,
        )

    def test_gives_the_policies_exactly_what_it_says(self, tmp_path: Path) -> None:
        settings = Settings.load(written(tmp_path, "unverified: deny\nenforcement: {}\nmax_batch: 2\n"), {})
        assert settings.policy == {"unverified": "deny", "enforcement": {}}

    def test_may_hold_dates_with_and_without_quotes(self, tmp_path: Path) -> None:
        text = "exceptions: [{{rule: SG-MTRL-002, subject: '*', reason: r, expires: {}}}]"
        for date in ("2026-12-31", "'2026-12-31'", "2026-12-31T18:00:00Z", '"2026-12-31T18:00:00Z"'):
            settings = Settings.load(written(tmp_path, text.format(date)), {})
            assert settings.policy["exceptions"][0]["expires"] == date.strip("'\"")

    def test_that_can_not_be_read_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match=r"missing\.yaml: it can't be read: No such file or directory$"):
            Settings.load(tmp_path / "missing.yaml", {})
        assert faults(tmp_path, "a: 1\na: 2") == ['2:1: duplicate key "a"']
        with pytest.raises(SettingsError, match=r"sealgate\.yaml: settings are an object, and this is a list$"):
            Settings.load(written(tmp_path, "[]"), {})

    def test_with_several_faults_is_told_all_of_them_in_the_order_of_its_lines(self, tmp_path: Path) -> None:
        assert faults(
            tmp_path,
            "enforcment: {}\n"
            "unverified: maybe\n"
            "log:\n"
            "  levl: debug\n"
            "approved_accounts:\n"
            "  - 111122223333\n"
            "exceptions:\n"
            "  - {rule: SG-MTRL-002, subject: '*', reason: r}\n"
            "require_customer_key: [{uses: [ouput]}]\n",
        ) == [
            '1: unknown setting "enforcment" at /: did you mean "enforcement"?',
            '2: /unverified is "maybe", not one of warn, deny',
            '4: unknown setting "levl" at /log: did you mean "level"?',
            "6: /approved_accounts/0 is a number, not a string: put it in quotes",
            '8: "expires" is missing at /exceptions/0',
            '9: /require_customer_key/0/uses/0 is "ouput", which no operation has: did you mean "output"?',
        ]

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (
                "enforcement: {rules: {SG-MTRL-02: off}}",
                'unknown rule "SG-MTRL-02" at /enforcement/rules/SG-MTRL-02: did you mean',
            ),
            (
                "enforcement: {rules: {SG-MTRL-002: deni}}",
                '/enforcement/rules/SG-MTRL-002 is "deni", not one of deny, warn, off',
            ),
            ("enforcement: {levels: {option: deny}}", 'unknown setting "option" at /enforcement/levels'),
            (
                "enforcement: {rules: {SG-KEY-001: off}}",
                "/enforcement/rules/SG-KEY-001: SG-KEY-001 says that a request can't be read, and always denies it",
            ),
            (
                "enforcement: {rules: {SG-KEY-001: warn}}",
                "/enforcement/rules/SG-KEY-001: SG-KEY-001 says that a request can't be read, and always denies it",
            ),
            (
                "exceptions: [{rule: SG-MTRL-027, subject: '*', reason: r, expires: 2026-12-31}]",
                "/exceptions/0/rule: SG-MTRL-027 says that a request can't be read, and always denies it",
            ),
            (
                "exceptions: [{rule: SG-MTRL-999, subject: '*', reason: r, expires: 2026-12-31}]",
                'unknown rule "SG-MTRL-999" at /exceptions/0/rule',
            ),
            (
                "exceptions: [{rule: SG-MTRL-002, subject: '*', reason: r, expires: 2026-02-30}]",
                '/exceptions/0/expires is "2026-02-30", and there is no such day or time',
            ),
            (
                "exceptions: [{rule: SG-MTRL-002, subject: '*', reason: r, expires: 31.12.2026}]",
                '/exceptions/0/expires is "31.12.2026", which is not a day (2026-12-31) or a moment in UTC',
            ),
            (
                "exceptions: [{rule: SG-MTRL-002, subject: '', reason: r, expires: 2026-12-31}]",
                "/exceptions/0/subject is an empty string",
            ),
            ("approved_keys: ['*']", '/approved_keys/0 is "*", which is not a pattern of key ARNs with all six parts'),
            ("approved_keys: arn:aws:kms:*:*:key/*", "/approved_keys is a string, not a list"),
            ("approved_regions: [us-west-2a]", '/approved_regions/0 is "us-west-2a", which is not a Region'),
            ("require_customer_key: [{operations: []}]", "/require_customer_key/0/operations is an empty list"),
            (
                "require_customer_key: [{operations: ['sagemaker:CreateJobs']}]",
                '/require_customer_key/0/operations/0 is "sagemaker:CreateJobs", which matches no operation with ',
            ),
            (
                "require_customer_key: [{operations: ['s3:*']}]",
                '/require_customer_key/0/operations/0 is "s3:*", which matches no operation with a key',
            ),
            (
                "require_customer_key: [{uses: [zzz]}]",
                '/require_customer_key/0/uses/0 is "zzz", which no operation has: there are async_output, ',
            ),
            (
                "require_bucket_encryption: [{operations: ['bedrock:createmodel*']}]",
                '/require_bucket_encryption/0/operations/0 is "bedrock:createmodel*", which matches no operation with',
            ),
            (
                "require_bucket_encryption: [{uses: [inputs]}]",
                '/require_bucket_encryption/0/uses/0 is "inputs", which no operation has: did you mean "input"?',
            ),
            (
                "require_bucket_encryption: [{uses: [volume]}]",
                '/require_bucket_encryption/0/uses/0 is "volume", which no operation has: there are input, output',
            ),
            ("sensitive_tags: {a: []}", "/sensitive_tags/a is an empty list"),
            (
                "job_config_key_members: {DataTransformation: [[a, 7]]}",
                "/job_config_key_members/DataTransformation/0/1 is a number",
            ),
            ("context: {region: us-west-2, keys: {}}", 'unknown setting "keys" at /context'),
            ("engine: {opa_token: secret}", 'unknown setting "opa_token" at /engine: did you mean "opa_token_file"?'),
            ("engine: {opa_url: opa:8181}", '/engine/opa_url is "opa:8181", which is not the address of an OPA server'),
            ("engine: {timeout_s: 0}", "/engine/timeout_s is 0, and must be more than 0"),
            ("engine: {memory_mib: 4096}", "/engine/memory_mib is 4096, and must be at most 2047"),
            ("engine: {memory_mib: 64.0}", "/engine/memory_mib is a number, not an integer"),
            ("engine: 7", "/engine is a number, not an object"),
            ("tls: {certificate: tls.crt}", '"key" is missing at /tls'),
            ("admission: {deadline_s: 60}", "/admission/deadline_s is 60, and must be at most 30"),
            ("drain_s: -1", "/drain_s is -1, and must be at least 0"),
            (
                "gateway: {other_services: passes}",
                '/gateway/other_services is "passes", not one of pass, refuse: did you mean "pass"?',
            ),
            (
                "gateway: {caller_header: 'X Caller'}",
                '/gateway/caller_header is "X Caller", which is not the name of a header, such as X-Sealgate-Caller',
            ),
            ("max_body_bytes: 1", "/max_body_bytes is 1, and must be at least 1024"),
            ("log: {level: verbose}", '/log/level is "verbose", not one of debug, info, warning, error'),
        ],
    )
    def test_that_is_wrong_is_told_how(self, tmp_path: Path, content: str, message: str) -> None:
        told = faults(tmp_path, content)
        assert len(told) == 1
        assert told[0].startswith(f"1: {message}")

    def test_in_json_is_told_without_lines(self, tmp_path: Path) -> None:
        path = written(tmp_path, '{"max_batch": 0}', "settings.json")
        with pytest.raises(SettingsError) as caught:
            Settings.load(path, {})
        assert str(caught.value) == f"{path}: /max_batch is 0, and must be at least 1"

    def test_may_deny_what_is_always_denied(self, tmp_path: Path) -> None:
        settings = Settings.load(written(tmp_path, "enforcement: {rules: {SG-KEY-001: deny}}"), {})
        assert settings.policy == {"enforcement": {"rules": {"SG-KEY-001": "deny"}}}

    def test_is_held_against_the_catalogue_only_when_the_policies_are_compiled(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(resources, "compiled", lambda name: tmp_path / name)
        content = "enforcement: {rules: {SG-NEW-001: off}}\nrequire_customer_key: [{uses: [new]}]\n"
        assert Settings.load(written(tmp_path, content), {}).policy["enforcement"] == {"rules": {"SG-NEW-001": "off"}}

    def test_without_a_catalogue_in_the_policies_knows_no_rule(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(resources, "rules", list)
        assert faults(tmp_path, "enforcement: {rules: {SG-MTRL-002: off}}") == [
            '1: unknown rule "SG-MTRL-002" at /enforcement/rules/SG-MTRL-002'
        ]

    def test_names_its_files_from_its_own_folder(self, tmp_path: Path) -> None:
        written(tmp_path, "s3cret\n", "token")
        path = written(tmp_path, "engine: {opa_token_file: token, cache_dir: cache}")
        engine = Settings.load(path, {}).engine
        assert engine.opa_token == "s3cret"  # noqa: S105 an example
        assert engine.cache_dir == tmp_path / "cache"
        absolute = written(tmp_path, f"engine: {{opa_token_file: {tmp_path}/token, cache_dir: /tmp/c}}", "other.yaml")
        assert Settings.load(absolute, {}).engine.cache_dir == Path("/tmp/c")  # noqa: S108 an example

    def test_names_the_home_folder_as_people_do(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", "/home/me")
        path = written(tmp_path, "engine: {cache_dir: ~/cache}")
        assert Settings.load(path, {}).engine.cache_dir == Path("/home/me/cache")

    @pytest.mark.parametrize(
        ("token", "message"),
        [
            (None, "can't be read: No such file"),
            (b"\xff", "can't be read: it is no ASCII"),
            (b" \n", "holds no token"),
            (b"a b", "holds no token"),
        ],
    )
    def test_that_names_no_usable_token_is_refused(self, tmp_path: Path, token: bytes | None, message: str) -> None:
        if token is not None:
            (tmp_path / "token").write_bytes(token)
        path = written(tmp_path, "engine: {opa_token_file: token}")
        with pytest.raises(SettingsError, match=r"^engine\.opa_token_file .*/token " + message):
            Settings.load(path, {})


class TestEnvironment:
    def test_overrides_the_service_s_part_of_the_file(self, tmp_path: Path) -> None:
        written(tmp_path, "s3cret", "token")
        path = written(tmp_path, yaml.safe_dump({**SERVICE, "unverified": "deny"}))
        settings = Settings.load(
            path,
            {
                "SEALGATE_ENGINE_KIND": "embedded",
                "SEALGATE_ENGINE_TIMEOUT_S": "1.5",
                "SEALGATE_ENGINE_MEMORY_MIB": "128",
                "SEALGATE_ENGINE_PLAN_TIMEOUT_S": "0.5",
                "SEALGATE_ENGINE_PLAN_MEMORY_MIB": "256",
                "SEALGATE_MAX_PLAN_BYTES": "2048",
                "SEALGATE_ENGINE_CACHE_DIR": "123",
                "SEALGATE_ENGINE_OPA_URL": "unix:///run/opa.sock",
                "SEALGATE_ENGINE_OPA_TOKEN_FILE": str(tmp_path / "token"),
                "SEALGATE_ACCEPT_CONTEXT": "True",
                "SEALGATE_MAX_BODY_BYTES": "4096",
                "SEALGATE_MAX_BATCH": "3",
                "SEALGATE_MAX_REVIEW_BYTES": "8192",
                "SEALGATE_ADMISSION_DEADLINE_S": "2.5",
                "SEALGATE_TLS_CERTIFICATE": "tls.crt",
                "SEALGATE_TLS_KEY": "tls.key",
                "SEALGATE_TLS_CA": "ca.crt",
                "SEALGATE_TLS_CLIENT_CA": "client.crt",
                "SEALGATE_DRAIN_S": "0.5",
                "SEALGATE_GATEWAY_ORIGINAL": "x-forwarded",
                "SEALGATE_GATEWAY_CALLER_HEADER": "X-Caller",
                "SEALGATE_GATEWAY_OTHER_SERVICES": "pass",
                "SEALGATE_LOG_LEVEL": "error",
                "SEALGATE_LOG_FORMAT": "json",
                "SEALGATE_LOG_DECISIONS": "true",
                "SEALGATE_LOG_KEY_ARNS": "false",
                "SEALGATE_LOG_USERNAMES": "false",
            },
        )
        assert settings == Settings(
            policy={"unverified": "deny"},
            engine=EngineSettings(
                timeout_s=1.5,
                memory_mib=128,
                plan_timeout_s=0.5,
                plan_memory_mib=256,
                cache_dir=Path("123"),
                opa_url="unix:///run/opa.sock",
                opa_token="s3cret",  # noqa: S106 an example
            ),
            max_body_bytes=4096,
            max_batch=3,
            max_plan_bytes=2048,
            max_review_bytes=8192,
            admission_deadline_s=2.5,
            tls=TlsSettings(
                certificate=Path("tls.crt"), key=Path("tls.key"), ca=Path("ca.crt"), client_ca=Path("client.crt")
            ),
            drain_s=0.5,
            gateway_original="x-forwarded",
            gateway_caller_header="X-Caller",
            gateway_other_services="pass",
            log_level="error",
            accept_context=True,
        )

    def test_names_its_files_from_the_working_directory(self, tmp_path: Path) -> None:
        path = written(tmp_path, "tls: {certificate: tls.crt, key: tls.key}")
        settings = Settings.load(path, {"SEALGATE_TLS_KEY": "other.key"})
        assert settings.tls == TlsSettings(certificate=tmp_path / "tls.crt", key=Path("other.key"))

    def test_that_is_half_of_something_is_told(self) -> None:
        with pytest.raises(SettingsError, match=r'^the environment: "key" is missing at /tls$'):
            Settings.load(None, {"SEALGATE_TLS_CERTIFICATE": "tls.crt"})

    def test_is_enough_without_a_file(self) -> None:
        settings = Settings.load(None, {"SEALGATE_ENGINE_TIMEOUT_S": "3", "SEALGATE_ACCEPT_CONTEXT": "false"})
        assert settings == dataclasses.replace(Settings(), accept_context=False, engine=EngineSettings(timeout_s=3))

    def test_that_is_empty_or_someone_else_s_says_nothing(self) -> None:
        environ = {
            "SEALGATE_MAX_BATCH": "",
            "SEALGATE_SERVICE_HOST": "10.0.0.1",
            "SEALGATE_PORT_443_TCP": "tcp://10.0.0.1:443",
            "SEALGATE_ENGINE_PORT": "tcp://10.0.0.1:8181",
            "SEALGATE_ENGINE_SERVICE_PORT_HTTP": "8181",
            "SEALGATE_SETTINGS": "sealgate.yaml",
            "HOME": "/home/me",
        }
        assert Settings.load(None, environ) == Settings()

    @pytest.mark.parametrize(
        ("name", "value", "message"),
        [
            ("SEALGATE_MAX_BATCH", "many", "/max_batch is a string, not an integer"),
            ("SEALGATE_MAX_BATCH", "1.5", "/max_batch is a number, not an integer"),
            ("SEALGATE_MAX_BATCH", "-1", "/max_batch is -1, and must be at least 1"),
            ("SEALGATE_MAX_BATCH", "9" * 5000, "/max_batch is a string, not an integer"),
            ("SEALGATE_ACCEPT_CONTEXT", "1", "/accept_context is a string, not a boolean"),
            ("SEALGATE_ENGINE_KIND", "opas", '/engine/kind is "opas", not one of embedded, opa: did you mean "opa"?'),
            ("SEALGATE_ENGINE_TIMEOUT_S", "nan", "/engine/timeout_s is a string, not a number"),
        ],
    )
    def test_that_is_wrong_is_told_by_the_variable_s_name(self, name: str, value: str, message: str) -> None:
        with pytest.raises(SettingsError) as caught:
            Settings.load(None, {name: value})
        assert str(caught.value) == f"{name}: {message}"

    def test_that_is_nearly_right_is_told_what_was_meant(self) -> None:
        for name in ("SEALGATE_LOGLEVEL", "SEALGATE_ENGINE_TIMEOUT"):
            with pytest.raises(SettingsError, match=rf"^{name}: unknown variable: did you mean"):
                Settings.load(None, {name: "x"})

    def test_does_not_hide_what_is_wrong_with_the_file(self, tmp_path: Path) -> None:
        told = faults(tmp_path, "engine: 7\nmax_batch: 0\n", SEALGATE_ENGINE_KIND="opa", SEALGATE_MAX_BATCH="0")
        assert sorted(told) == [
            "1: /engine is a number, not an object",
            "SEALGATE_MAX_BATCH: /max_batch is 0, and must be at least 1",
        ]


class TestFind:
    def test_takes_the_nearest_file_above(self, tmp_path: Path) -> None:
        deep = tmp_path / "a" / "b"
        deep.mkdir(parents=True)
        assert find(deep) != written(tmp_path / "a", "")  # not there before
        assert find(deep) == tmp_path / "a" / "sealgate.yaml"
        assert find(deep) != written(deep, "").parent
        assert find(deep) == deep / "sealgate.yaml"

    def test_takes_no_folder_of_that_name(self, tmp_path: Path) -> None:
        (tmp_path / "a" / "sealgate.yaml").mkdir(parents=True)
        path = written(tmp_path, "")
        assert find(tmp_path / "a") == path

    def test_finds_nothing_where_there_is_nothing(self) -> None:
        assert find(Path("/")) is None


class TestPolicyOfAnInput:
    def test_is_read_with_its_context(self) -> None:
        content = {**POLICY, "context": CONTEXT}
        assert read_policy(content) == content
        assert read_policy({}) == {}

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ([], "settings are an object, and this is a list"),
            ({"engine": {}, "max_batch": 2}, '"engine" is the service\'s own; "max_batch" is the service\'s own'),
            ({"unverified": "off"}, '/unverified is "off", not one of warn, deny'),
            (
                {"enforcement": {"rules": {"SG-KEY-001": "off"}}},
                "/enforcement/rules/SG-KEY-001: SG-KEY-001 says that a request can't be read, and always denies it",
            ),
        ],
    )
    def test_that_is_wrong_is_told_how(self, value: object, message: str) -> None:
        with pytest.raises(SettingsError) as caught:
            read_policy(value)
        assert str(caught.value) == message


def test_without_a_file_nothing_slow_is_imported() -> None:
    program = (
        "import os, sys; from sealgate.settings import Settings; Settings.load(None, {}); "
        "print([name for name in ('jsonschema', 'yaml', 'wasmtime', 'flask', 'urllib3') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[1] / "webhook",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


class TestAws:
    def test_nothing_is_asked_unless_somebody_says_so(self) -> None:
        assert not Settings.load(None, {}).aws.enabled

    def test_the_file_says_how_aws_is_asked_and_the_rest_is_context(self, tmp_path: Path) -> None:
        file = tmp_path / "sealgate.yaml"
        file.write_text(
            "context:\n"
            "  region: us-west-2\n"
            "  aws:\n"
            "    enabled: true\n"
            "    ttl_s: {policies: 5}\n"
            "    objects: ['s3://my-bucket/*']\n"
            "    roles: [{account: '4444*', role_arn: 'arn:aws:iam::{account}:role/Reader', external_id: sealgate}]\n",
            encoding="utf-8",
        )
        settings = Settings.load(file, {})
        assert settings.context == {"region": "us-west-2"}
        assert (settings.aws.enabled, settings.aws.ttl_s["policies"], settings.aws.ttl_s["keys"]) == (True, 5, 60)
        assert settings.aws.objects == ("s3://my-bucket/*",)
        assert settings.aws.reader("444455556666") == ("arn:aws:iam::444455556666:role/Reader", "sealgate")
        assert settings.aws.reader("111122223333") is None

    def test_the_environment_turns_it_on(self) -> None:
        variables = {"SEALGATE_CONTEXT_AWS_ENABLED": "true", "SEALGATE_CONTEXT_AWS_DEADLINE_S": "0.5"}
        settings = Settings.load(None, variables)
        assert (settings.aws.enabled, settings.aws.deadline_s, settings.context) == (True, 0.5, {})

    @pytest.mark.parametrize(
        "text",
        [
            "enabled: 1",
            "deadline_s: 0",
            "ttl_s: {policy: 5}",
            "roles: [{account: x, role_arn: 'arn:aws:iam::111122223333:role/Reader'}]",
            "roles: [{account: '*', role_arn: 'arn:aws:iam::{region}:role/Reader'}]",
            "roles: [{account: '*'}]",
            "objects: [my-bucket]",
        ],
    )
    def test_what_cannot_be_used_is_told(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "sealgate.yaml"
        file.write_text(f"context: {{aws: {{{text}}}}}", encoding="utf-8")
        with pytest.raises(SettingsError, match="/context/aws"):
            Settings.load(file, {})

    def test_no_input_brings_it_along(self) -> None:
        with pytest.raises(SettingsError, match=r"\"context\.aws\" is the service's own"):
            read_policy({"context": {"region": "us-west-2", "aws": {"enabled": True}}})
        assert read_policy({"context": {"region": "us-west-2"}}) == {"context": {"region": "us-west-2"}}

    def test_its_defaults_are_those_of_the_schema(self) -> None:
        members = resources.schema("settings")["$defs"]["aws"]["properties"]
        settings = AwsSettings()
        for name in ("enabled", "deadline_s", "max_concurrency", "max_entries"):
            assert getattr(settings, name) == members[name]["default"]
        kinds = members["ttl_s"]["properties"]
        assert settings.ttl_s == {kind: member["default"] for kind, member in kinds.items()}
