import type { OrderView } from "@livefloor/api/coffee";

/** A cup is found by its number, the name, or the end of the phone number. */
export function matches({ number, customer_name, phone_masked }: OrderView, words: string): boolean {
  const asked = words.trim().toLowerCase();
  if (asked === "") return true;
  return number.toLowerCase().startsWith(asked) || customer_name.toLowerCase().includes(asked) || (/^\d{2,}$/.test(asked) && phone_masked?.endsWith(asked) === true);
}

/** The cups that a number names: one, or all of an order of several. */
export function byNumber(orders: readonly OrderView[], said: string): readonly OrderView[] {
  const number = said.trim().toUpperCase();
  return orders.filter((order) => order.number === number || order.number.startsWith(`${number}-`));
}
