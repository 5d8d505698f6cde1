import { ErrorState, LoadingState, Skeleton } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";

import { OrderForm } from "../features/order/order-form.tsx";
import { menuQuery, useFloor, useMilks, useUser } from "../model/hooks.ts";
import { texts } from "../texts/index.ts";

/** The walk-up window. */
export function OrderPage() {
  const user = useUser();
  useFloor(user?.role === "barista" ? user.station_id : null);
  const menu = useQuery(menuQuery);
  const milks = useMilks();
  if (menu.data !== undefined) return <OrderForm menu={menu.data} milks={milks} />;
  if (menu.error !== null) {
    return (
      <ErrorState
        title={texts.failure.title}
        detail={menu.error.message}
        retryLabel={texts.failure.retry}
        busyLabel={texts.failure.retrying}
        busy={menu.isFetching}
        onRetry={() => void menu.refetch()}
      />
    );
  }
  return (
    <LoadingState label={texts.loading}>
      <div className="grid gap-6 pt-10 lg:grid-cols-[1fr_24rem]">
        <Skeleton className="h-96" />
        <Skeleton className="h-96" />
      </div>
    </LoadingState>
  );
}
