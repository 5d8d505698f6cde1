import { GuardPanel } from "../features/guard/guard-panel.tsx";
import { texts } from "../texts/admin/index.ts";
import { AdminFrame } from "./admin-frame.tsx";

export function AdminGuardPage() {
  return (
    <AdminFrame title={texts.guard.title} intro={texts.guard.intro}>
      <GuardPanel />
    </AdminFrame>
  );
}
