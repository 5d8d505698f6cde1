import { expect, test } from "vitest";

import { csvOf, parseRoster } from "../src/features/roster/parse.ts";

const ids = (text: string): string[] => parseRoster(text).rows.map(({ id }) => id);

test("ids come from a column, from a line, and with leading zeros", () => {
  expect(ids("000123\r\n100002\n\n100003")).toEqual(["000123", "100002", "100003"]);
  expect(ids("100001 100002, 100003;100004")).toEqual(["100001", "100002", "100003", "100004"]);
});

test("a file may have a byte order mark, a heading, quotes and notes", () => {
  const { rows, rejected } = parseRoster('\uFEFFstudent_id,note\n"100001","Room 2B, left"\n100002;Gast\n');
  expect(rows).toEqual([
    { id: "100001", note: "Room 2B, left" },
    { id: "100002", note: "Gast" },
  ]);
  expect(rejected).toEqual([]);
});

test("what is no id is left out with its line, what comes again counts once", () => {
  const { rows, repeated, rejected } = parseRoster("100001\n10000\nMango\n100001");
  expect(rows).toHaveLength(1);
  expect(repeated).toBe(1);
  expect(rejected).toEqual([
    { line: 2, value: "10000" },
    { line: 3, value: "Mango" },
  ]);
});

test("notes go out quoted", () => {
  expect(csvOf([{ id: "100001", note: 'the "big" room, 2B' }, { id: "100002", note: "" }])).toBe('100001,"the ""big"" room, 2B"\n100002');
});
