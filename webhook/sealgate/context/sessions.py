"""Clients of AWS's APIs, one for each account, Region and service, made once a process."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, CredentialResolver, DeferredRefreshableCredentials
from botocore.exceptions import NoCredentialsError
from botocore.session import Session

if TYPE_CHECKING:
    from botocore.credentials import Credentials

    from sealgate.context.settings import AwsSettings

_SESSION_NAME = "sealgate"


class _Given:
    """What botocore asks for credentials, and has them already."""

    METHOD = "sealgate"
    CANONICAL_NAME = None

    def __init__(self, credentials: Credentials | None) -> None:
        self._credentials = credentials

    def load(self) -> Credentials | None:
        """Return the credentials."""
        return self._credentials


def with_credentials(credentials: Credentials | None, like: Session | None = None) -> Session:
    """Return a session of botocore that has these credentials, and looks for none.

    What `like` has read of the APIs' models it need not read again.
    """
    session = Session()
    if like is not None:
        session.register_component("data_loader", like.get_component("data_loader"))
    session.register_component("credential_provider", CredentialResolver([_Given(credentials)]))  # type: ignore[list-item]  # botocore asks for these two members of a provider
    return session


class Sessions:
    """Makes clients and keeps them. It is safe for threads; a forked child makes its own (`Sessions.copy`)."""

    def __init__(self, settings: AwsSettings, session: Session | None = None) -> None:
        self._settings = settings
        self._given = session
        self._own: Session | None = session
        self._by_role: dict[str, Session] = {}
        self._clients: dict[tuple[str | None, str, str], Any] = {}
        # Sessions of botocore make one client at a time.
        self._lock = threading.Lock()
        # A call is tried again by who knows how much time is left, which botocore does not.
        self._config = Config(
            retries={"total_max_attempts": 1},
            connect_timeout=min(settings.deadline_s, 5.0),
            read_timeout=settings.deadline_s,
            max_pool_connections=settings.max_concurrency,
            user_agent_extra="sealgate",
        )

    def copy(self) -> Sessions:
        """Return sessions without clients: what a fork leaves of a connection or a lock is good for nothing."""
        return Sessions(self._settings, self._given)

    def region(self) -> str | None:
        """Return the Region that the process's own configuration names."""
        with self._lock:
            if self._own is None:
                self._own = Session()
            region = self._own.get_config_variable("region")
        return region if isinstance(region, str) else None

    def role_for(self, account: str | None) -> str | None:
        """Return the ARN of the role that is assumed to read in an account; None for the process's own credentials."""
        found = self._settings.reader(account) if account else None
        return found[0] if found else None

    def client(self, account: str | None, region: str, service: str) -> Any:  # noqa: ANN401 botocore's clients have no types
        """Return a client. Raises botocore's errors where there are no credentials."""
        found = self._settings.reader(account) if account else None
        role_arn, external_id = found or (None, None)
        with self._lock:
            known = self._clients.get((role_arn, region, service))
            if known is None:
                known = self._session(role_arn, external_id, region).create_client(
                    service, region_name=region, config=self._config
                )
                self._clients[role_arn, region, service] = known
            return known

    def _session(self, role_arn: str | None, external_id: str | None, region: str) -> Session:
        if self._own is None:
            self._own = Session()
        if role_arn is None:
            return self._own
        if role_arn not in self._by_role:
            self._by_role[role_arn] = self._assumed(self._own, role_arn, external_id, region)
        return self._by_role[role_arn]

    def _assumed(self, own: Session, role_arn: str, external_id: str | None, region: str) -> Session:
        source = own.get_credentials()
        if source is None:
            raise NoCredentialsError

        def client(service: str, **options: Any) -> Any:  # noqa: ANN401 as botocore calls it
            # The Region's own endpoint: the global one is of one partition, and far away.
            return own.create_client(service, **{**options, "region_name": region, "config": self._config})

        fetcher = AssumeRoleCredentialFetcher(
            client_creator=client,
            source_credentials=source,
            role_arn=role_arn,
            extra_args={"RoleSessionName": _SESSION_NAME, **({"ExternalId": external_id} if external_id else {})},
        )
        credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
        # They are had when they are needed, and again before they expire.
        return with_credentials(credentials, own)
