import { DeviceList } from "../features/devices/device-list.tsx";
import { texts } from "../texts/index.ts";
import { SettingsFrame } from "./settings-frame.tsx";

/** The boards of the event, for whoever sets them up. */
export function DevicesPage() {
  return (
    <SettingsFrame title={texts.devices.title} intro={texts.devices.text}>
      <DeviceList />
    </SettingsFrame>
  );
}
