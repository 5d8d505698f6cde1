import { Button, Notice, type Tone } from "@livefloor/ui";

import { usePush, type PushState } from "../../model/push.ts";
import { texts } from "../../texts/index.ts";

const TONES: Record<PushState, Tone> = { on: "free", off: "info", blocked: "held", unsupported: "off", unconfigured: "off", busy: "off" };

/** Whether this device is told while the page is closed, and the switch for it. */
export function PushSwitch() {
  const { state, error, turnOn, turnOff } = usePush();
  const { push } = texts.notifications;
  return (
    <section className="mb-6">
      <h2 className="mb-2 text-base font-bold">{push.title}</h2>
      <Notice tone={TONES[state]} role="status">
        {push[state]}
      </Notice>
      {error !== null && (
        <div className="mt-2">
          <Notice tone="danger" role="alert">
            {error.message}
          </Notice>
        </div>
      )}
      {state === "off" && (
        <Button look="soft" className="mt-2 w-full" onClick={() => void turnOn()}>
          {push.turnOn}
        </Button>
      )}
      {state === "on" && (
        <Button look="quiet" className="mt-2 w-full" onClick={() => void turnOff()}>
          {push.turnOff}
        </Button>
      )}
      {state === "busy" && <Button className="mt-2 w-full" busy={push.busy} />}
    </section>
  );
}
