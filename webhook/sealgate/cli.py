"""The command line. A check is answered in a fraction of a second."""

# ruff: noqa: PLC0415 large libraries are imported where they are used, since no check may wait for them

from __future__ import annotations

import dataclasses
import json
import logging.config
import os
import shutil
import socket
import sys
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias, TypeVar

import click

from sealgate import __version__, baseline, checks, decisions, engines, logs, questions, resources
from sealgate import settings as settings_file
from sealgate.context import file as context_file
from sealgate.context import sources
from sealgate.context.sources import Knowledge
from sealgate.errors import EngineError, SealgateError, UnreadableInputError
from sealgate.progress import Progress
from sealgate.reading import files, inputs, policies, streams
from sealgate.reports import (
    Report,
    Result,
    catalogue,
    explanation,
    exposure,
    generated_policy,
    operations,
    outputs,
)
from sealgate.reports.text import Page, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from sealgate.context.aws import AwsContext
    from sealgate.engines import Engine
    from sealgate.reading.places import Path as Place
    from sealgate.reading.terraform_source import SourceTree
    from sealgate.settings import Settings, TlsSettings

Output: TypeAlias = Literal["table", "json"]
Answer = TypeVar("Answer")
_Command: TypeAlias = "Callable[..., Any]"

ALLOWED, DENIED, UNREADABLE, UNDECIDED = 0, 1, 2, 3
_INTERRUPTED = 130
_AWS = "aws"

_EXIT_CODES = """
\b
Exit codes; of several inputs the highest counts:
  0  allowed
  1  denied
  2  unreadable input, or wrong usage
  3  no decision
"""

_CHECK_EPILOGUE = (
    _EXIT_CODES
    + """
\b
What is shown as allowed or denied is the engine's verdict. Two options make the exit code another:
  --baseline  what the baseline holds is shown and no 1 any more. Unreadable input, no decision,
              and rules that say that an input can't be read count as ever.
  --strict    every finding is a 1: a denial, a warning, advice, and what could not be verified,
              which is denied (unverified: deny). Notes and what the baseline holds are not.
"""
)

_ANSWER_EXIT_CODES = """
\b
Exit codes:
  0  answered
  2  unreadable input, or wrong usage
  3  no answer
"""
_EXPLAIN_EXIT_CODES = _ANSWER_EXIT_CODES.replace("  2", "  1  answered, and a call is denied\n  2")


def _options(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    """Return the options as one decorator: --help lists them in this order."""

    def decorate(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_request_options = _options(
    click.option("--operation", metavar="SERVICE:NAME", help="The operation of bare parameters: sagemaker:CreateJob."),
    click.option(
        "--context",
        "context_path",
        metavar="aws|FILE",
        help="What AWS knows: asked of AWS with the credentials of this shell, or a file (JSON or YAML).",
    ),
    click.option("--no-cache", "no_cache", flag_value="yes", help="Ask AWS anew for each input."),
    click.option("--region", help="The Region of the requests."),
    click.option("--account", help="The account of the requests."),
    click.option("--partition", help="The partition of the requests."),
)
_engine_options = _options(
    click.option(
        "--settings",
        "settings_path",
        metavar="FILE",
        help="Settings; without it the nearest sealgate.yaml, from the working directory upwards.",
    ),
    click.option(
        "--engine", "engine_kind", type=click.Choice(["embedded", "opa"]), help="Where the policies are evaluated."
    ),
    click.option("--opa-url", metavar="URL", help="The OPA server, for --engine opa."),
)
_output_option = click.option(
    "--output", type=click.Choice(["table", "json"]), default="table", show_default=True, help="For people or programs."
)


class _OutputType(click.ParamType[outputs.Output]):
    """`FORMAT` or `FORMAT=FILE`."""

    name = "output"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> outputs.Output:
        """Return what is asked for, or fail with what is wrong with it."""
        try:
            return outputs.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


_report_options = _options(
    click.option(
        "--output",
        "chosen",
        type=_OutputType(),
        multiple=True,
        default=("table",),
        show_default="table",
        metavar="FORMAT[=FILE]",
        help=f"One of {', '.join(outputs.FORMATS)}; several times for several, of which one goes without a file.",
    ),
    click.option(
        "--source",
        "source_folder",
        metavar="DIR",
        type=click.Path(exists=True, file_okay=False),
        help="The Terraform root module of a plan: findings then name the file and line of the resource.",
    ),
    click.option(
        "--baseline", "baseline_path", metavar="FILE", help="Fail only on findings that are not in this baseline."
    ),
    click.option(
        "--write-baseline",
        "new_baseline_path",
        metavar="FILE",
        help="Write the findings of this run to a baseline, and accept them.",
    ),
    click.option("--strict", is_flag=True, help="Fail on every finding; what can't be verified is denied."),
)


def main() -> NoReturn:
    """Run the command line and exit. Whatever goes wrong is said in a line on standard error, never by a traceback."""
    try:
        code = cli.main(prog_name="sealgate", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        code = UNREADABLE
    except click.ClickException as error:
        _complain(error.message)
        code = UNREADABLE
    except click.Abort:
        code = _INTERRUPTED
    except SealgateError as error:
        for line in str(error).splitlines():
            _complain(line)
        code = UNDECIDED if isinstance(error, EngineError) else UNREADABLE
    except Exception as error:  # noqa: BLE001 a bug is no verdict either: Python's own exit code would be that of a denial
        _complain(f"internal error, no decision: {type(error).__name__}: {error}")
        code = UNDECIDED
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s", prog_name="sealgate")
def cli() -> None:
    """Say whether a job will work with its KMS key, whether it may, and who else could use the key through it."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that can't show a character must not turn a verdict into a failure.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


@cli.command(epilog=_CHECK_EPILOGUE)
@click.argument("sources", metavar="FILE...", nargs=-1, required=True)
@_request_options
@_engine_options
@_report_options
@click.option("--now", metavar="TIME", help="The time to decide at (RFC 3339), to try when exceptions expire.")
@click.pass_context
def check(  # noqa: PLR0913 - each is an option of its own
    ctx: click.Context,
    /,
    *,
    sources: tuple[str, ...],
    chosen: tuple[outputs.Output, ...],
    source_folder: str | None,
    baseline_path: str | None,
    new_baseline_path: str | None,
    strict: bool,
    **options: str | None,
) -> None:
    """Check requests that are about to be made.

    FILE is a request as {service, operation, parameters}, its bare parameters with --operation, an input of the
    AWS CLI's --cli-input-json or -yaml, a Terraform plan as `terraform show -json` prints it, Kubernetes manifests, an
    AdmissionReview, or a whole input document. A folder stands for the files in it, - for standard input.
    """
    if [*sources, options["context_path"]].count(streams.STANDARD_INPUT) > 1:
        raise click.UsageError("standard input (-) can be read once")
    try:
        outputs.refuse_clashes(chosen)
    except ValueError as error:
        raise click.UsageError(f"--output: {error}") from error
    if baseline_path is not None and new_baseline_path is not None:
        raise click.UsageError("--baseline holds the findings against one, --write-baseline writes another: say which")
    case = _Case.read(options)
    paths = files.expand_paths(sources)
    this = checks.Check(
        strict=strict,
        tree=_tree(source_folder),
        baseline=None if baseline_path is None else baseline.Baseline.load(baseline_path),
        accepts_all=new_baseline_path is not None,
    )
    results = list(_results(paths, sources, case, this))
    if not results:
        raise UnreadableInputError("nothing was checked: every file was skipped", source=", ".join(sources))
    if new_baseline_path is not None:
        _write_baseline(new_baseline_path, results, case.now)
    exit_code = max(_exit_code(result, strict=strict) for result in results)
    report = Report(
        results=results,
        now=case.now,
        strict=strict,
        baseline=this.comparison(results, new_baseline_path),
        exit_code=exit_code,
    )
    _print(report, chosen)
    ctx.exit(exit_code)


@cli.command(epilog=_EXPLAIN_EXIT_CODES)
@click.argument("source", metavar="REQUEST")
@_request_options
@_engine_options
@_output_option
@click.pass_context
def explain(ctx: click.Context, /, source: str, output: Output, **options: str | None) -> None:
    """Show every KMS call that the job of REQUEST makes: who calls what, and which statement allows or denies it."""
    case = _Case.read(options)
    answer = _answered(case, lambda engine: questions.explain(engine, _document(source, case)), source)
    click.echo(explanation.as_json(answer) if output == "json" else explanation.render(answer, _page()))
    ctx.exit(DENIED if any(call["decision"] == "denied" for call in answer["calls"]) else ALLOWED)


@cli.command(epilog=_ANSWER_EXIT_CODES)
@click.argument("source", metavar="REQUEST")
@_request_options
@click.option("--for-any-job", is_flag=True, help="Allow every job of the category, not this one alone.")
@click.option("--minimal-conditions", is_flag=True, help="Leave out the conditions that are advised, not needed.")
@click.option(
    "--merge", metavar="POLICY", help="A key policy to complete: only what it lacks is added, shown as a diff."
)
@click.option("--key", metavar="ARN", help="Whose policy that is, where the job uses several keys.")
@_engine_options
@_output_option
def policy(  # noqa: PLR0913 - each is an option of its own
    *,
    source: str,
    for_any_job: bool,
    minimal_conditions: bool,
    merge: str | None,
    key: str | None,
    output: Output,
    **options: str | None,
) -> None:
    """Write the smallest policies with which every KMS call of the job of REQUEST is allowed.

    They are put in the place of the context's policies, and every call is evaluated again before they are shown.
    """
    if key is not None and merge is None:
        raise click.UsageError("--key says whose the policy of --merge is")
    case = _Case.read(options)
    question: questions.Question = {"for_any_job": for_any_job, "minimal_conditions": minimal_conditions}
    given = None if merge is None else policies.read_file(merge)
    if given is not None:
        question["merge"] = given
    if key is not None:
        question["key"] = key
    answer = _answered(case, lambda engine: questions.generate(engine, _document(source, case), question), source)
    shown = generated_policy.render(answer, _page(), given=given)
    click.echo(generated_policy.as_json(answer) if output == "json" else shown)


@cli.command("exposure", epilog=_ANSWER_EXIT_CODES)
@click.argument("key", metavar="KEY")
@click.option(
    "--context",
    "context_path",
    metavar="aws|FILE",
    required=True,
    help="What AWS knows of the key's policy and grants: asked of AWS, or a file.",
)
@click.option("--before", metavar="POLICY", help="Another key policy: who has gained since, and who has lost.")
@_engine_options
@_output_option
def show_exposure(key: str, before: str | None, output: Output, **options: str | None) -> None:
    """Show who can use the key with the ARN KEY, for what, by what and under which conditions, the widest first."""
    case = _Case.read({**dict.fromkeys(("operation", "region", "account", "partition", "now")), **options})
    question: questions.Question = {"key": key}
    if before is not None:
        question["before"] = policies.read_file(before)
    context = case.context_of_key(key)
    answer = _answered(case, lambda engine: questions.expose(engine, context, question), None)
    shown = exposure.render(answer, _page(), compared=before is not None)
    click.echo(exposure.as_json(answer) if output == "json" else shown)


@cli.command("context", epilog=_ANSWER_EXIT_CODES)
@click.argument("source", metavar="[REQUEST]", required=False)
@_request_options
@click.option("--mask", is_flag=True, help="Replace account ids and names, each everywhere by the same.")
@click.option("--with-request", is_flag=True, help="Print the whole input document: the request and its context.")
@click.option("--print-policy", is_flag=True, help="Print the IAM policy that asking AWS takes, and ask nothing.")
@click.option("--terraform", is_flag=True, help="Print that policy as a data source of Terraform.")
@_engine_options
def show_context(
    *,
    source: str | None,
    mask: bool,
    with_request: bool,
    print_policy: bool,
    terraform: bool,
    **options: str | None,
) -> None:
    """Print what AWS knows about what REQUEST names, as --context takes it.

    AWS is asked with the credentials of this shell, unless --context names a file. What could not be had is told under
    `unavailable`, with the permission that was missing.
    """
    if print_policy or terraform:
        from sealgate.context import permissions

        document = permissions.policy(_settings(options).aws, options["partition"] or "aws")
        click.echo(permissions.terraform(document) if terraform else json.dumps(document, indent=2))
        return
    if source is None:
        raise click.UsageError("REQUEST is missing: what it names is asked about")
    case = _Case.read({**options, "context_path": options["context_path"] or _AWS})
    document = _document(source, case)
    shown = {name: document[name] for name in ("subject", "context")} if with_request else document["context"]
    if mask:
        from sealgate.context.mask import masked

        shown = masked(shown)
    click.echo(json.dumps(shown, indent=2, sort_keys=True))


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free one.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads a process.")
@_options(
    click.option("--tls-cert", metavar="FILE", help="The service's certificate, with those between it and its CA."),
    click.option("--tls-key", metavar="FILE", help="Its private key."),
    click.option("--tls-ca", metavar="FILE", help="The CA that issued it: the metrics tell when it expires."),
    click.option("--client-ca", metavar="FILE", help="The CAs of clients, who must then show a certificate."),
    click.option(
        "--drain-seconds",
        type=click.FloatRange(0, 300),
        help="How long it goes on after SIGTERM, without being ready.",
    ),
)
@_engine_options
def serve(  # noqa: PLR0913 - each is an option of its own
    *,
    host: str,
    port: int,
    workers: int,
    threads: int,
    drain_seconds: float | None,
    tls_cert: str | None,
    tls_key: str | None,
    tls_ca: str | None,
    client_ca: str | None,
    **options: str | None,
) -> None:
    """Serve the HTTP API until stopped; over TLS where there is a certificate."""
    settings = _settings(options)
    tls = {"certificate": tls_cert, "key": tls_key, "ca": tls_ca, "client_ca": client_ca}
    settings = dataclasses.replace(
        settings,
        tls=_tls(settings.tls, {name: Path(given) for name, given in tls.items() if given}),
        drain_s=settings.drain_s if drain_seconds is None else drain_seconds,
    )
    logging.config.dictConfig(logs.configuration(settings.log_level, settings.log_format))
    _refuse_dead_engine(settings)
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise click.ClickException(f"can't listen on {host}:{port}: {error.strerror or error}") from error
    with listener:
        _serve(settings, listener, workers=workers, threads=threads)


@cli.command()
@click.argument("rule_id", metavar="[ID]", required=False)
@_output_option
def rules(rule_id: str | None, output: Output) -> None:
    """List the rules, or explain the one with this ID."""
    every = resources.rules()
    if rule_id is None:
        click.echo(catalogue.as_json({"rules": every}) if output == "json" else catalogue.listed(every, _page()))
        return
    by_id = {rule["id"]: rule for rule in every}
    rule = by_id.get(rule_id.upper())
    if rule is None:
        close = get_close_matches(rule_id.upper(), by_id, n=1, cutoff=0.5)
        hint = f"did you mean {close[0]}?" if close else "`sealgate rules` lists them"
        raise click.ClickException(f"there is no rule {rule_id}: {hint}")
    click.echo(catalogue.as_json(rule) if output == "json" else catalogue.explained(rule, _page()))


@cli.command("operations")
@click.argument("name", metavar="[SERVICE[:OPERATION]]", required=False)
@_output_option
def list_operations(name: str | None, output: Output) -> None:
    """List the operations that name KMS keys, with their key members: all of them, a service's, or one."""
    every = operations.described(resources.operations(), resources.tables()["key_kinds"])
    chosen = [one for one in every if name is None or name.lower() in (one["operation"].lower(), one["service"])]
    if name is not None and not chosen:
        names = {known.lower(): known for one in every for known in (one["operation"], one["service"])}
        close = get_close_matches(name.lower(), names, n=1, cutoff=0.5)
        hint = f"did you mean {names[close[0]]}?" if close else "`sealgate operations` lists them."
        raise click.UsageError(f"there is no operation {name} with a KMS key: {hint}")
    click.echo(operations.as_json(chosen) if output == "json" else operations.listed(chosen, _page()))


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Case:
    """What holds for all inputs of one check."""

    settings: Settings
    settings_path: Path | None
    said: Mapping[str, Any]
    """What the command line's own options say of the context."""
    context: Mapping[str, Any]
    """What the file that they name says of it."""
    aws: AwsContext | None
    """What asks AWS, where the options say so."""
    operation: str | None
    now: datetime

    @classmethod
    def read(cls, options: Mapping[str, str | None]) -> _Case:
        """Read what the options say and what they name."""
        said = {name: options[name] for name in ("region", "account", "partition") if options[name]}
        settings = _settings(options)
        path = options["context_path"]
        aws = settings.aws.without_cache() if options.get("no_cache") else settings.aws
        return cls(
            settings=settings,
            settings_path=_settings_path(options),
            said=context_file.read(said, source="the command line") if said else {},
            context=context_file.load(path) if path and path != _AWS else {},
            aws=sources.of_aws(aws) if path == _AWS else None,
            operation=options["operation"],
            now=_time(options.get("now")),
        )

    def context_with(self, subject: Mapping[str, Any], of_input: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the whole context of an input.

        The options come first, then AWS or the file that they name, the input and the settings. All of it is the user's
        own, and AWS is asked as the user.
        """
        known, _ = context_file.merge(self.context, self.said, of_input)
        known, _ = context_file.merge(known, {}, self.settings.context)
        context, _ = Knowledge(source=self.aws, own_caller=True).of(subject, known=self.said, given=known)
        return context

    def context_of_key(self, key: str) -> dict[str, Any]:
        """Return what is known of one key."""
        known, _ = context_file.merge(self.context, self.said, self.settings.context)
        context, _ = context_file.merge({}, {} if self.aws is None else self.aws.key_facts(key), known)
        return context


def _settings_path(options: Mapping[str, str | None]) -> Path | None:
    given = options["settings_path"]
    return Path(given) if given else settings_file.find(Path.cwd())


def _settings(options: Mapping[str, str | None]) -> Settings:
    settings = settings_file.Settings.load(_settings_path(options), os.environ)
    changes: dict[str, Any] = {}
    if options["engine_kind"]:
        changes["kind"] = options["engine_kind"]
    if options["opa_url"]:
        changes["opa_url"] = options["opa_url"]
    return dataclasses.replace(settings, engine=dataclasses.replace(settings.engine, **changes))


def _tls(settings: TlsSettings | None, given: dict[str, Path]) -> TlsSettings | None:
    """Return the settings with the files that the options name instead of theirs."""
    if settings is not None:
        return dataclasses.replace(settings, **given)
    if given and not {"certificate", "key"} <= given.keys():
        raise click.UsageError("TLS takes a certificate and its key: --tls-cert and --tls-key")
    return settings_file.TlsSettings(**given) if given else None


def _time(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise click.UsageError(f"--now {text} is no RFC 3339 time with its offset, such as 2026-01-31T12:00:00Z")
    return moment


def _tree(folder: str | None) -> SourceTree | None:
    if folder is None:
        return None
    from sealgate.reading.terraform_source import SourceTree

    return SourceTree(folder)


def _write_baseline(path: str, results: Sequence[Result], now: datetime) -> None:
    """Write what was found. Of a run that is not complete no baseline is made: it would report as new what is old."""
    undecided = [result.source for result in results if result.decision is None]
    if undecided:
        _complain(f"{path} is not written: there is no decision on {', '.join(undecided)}")
        return
    found = [finding for result in results if result.decision for finding in result.decision["findings"]]
    _write(path, baseline.render(found, now=now))


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise click.ClickException(f"can't write {path}: {error.strerror or error}") from error


def _results(paths: Sequence[str], named: Collection[str], case: _Case, this: checks.Check) -> Iterator[Result]:
    """Yield the result of each input. What is wrong with one is said at once, and keeps no other from its answer.

    A file that nobody has `named`, and that holds no input by its name or form, is passed over, and that is said.
    """
    engine: Engine | None = None
    try:
        with Progress(len(paths)) as progress:
            for path in paths:
                source = streams.name(path)
                progress.begin(printable(source))
                try:
                    documents = _documents(path, case)
                except UnreadableInputError as error:
                    if isinstance(error, inputs.NoInputError) and path not in named:
                        _complain(f"{source}: skipped: {error.message}")
                        continue
                    _complain(str(error))
                    yield Result(source=source, error=error)
                    continue
                progress.says(f"deciding on {printable(source)}")
                for place, document in documents:
                    try:
                        engine = engine or engines.build(case.settings.engine)
                        yield this.decide(engine, source, document, place)
                    except EngineError as error:
                        result = Result(source=source, place=place, error=error)
                        _complain(f"{result.name}: no decision: {error}")
                        yield result
    finally:
        if engine is not None:
            engine.close()


def _answered(case: _Case, ask: Callable[[Engine], Answer], source: str | None) -> Answer:
    """Return what an engine of the case answers; what it finds unreadable is said of the source."""
    engine = engines.build(case.settings.engine)
    try:
        return ask(engine)
    except UnreadableInputError as error:
        raise UnreadableInputError(error.message, source=error.source or source) from error
    finally:
        engine.close()


def _document(path: str, case: _Case) -> dict[str, Any]:
    """Return the input document for the one input in a file."""
    documents = _documents(path, case)
    if len(documents) > 1:
        message = f"it holds {len(documents)} objects, and one is asked about"
        raise UnreadableInputError(message, source=streams.name(path))
    return documents[0][1]


def _documents(path: str, case: _Case) -> list[tuple[Place, dict[str, Any]]]:
    """Return the input document for each input in a file, with its place."""
    source = streams.name(path)
    return [(given.place, _built(given, source, case)) for given in inputs.read_file(path, operation=case.operation)]


def _built(given: inputs.Input, source: str, case: _Case) -> dict[str, Any]:
    subject, context, policy, _ = given
    if policy is not None and case.settings_path is not None:
        # Who writes the input must not be able to soften what the settings ask for.
        raise UnreadableInputError(f"it carries settings, and {case.settings_path} holds others", source=source)
    return decisions.build_document(
        subject,
        settings=case.settings.policy if policy is None else policy,
        context=case.context_with(subject, context),
        now=case.now,
        context_from_caller=[],
    )


def _refuse_dead_engine(settings: Settings) -> None:
    """Raise EngineError where the engine in this process can't decide.

    An OPA server may start after us: until it does, /readyz says that no decision can be had.
    """
    engine = engines.build(settings.engine)
    try:
        engine.check()
    except EngineError as error:
        if engine.name != "opa":
            raise
        logging.getLogger(__name__).warning("no decision can be had yet: %s", error)
    finally:
        engine.close()


def _serve(settings: Settings, listener: socket.socket, *, workers: int, threads: int) -> None:
    """Run gunicorn in this process until it is stopped."""
    from sealgate.serving.server import Server

    Server(settings, listener, workers=workers, threads=threads).run()


def _exit_code(result: Result, *, strict: bool) -> int:
    if result.decision is None:
        return UNDECIDED if isinstance(result.error, EngineError) else UNREADABLE
    return ALLOWED if result.passed(strict=strict) else DENIED


def _print(report: Report, chosen: Sequence[outputs.Output]) -> None:
    # What is printed comes first: a file that can't be written must not keep the verdict from anybody.
    for output in sorted(chosen, key=lambda output: output.file is not None):
        text = outputs.render(output.format, report, Page() if output.file else _page())
        if output.file is None:
            click.echo(text)
        else:
            _write(output.file, f"{text}\n")


def _page() -> Page:
    """Return what standard output is: as wide as the terminal, coloured where somebody sees it and wants it."""
    if not sys.stdout.isatty():
        return Page()
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Page(width=shutil.get_terminal_size().columns, colour=colour)


def _complain(text: str) -> None:
    click.echo(f"sealgate: {printable(text)}", err=True)
