import { expect, test } from "vitest";

import { codeIn, conversations, merged } from "../src/model/conversations.ts";
import type { Message } from "../src/model/messages.ts";

const message = (id: string, more: Partial<Message> = {}): Message => ({
  id,
  channel: "sms",
  recipient: "5551234567",
  kind: "cycle_complete",
  title: "",
  body: "Washer 1 is done.",
  link: "",
  at: "2025-03-02T19:00:00Z",
  ...more,
});

test("messages are put by their recipient, the newest first", () => {
  const found = conversations([message("1"), message("2", { recipient: "5557654321" }), message("3"), message("4", { channel: "push", recipient: "https://push.example.org/abcd" })]);
  expect(found.map(({ recipient, messages }) => [recipient, messages.map(({ id }) => id)])).toEqual([
    ["https://push.example.org/abcd", ["4"]],
    ["5551234567", ["1", "3"]],
    ["5557654321", ["2"]],
  ]);
});

test("what is read twice is there once, and what came late is in its place", () => {
  const found = merged([message("1"), message("3")], [message("2"), message("3"), message("4")]);
  expect(found.map(({ id }) => id)).toEqual(["1", "2", "3", "4"]);
});

test("only a message that brings a code has one to copy", () => {
  expect(codeIn({ kind: "code", body: "KY Wash: 48120597 is your code to sign in. It is good for 15 minutes." })).toBe("48120597");
  expect(codeIn({ kind: "cycle_complete", body: "Washer 1 is done. Collect by 19:40." })).toBeUndefined();
});
