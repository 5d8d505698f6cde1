import { expect, test } from "vitest";

import type { StationPage } from "@livefloor/api/coffee";

import { suggestion } from "../src/features/inventory/suggest.ts";
import type { Stock } from "../src/model/services.ts";

const shelf = (station_id: number, quantity: number, capacity = 500): Stock => ({ station_id, quantity, available: quantity, capacity }) as Stock;
const stations = [
  { id: 1, kind: "service" },
  { id: 2, kind: "service" },
  { id: 9, kind: "storage" },
] as StationPage[];

test("a storeroom brings what is asked for, as far as it has it", () => {
  expect(suggestion(200, shelf(1, 20), [shelf(2, 400), shelf(9, 1000)], stations)).toEqual({ quantity: 200, from: 9 });
  expect(suggestion(200, shelf(1, 20), [shelf(2, 400), shelf(9, 150)], stations)).toEqual({ quantity: 150, from: 9 });
});

test("without an amount as much comes as fits", () => {
  expect(suggestion(null, shelf(1, 20), [shelf(9, 1000)], stations)).toEqual({ quantity: 480, from: 9 });
  expect(suggestion(null, shelf(1, 500), [], stations)).toEqual({ quantity: 1, from: null });
});

test("other stations give nothing away by themselves", () => {
  expect(suggestion(200, shelf(1, 20), [shelf(2, 400), shelf(9, 0)], stations)).toEqual({ quantity: 200, from: null });
});
