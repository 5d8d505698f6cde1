import { body, done } from "@livefloor/api";
import type { SignedIn } from "@livefloor/api/laundry";

import { deviceToken, keepDeviceToken } from "../../model/devices.ts";
import { api, keeper } from "../../model/services.ts";

function enter(personalId: string, { access_token, refresh_token, device_token, user }: SignedIn): void {
  keepDeviceToken(personalId, device_token);
  keeper.write({ access_token, refresh_token, user });
}

function knownDevice(personalId: string): { device_token?: string } {
  const token = deviceToken(personalId);
  return token === undefined ? {} : { device_token: token };
}

export async function signIn(input: { student_id: string; pin: string; code?: string }): Promise<void> {
  const sent = { ...input, ...knownDevice(input.student_id) };
  enter(input.student_id, await body(api.http.POST("/api/v1/auth/login", { body: sent })));
}

export async function signInStaff(input: { staff_id: string; password: string }): Promise<void> {
  const sent = { ...input, ...knownDevice(input.staff_id) };
  enter(input.staff_id, await body(api.http.POST("/api/v1/auth/staff/login", { body: sent })));
}

export async function register(input: { student_id: string; pin: string; phone_number: string; room_code?: string }): Promise<void> {
  enter(input.student_id, await body(api.http.POST("/api/v1/auth/register", { body: input })));
}

export async function askForCode(studentId: string): Promise<void> {
  await done(api.http.POST("/api/v1/auth/pin/forgot", { body: { student_id: studentId } }));
}

export async function resetPin(input: { student_id: string; code: string; new_pin: string }): Promise<void> {
  enter(input.student_id, await body(api.http.POST("/api/v1/auth/pin/reset", { body: input })));
}
