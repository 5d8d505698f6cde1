"""Outside services: for each a protocol, the real one, and a local stand-in."""

from dataclasses import dataclass

from livefloor.kernel.settings import Settings
from livefloor.ports.files import Files, FolderFiles
from livefloor.ports.outside import Outside
from livefloor.ports.push import Push, push_port
from livefloor.ports.sms import Sms, sms_port


@dataclass(slots=True)
class Ports:
    """The outside services of one running system; `push` is None where none is configured."""

    sms: Sms
    push: Push | None
    files: Files
    outside: Outside

    async def close(self) -> None:
        """Let go of connections."""
        await self.sms.close()
        if self.push is not None:
            await self.push.close()
        await self.outside.close()


def open_ports(settings: Settings) -> Ports:
    """Return the services that the settings ask for. Raises SettingError."""
    outside = Outside(settings.webhook_networks, timeout_s=settings.webhook_timeout_seconds)
    return Ports(sms_port(settings), push_port(settings), FolderFiles(settings.data / "photos"), outside)
