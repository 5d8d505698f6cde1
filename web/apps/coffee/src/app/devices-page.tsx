import { DeviceList } from "../features/devices/device-list.tsx";
import { useFloor } from "../model/hooks.ts";
import { texts } from "../texts/index.ts";

/** The boards of the event, for whoever sets them up. */
export function DevicesPage() {
  useFloor(null);
  return (
    <div className="mx-auto w-full max-w-4xl">
      <h1 className="text-2xl font-bold">{texts.devices.title}</h1>
      <p className="mt-1 mb-4 text-muted">{texts.devices.text}</p>
      <DeviceList />
    </div>
  );
}
