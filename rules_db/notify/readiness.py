"""Whether anybody would be told: profiles that can be read, channels with an address, messages that still wait.

In: the data folder, profile paths, the environment, the store. Out: `Finding`s of the doctor. Sends nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

from rules_db.connection import DataFolder
from rules_db.findings import Finding, Outcome
from rules_db.notify import ledger
from rules_db.notify.channels import ChannelError, open_channel, read_channels
from rules_db.watch.profiles import Recipient, WatchError, profile_files, read_profiles

_HOW = "see docs/daily.md; try 'guiji notify --dry-run'"


def readiness(
    folder: DataFolder, profiles: Iterable[Path], environment: Mapping[str, str], store: sqlite3.Connection
) -> list[Finding]:
    """One finding about profiles, one about channels, one about deliveries."""
    try:
        recipients = read_profiles(profile_files(profiles))
    except WatchError as error:
        return [Finding("watch profiles", Outcome.FAIL, str(error), _HOW), _deliveries(store)]
    if not recipients:
        told = f"none: nobody is told anything; put one into {folder.root / 'watch'} or set GUIJI_WATCH"
        return [Finding("watch profiles", Outcome.WARN, told, _HOW), _deliveries(store)]
    readers = sum(not recipient.maintainer for recipient in recipients)
    maintainers = len(recipients) - readers
    found = f"{readers} readers, {maintainers} maintainers"
    if not maintainers:
        profile = Finding("watch profiles", Outcome.WARN, f"{found}: nobody hears of troubles", "add role: maintainer")
    else:
        profile = Finding("watch profiles", Outcome.OK, found)
    return [profile, _channels(recipients, environment, folder), _deliveries(store)]


def _channels(recipients: Iterable[Recipient], environment: Mapping[str, str], folder: DataFolder) -> Finding:
    names = sorted({name for recipient in recipients for name in recipient.channels})
    try:
        addresses = read_channels(environment, folder.root)
    except ChannelError as error:
        return Finding("channels", Outcome.FAIL, str(error), "correct the file of addresses")
    faults = []
    for name in names:
        try:
            open_channel(name, addresses)
        except ChannelError as error:
            faults.append(str(error))
    if faults:
        return Finding("channels", Outcome.FAIL, "; ".join(faults), "nothing goes through it until then")
    return Finding("channels", Outcome.OK, f"{len(names)} with an address: {', '.join(names)}")


def _deliveries(store: sqlite3.Connection) -> Finding:
    rows = ledger.failing(store)
    if not rows:
        return Finding("deliveries", Outcome.OK, "none waits")
    told = "; ".join(f"{r['events']} for {r['recipient']} since {r['since']} ({r['error']})" for r in rows)
    return Finding("deliveries", Outcome.WARN, told, "'guiji notify' tries again when the pause is over")
