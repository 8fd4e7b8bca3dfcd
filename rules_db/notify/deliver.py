"""Telling everybody of a profile what is new: events against the ledger, messages, channels.

In: the data folder (its lock held by the caller), recipients, the addresses of channels, the time. Out: one `Outcome` a
recipient and channel. A channel that fails holds no other; it is left alone until its pause is over, and becomes an
issue, which maintainers are told through theirs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rules_db.connection import DataFolder, connect, open_store
from rules_db.issues import raise_issue, resolve_issues
from rules_db.mapping.parties import read_parties
from rules_db.model import Issue, Severity
from rules_db.notify import ledger
from rules_db.notify.channels import DEFAULT_LIMIT, Channel, ChannelError, open_channel
from rules_db.notify.events import Event, texts_for, troubles
from rules_db.notify.messages import Frame, Message, compose
from rules_db.watch.matching import Subject
from rules_db.watch.news import news_since
from rules_db.watch.profiles import Recipient
from rules_db.watch.subjects import gap_names, subjects_since

STAGE = "notify"
# A channel that fails once may just have been asked at a bad moment.
_ISSUE_AFTER = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """One channel of one recipient. `told` counts events; `state` is told, nothing, failed, waiting or dry; `error` and
    `next_try` say why and until when; `messages` are those sent, or in a dry run those that would be."""

    recipient: str
    channel: str
    state: str
    told: int = 0
    error: str = ""
    next_try: str | None = None
    messages: tuple[Message, ...] = field(default=())

    def as_row(self) -> dict[str, object]:
        row: dict[str, object] = {key: getattr(self, key) for key in ("recipient", "channel", "state", "told", "error")}
        row["next_try"] = self.next_try
        row["messages"] = [{"title": m.title, "body": m.body, "events": list(m.events)} for m in self.messages]
        return row


def notify(
    folder: DataFolder,
    recipients: Sequence[Recipient],
    addresses: Mapping[str, str],
    *,
    now: str,
    dry_run: bool = False,
    open_named: Callable[[str, Mapping[str, str]], Channel] = open_channel,
) -> list[Outcome]:
    """Tell everybody what is new to them. `dry_run` writes and sends nothing. Readers first, so that maintainers
    hear of channels that failed in the same run."""
    store = open_store(folder)
    store.execute("PRAGMA synchronous = FULL")  # "told" must outlive a power cut
    try:
        since = {r.id: _since(store, r, now, dry_run=dry_run) for r in recipients}
        subjects = _subjects(folder, store, recipients, min(since.values(), default=now))
        outcomes: list[Outcome] = []
        for recipient in sorted(recipients, key=lambda r: r.maintainer):
            for name in recipient.channels:
                line = ledger.line(store, recipient.id, name)
                events = _events(store, recipient, subjects, since[recipient.id], line.told, now)
                wanted = [event for event in events if event.key not in line.told]
                job = _Job(store, recipient, name, line, now)
                outcomes.append(job.run(wanted, addresses, open_named, dry_run=dry_run))
        return outcomes
    finally:
        store.close()


def _subjects(
    folder: DataFolder, store: sqlite3.Connection, recipients: Sequence[Recipient], since: str
) -> list[Subject]:
    """What the gate holds back is told to nobody: only published texts are, and news, which are none."""
    news = news_since(store, since) if any(r.at_least == "news" for r in recipients) else []
    if not folder.public_db.exists():
        return news
    searches = {watch.search for recipient in recipients for watch in recipient.watches if watch.search}
    public = connect(folder.public_db, read_only=True)
    try:
        return [*subjects_since(store, public, since, sorted(searches)), *news]
    finally:
        public.close()


def _since(store: sqlite3.Connection, recipient: Recipient, now: str, *, dry_run: bool) -> str:
    if not dry_run:
        return ledger.subscribed_since(store, recipient.id, now, recipient.look_back_days)
    store.execute("BEGIN")  # looked up as if entered, and taken back
    try:
        return ledger.subscribed_since(store, recipient.id, now, recipient.look_back_days)
    finally:
        store.execute("ROLLBACK")


def _events(
    store: sqlite3.Connection,
    recipient: Recipient,
    subjects: Sequence[Subject],
    since: str,
    told: frozenset[str],
    now: str,
) -> list[Event]:
    if recipient.maintainer:
        return list(troubles(store, since, told, now))
    return list(texts_for(recipient, subjects, read_parties(), since))


@dataclass(frozen=True, slots=True)
class _Job:
    """One recipient's channel in one run."""

    store: sqlite3.Connection
    recipient: Recipient
    channel: str
    line: ledger.Line
    now: str

    def run(
        self,
        events: list[Event],
        addresses: Mapping[str, str],
        open_named: Callable[[str, Mapping[str, str]], Channel],
        *,
        dry_run: bool,
    ) -> Outcome:
        if not events:
            return Outcome(self.recipient.id, self.channel, "nothing")
        if dry_run:
            messages = self._compose(events, _limit(self.channel, addresses, open_named))
            return Outcome(self.recipient.id, self.channel, "dry", messages=tuple(messages))
        if self.line.next_try and self.line.next_try > self.now:
            return Outcome(self.recipient.id, self.channel, "waiting", next_try=self.line.next_try)
        try:
            channel = open_named(self.channel, addresses)
        except ChannelError as error:
            keys = [event.key for event in events]
            ledger.begin(self.store, self.recipient.id, self.channel, keys, self.now)
            return self._failed(keys, str(error), 0, [])
        sent: list[Message] = []
        for message in self._compose(events, channel.limit):
            ledger.begin(self.store, self.recipient.id, self.channel, message.events, self.now)
            refusal = channel.send(message.title, message.body).error
            if refusal:
                return self._failed(message.events, refusal, sum(len(m.events) for m in sent), sent)
            ledger.settle(self.store, self.recipient.id, self.channel, message.events, self.now)
            sent.append(message)
        resolve_issues(self.store, stage=STAGE, subject=self._subject, now=self.now)
        told = sum(len(message.events) for message in sent)
        return Outcome(self.recipient.id, self.channel, "told", told, messages=tuple(sent))

    @property
    def _subject(self) -> str:
        return f"{self.recipient.id}/{self.channel}"

    def _compose(self, events: list[Event], limit: int) -> list[Message]:
        frame = Frame(
            self.recipient.language,
            self.now,
            limit,
            site=self.recipient.site,
            single=self.recipient.single,
            gaps=gap_names(self.store),
            failing_since=self.line.failing_since,
        )
        cut_off = [event for event in events if event.key in self.line.cut_off]
        fresh = [event for event in events if event.key not in self.line.cut_off]
        return compose(cut_off, replace(frame, repeated=True)) + compose(fresh, frame)

    def _failed(self, keys: Sequence[str], error: str, told: int, sent: list[Message]) -> Outcome:
        next_try = ledger.settle(self.store, self.recipient.id, self.channel, keys, self.now, error)
        if self.line.attempts + 1 >= _ISSUE_AFTER:
            message = f"messages to {self.recipient.id} through {self.channel} can't be delivered: {error}"
            issue = Issue(Severity.ERROR, STAGE, "channel_failing", message, self._subject)
            raise_issue(self.store, issue, self.now)
        return Outcome(self.recipient.id, self.channel, "failed", told, error, next_try, tuple(sent))


def _limit(name: str, addresses: Mapping[str, str], open_named: Callable[[str, Mapping[str, str]], Channel]) -> int:
    """The channel's limit, or the usual one while it has no address yet."""
    try:
        return open_named(name, addresses).limit
    except ChannelError:
        return DEFAULT_LIMIT
