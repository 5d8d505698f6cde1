import { useNavigate, useSearch } from "@tanstack/react-router";

import { FaultQueue } from "../features/fault-queue/fault-queue.tsx";
import { texts } from "../texts/desk/index.ts";

/** What was reported, by machine. */
export function FaultsPage() {
  const { status = "todo", machine } = useSearch({ from: "/signed-in/faults" });
  const navigate = useNavigate();
  return (
    <>
      <h1 className="mb-4 text-2xl font-bold">{texts.faults.title}</h1>
      <FaultQueue
        choice={status}
        machine={machine}
        onFilter={(choice, key) => void navigate({ to: "/faults", search: { ...(choice === "todo" ? {} : { status: choice }), ...(key === undefined ? {} : { machine: key }) } })}
      />
    </>
  );
}
