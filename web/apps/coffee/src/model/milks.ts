import type { MilkColor, OrderView } from "@livefloor/api/coffee";

/** The cups with their milks as they look now: a cup remembers how its milk looked when it was last told (rule 21). */
export function withMilks(orders: readonly OrderView[], milks: readonly MilkColor[]): readonly OrderView[] {
  const looks = new Map(milks.map(({ code, letter, color, text_color, pattern }) => [code, { letter, color, text_color, pattern }]));
  return orders.map((order) => {
    const look = order.milk === null ? undefined : looks.get(order.milk.code);
    return look === undefined || order.milk === null ? order : { ...order, milk: { ...order.milk, ...look } };
  });
}
