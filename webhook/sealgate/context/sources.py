"""Who knows what beside a request: the settings, AWS, whoever asks, and which of them comes first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from sealgate.context import file
from sealgate.errors import SettingsError
from sealgate.reading.places import pointer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sealgate.context.asking import Observer
    from sealgate.context.aws import AwsContext
    from sealgate.context.file import Context
    from sealgate.context.settings import AwsSettings


class Source(Protocol):
    """Something that says what AWS knows about the names in a subject."""

    def facts(
        self,
        subject: Mapping[str, Any],
        known: Mapping[str, Any],
        *,
        own_caller: bool = False,
        deadline: float | None = None,
    ) -> Context:
        """Return a context, by `deadline` of the monotonic clock. It raises nothing."""


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What is known beside every request.

    `defaults` are the settings' context. With `own_caller` the credentials that AWS is asked with are those that will
    submit the job.
    """

    defaults: Mapping[str, Any] = field(default_factory=dict)
    source: Source | None = None
    own_caller: bool = False

    def of(
        self,
        subject: Mapping[str, Any],
        *,
        known: Mapping[str, Any] | None = None,
        given: Mapping[str, Any] | None = None,
        deadline: float | None = None,
    ) -> tuple[Context, list[str]]:
        """Return the whole context of a subject, and the JSON Pointers of what in it came from the caller, sorted.

        `known` is what is known of this one request, `given` what its caller says. Neither the caller's word nor the
        defaults take the place of what AWS says.
        """
        context, from_caller = file.merge(self.defaults, known or {}, given)
        if self.source is None:
            return context, from_caller
        facts = self.source.facts(subject, context, own_caller=self.own_caller, deadline=deadline)
        merged, still_from_caller = file.merge(self.defaults, {**(known or {}), **facts}, given)
        if pointer("caller") in from_caller:
            # AWS completes it, and says nothing of who really asks.
            still_from_caller = sorted({*still_from_caller, pointer("caller")})
        return merged, still_from_caller


def of_aws(settings: AwsSettings, *, observer: Observer | None = None, session: Any = None) -> AwsContext:  # noqa: ANN401 botocore's session, which a base install has not
    """Return what asks AWS, with a session of botocore or the process's own credentials.

    Raises SettingsError where botocore is not installed.
    """
    try:
        # Nobody waits for it, or has to have it, who does not ask AWS.
        from sealgate.context.aws import AwsContext  # noqa: PLC0415 an extra
    except ModuleNotFoundError as error:
        raise SettingsError("asking AWS takes boto3: pip install 'sealgate[aws]'") from error
    return AwsContext(settings, session=session, observer=observer)
