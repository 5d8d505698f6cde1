import { ErrorState, LoadingState, Skeleton } from "@livefloor/ui";

import { FloorBoard } from "../features/floor/floor-board.tsx";
import { useFloor, useHeads, useOrders } from "../model/hooks.ts";
import { texts } from "../texts/index.ts";

/** All stations at once, for whoever hands out and evens out. */
export function FloorPage() {
  const floor = useFloor(null);
  const heads = useHeads();
  const orders = useOrders();
  if (heads === undefined && floor.error !== null) {
    return (
      <ErrorState
        title={texts.failure.title}
        detail={floor.error.message}
        retryLabel={texts.failure.retry}
        busyLabel={texts.failure.retrying}
        busy={floor.isFetching}
        onRetry={() => void floor.refetch()}
      />
    );
  }
  return (
    <>
      <h1 className="mb-3 text-2xl font-extrabold">{texts.floor.title}</h1>
      {heads === undefined ? (
        <LoadingState label={texts.loading}>
          <Skeleton className="h-64" />
        </LoadingState>
      ) : (
        <FloorBoard heads={heads} orders={orders} />
      )}
    </>
  );
}
