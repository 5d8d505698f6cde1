"""What `doctor` looks at on the machine: folders, disk, limits, secrets, settings."""

from __future__ import annotations

import os
import re
import resource
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

from livefloor.kernel.settings import SettingError
from livefloor.operate.patient import Ailment, Patient
from livefloor.ports.push import push_port
from livefloor.ports.sms import sms_port

NETWORK = re.compile(r"^(nfs\d?|cifs|smb\w*|9p|ceph|glusterfs|lustre|afs|fuse\.(sshfs|s3fs|rclone|glusterfs|ceph\S*))$")

FLEETING = ("tmpfs", "ramfs", "overlay", "aufs")


def _nearest(path: Path) -> Path:
    """Return the path, or the nearest folder above it that is there."""
    path = path.absolute()
    return next(each for each in (path, *path.parents) if each.exists())


def _mount_of(patient: Patient, place: Path) -> tuple[Path, str]:
    """Return where the file system of a place is mounted, and of which kind it is."""
    lines = [line.split() for line in patient.read("mounts").splitlines()]
    over = [(Path(line[1]), line[2]) for line in lines if len(line) > 2 and place.is_relative_to(line[1])]
    return max(over, key=lambda each: len(each[0].parts), default=(place, ""))


async def data_folder(patient: Patient) -> Ailment | None:
    """Whether the data folder can be written."""
    folder = _nearest(patient.settings.data)
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return None
    says = f"{patient.settings.data} cannot be written: {folder} is {'closed to this account' if folder.is_dir() else 'no folder'}."
    return Ailment("data_folder", says, f"Set LIVEFLOOR_DATA to a folder of this account, or chown {folder} to it.")


async def disk_full(patient: Patient) -> Ailment | None:
    """Whether there is room on the disk."""
    free = shutil.disk_usage(_nearest(patient.settings.data)).free // 1_000_000
    if free >= patient.least_free_mb:
        return None
    says = f"The disk of {patient.settings.data} has {free} MB left."
    return Ailment(
        "disk_full", says, "Move old archives out of backups/, set LIVEFLOOR_BACKUPS lower, or grow the disk."
    )


async def network_disk(patient: Patient) -> Ailment | None:
    """Whether SQLite lies on a network file system, whose locks do not hold."""
    if patient.settings.is_postgres:
        return None
    mount, kind = _mount_of(patient, _nearest(patient.runtime.database.parent))
    if not NETWORK.match(kind):
        return None
    says = f"{patient.runtime.database} lies on a network file system ({kind} at {mount}); SQLite's locks do not hold there."
    return Ailment("network_disk", says, "Put LIVEFLOOR_DATA on a local disk, or move to PostgreSQL: livefloor move.")


async def fleeting_disk(patient: Patient) -> Ailment | None:
    """Whether what is to last lies in memory, or in a container's own layer, which goes with it."""
    mount, kind = _mount_of(patient, _nearest(patient.settings.data))
    if patient.settings.debug or kind not in FLEETING:
        return None
    says = f"{patient.settings.data} lies on {kind} (at {mount}): database, photos and secrets go with the container or the power."
    return Ailment("fleeting_disk", says, "Mount a volume or a disk there, and set LIVEFLOOR_DATA to it.")


async def other_account(patient: Patient) -> Ailment | None:
    """Whether files of the data folder are another account's: made by a command that ran as root, for example."""
    folder = patient.settings.data
    files = [*folder.glob("*.db*"), *(folder / "secrets").glob("*")] if patient.account and folder.is_dir() else []
    found = next((each for each in files if each.stat().st_uid != patient.account), None)
    if found is None:
        return None
    says = f"{found} belongs to the account {found.stat().st_uid}, and this is {patient.account}."
    return Ailment("other_account", says, f"chown -R {patient.account} {folder}, and run all commands as that account.")


async def open_secrets(patient: Patient) -> Ailment | None:
    """Whether others on this machine can read the secrets."""
    folder = patient.settings.data / "secrets"
    open_to_all = [path for path in folder.glob("*") if path.stat().st_mode & 0o077] if folder.is_dir() else []
    if not open_to_all:
        return None
    return Ailment("open_secrets", f"Others can read {open_to_all[0]}.", f"chmod 600 {folder}/*; change what was read.")


async def wrong_setting(patient: Patient) -> Ailment | None:
    """Whether the settings let the system start: samples of secrets, a half-set provider, an address that is none."""
    try:
        patient.runtime.check()
    except SettingError as error:
        return of_setting(error)
    return None


async def sms_setting(patient: Patient) -> Ailment | None:
    """Whether what sends texts is set whole."""
    try:
        sms_port(patient.settings)
    except SettingError as error:
        return of_setting(error)
    return None


async def vapid_key(patient: Patient) -> Ailment | None:
    """Whether the key of web push is one."""
    if patient.settings.vapid_private_key:
        try:
            push_port(patient.settings)
        except SettingError as error:
            cure = "Take LIVEFLOOR_VAPID_PRIVATE_KEY away: one is made and kept. Who had push signs up for it again."
            return Ailment("vapid_key", of_setting(error).says, cure)
    return None


def of_setting(error: SettingError) -> Ailment:
    """Return what is wrong with a setting that stops the start."""
    variable, _, said = str(error).partition(":")
    what, _, example = said.partition("; for example")
    return Ailment("wrong_setting", f"{variable}:{what}.", f"For example{example}" if example else "Correct it.")


async def vapid_subject(patient: Patient) -> Ailment | None:
    """Whether push services are told whom to ask: some refuse what says localhost."""
    if patient.settings.debug or not patient.settings.vapid_subject.endswith("@localhost"):
        return None
    says = f"Web push goes out under {patient.settings.vapid_subject}, which some push services refuse."
    return Ailment("vapid_subject", says, "Set LIVEFLOOR_VAPID_SUBJECT=mailto:you@your-domain.example.")


async def two_secrets(patient: Patient) -> Ailment | None:
    """Whether the given secret is another than the one that signed so far."""
    given, kept = patient.settings.secret_key, patient.settings.data / "secrets" / "secret_key"
    if not _is_another(given, kept):
        return None
    says = f"LIVEFLOOR_SECRET_KEY is not the secret that {kept} holds: what one signed the other refuses."
    return Ailment("two_secrets", says, f"Give all processes the same one; if the given one is right, delete {kept}.")


async def two_push_keys(patient: Patient) -> Ailment | None:
    """Whether the given key of web push is another than the one for which browsers signed up."""
    given, kept = patient.settings.vapid_private_key, patient.settings.data / "secrets" / "vapid_private_key"
    if not _is_another(given, kept):
        return None
    says = (
        f"LIVEFLOOR_VAPID_PRIVATE_KEY is not the key that {kept} holds: browsers that signed up for that get no push."
    )
    cure = f"Give the value of that file; if the given one is right, delete {kept}, and people switch push on again."
    return Ailment("two_push_keys", says, cure)


def _is_another(given: str, kept: Path) -> bool:
    return bool(given) and kept.is_file() and kept.read_text().strip() != given


async def origins(patient: Patient) -> Ailment | None:
    """Whether the listed origins are such as browsers send."""
    wrong = [each for each in patient.settings.cors_origins if each != "*" and not _is_origin(each)]
    if not wrong:
        return None
    says = f"LIVEFLOOR_CORS_ORIGINS names {wrong[0]}, which no browser sends as an origin."
    return Ailment("origins", says, "Write scheme, host and port and nothing after them: https://laundry.example.org.")


def _is_origin(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and f"{parts.scheme}://{parts.netloc}" == text


async def open_files(patient: Patient) -> Ailment | None:
    """Whether a process may hold enough lines at once."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= patient.least_files:
        return None
    says = f"A process may have {soft} files open, and each live client is one."
    return Ailment(
        "open_files",
        says,
        f"ulimit -n 65536 before the start, or LimitNOFILE=65536 in systemd ({hard} is the most now).",
    )


async def waiting_room(patient: Patient) -> Ailment | None:
    """Whether enough new lines may wait while all come back at once."""
    most = patient.read("sys/net/core/somaxconn").strip()
    if not most.isdigit() or int(most) >= patient.least_waiting:
        return None
    says = f"Only {most} new connections may wait in the kernel; more are refused when all clients come back at once."
    return Ailment("waiting_room", says, "sysctl -w net.core.somaxconn=4096, and in /etc/sysctl.d to keep it.")


async def pages(patient: Patient) -> Ailment | None:
    """Whether the pages of a system of this package were built."""
    ours = patient.runtime.system.migrations.startswith("livefloor.")
    if not ours or (patient.pages / patient.name / "index.html").is_file():
        return None
    says = f"The pages of {patient.name} were not built: people see a bare answer instead."
    return Ailment("pages", says, "Install the wheel, which has them inside, or run make web in a checkout.")


async def no_backup(patient: Patient) -> Ailment | None:
    """Whether there is a backup, once it matters."""
    folder = patient.settings.data / "backups"
    if patient.settings.debug or not patient.is_there or (folder.is_dir() and any(folder.iterdir())):
        return None
    return Ailment(
        "no_backup", f"There is no backup in {folder}.", f"livefloor backup {patient.name}, and each night by cron."
    )


async def port_taken(patient: Patient) -> Ailment | None:
    """Whether the port is free, or held by a livefloor that answers."""
    from livefloor.operate.network_checks import is_livefloor

    at = patient.port or patient.runtime.system.port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((patient.host, at))
            return None
        except OSError as error:
            why = error.strerror
    if await is_livefloor(f"http://{patient.host}:{at}"):
        return None
    says = f"Port {at} of {patient.host} is not to be had ({why}), and no livefloor answers there."
    return Ailment("port_taken", says, f"End what listens there (ss -ltnp 'sport = :{at}'), or start with --port.")


CHECKS = (
    data_folder,
    disk_full,
    network_disk,
    fleeting_disk,
    other_account,
    open_secrets,
    wrong_setting,
    sms_setting,
    vapid_key,
    vapid_subject,
    two_secrets,
    two_push_keys,
    origins,
    open_files,
    waiting_room,
    pages,
    no_backup,
    port_taken,
)
