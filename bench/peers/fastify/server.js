// The board, start and end of the laundry in fastify + better-sqlite3: prepared statements, schemas both ways, one process.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import jwt from "@fastify/jwt";
import Database from "better-sqlite3";
import Fastify from "fastify";

const MINUTES = { normal: 30, extra_5: 35, extra_10: 40, extra_15: 45 };
const DAY_MS = 86_400_000;

// --- database ------------------------------------------------------------------------------------------------------

const db = new Database(process.env.BENCH_DATABASE);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.pragma("foreign_keys = ON");
db.exec(`
CREATE TABLE users (
  id TEXT PRIMARY KEY, role TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'active', student_id TEXT NOT NULL UNIQUE,
  display_name TEXT, created_at TEXT NOT NULL);
CREATE TABLE sessions (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE, created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL, revoked_at TEXT);
CREATE INDEX ix_sessions_user ON sessions (user_id, revoked_at);
CREATE TABLE machines (
  id TEXT PRIMARY KEY, machine_type TEXT NOT NULL, machine_id INTEGER NOT NULL, label TEXT NOT NULL, location TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'available' CHECK (status IN ('available', 'in_use', 'completed', 'disabled')),
  enabled INTEGER NOT NULL DEFAULT 1, current_cycle_id TEXT, laundry_inside INTEGER NOT NULL DEFAULT 0, hold_user_id TEXT,
  hold_reason TEXT, hold_expires_at TEXT, out_of_order_since TEXT, out_of_order_reason TEXT, expected_back_at TEXT,
  total_cycles INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 1, created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL, UNIQUE (machine_type, machine_id));
CREATE INDEX ix_machines_status ON machines (machine_type, status);
CREATE TABLE cycles (
  id TEXT PRIMARY KEY, machine_pk TEXT NOT NULL REFERENCES machines, machine_type TEXT NOT NULL, machine_id INTEGER NOT NULL,
  user_id TEXT REFERENCES users ON DELETE SET NULL, source TEXT NOT NULL DEFAULT 'app', category TEXT NOT NULL,
  minutes INTEGER NOT NULL, started_at TEXT NOT NULL, ends_at TEXT NOT NULL, finish TEXT, completed_at TEXT,
  pickup_deadline TEXT, closed_at TEXT, close_reason TEXT, closed_by TEXT);
CREATE UNIQUE INDEX uq_cycles_open ON cycles (machine_pk) WHERE closed_at IS NULL;
CREATE INDEX ix_cycles_user ON cycles (user_id, closed_at);
CREATE INDEX ix_cycles_started ON cycles (started_at);
CREATE TABLE fault_reports (
  id TEXT PRIMARY KEY, machine_pk TEXT NOT NULL REFERENCES machines, user_id TEXT REFERENCES users ON DELETE SET NULL,
  kind TEXT NOT NULL, description TEXT NOT NULL, counts INTEGER NOT NULL DEFAULT 1, status TEXT NOT NULL DEFAULT 'open',
  created_at TEXT NOT NULL);
CREATE INDEX ix_faults_machine ON fault_reports (machine_pk, status);
CREATE TABLE waitlist_items (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE, machine_type TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'waiting', sort_key INTEGER NOT NULL, joined_at TEXT NOT NULL);
CREATE INDEX ix_waitlist_type ON waitlist_items (machine_type, status, sort_key);
CREATE TABLE events (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, channels TEXT NOT NULL, actor TEXT NOT NULL,
  subject TEXT NOT NULL, data TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE activities (
  id TEXT PRIMARY KEY, user_id TEXT REFERENCES users ON DELETE SET NULL, activity_type TEXT NOT NULL,
  machine_type TEXT NOT NULL, machine_id INTEGER NOT NULL, details TEXT NOT NULL, visibility TEXT NOT NULL DEFAULT 'public',
  event_seq INTEGER NOT NULL REFERENCES events, created_at TEXT NOT NULL);
CREATE INDEX ix_activities_created ON activities (created_at);
CREATE INDEX ix_activities_user ON activities (user_id, created_at);
`);

const seed = JSON.parse(readFileSync(process.env.BENCH_SEED, "utf8"));
db.transaction(() => {
  const now = new Date();
  const later = new Date(now.getTime() + 30 * DAY_MS).toISOString();
  const addUser = db.prepare("INSERT INTO users (id, role, student_id, display_name, created_at) VALUES (?, 'student', ?, ?, ?)");
  const addSession = db.prepare("INSERT INTO sessions (id, user_id, created_at, expires_at) VALUES (?, ?, ?, ?)");
  const addMachine = db.prepare(
    "INSERT INTO machines (id, machine_type, machine_id, label, location, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  for (const user of seed.users) {
    addUser.run(user.id, user.student_id, user.display_name, now.toISOString());
    addSession.run(user.session_id, user.id, now.toISOString(), later);
  }
  for (const [kind, word] of [["washer", "Washer"], ["dryer", "Dryer"]]) {
    for (let number = 1; number <= seed.machines_per_type; number += 1) {
      addMachine.run(randomUUID(), kind, number, `${word} ${number}`, "Left wall", now.toISOString(), now.toISOString());
    }
  }
})();

const MACHINE = `
SELECT m.*, c.category AS current_category, c.user_id AS current_user_id, u.display_name AS in_use_by, c.id AS cycle_id,
  c.source, c.started_at, c.ends_at, c.completed_at, c.pickup_deadline,
  (SELECT count(*) FROM fault_reports f
   WHERE f.machine_pk = m.id AND f.status IN ('open', 'acknowledged') AND f.counts) AS report_count
FROM machines m LEFT JOIN cycles c ON c.id = m.current_cycle_id LEFT JOIN users u ON u.id = c.user_id`;

const sql = {
  session: db.prepare(`
    SELECT u.id, u.role, u.status, u.display_name, s.expires_at FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id = ? AND s.user_id = ? AND s.revoked_at IS NULL`),
  machines: db.prepare(`${MACHINE} ORDER BY m.machine_type, m.machine_id`),
  machine: db.prepare(`${MACHINE} WHERE m.machine_type = ? AND m.machine_id = ?`),
  waiting: db.prepare("SELECT machine_type, count(*) AS count FROM waitlist_items WHERE status = 'waiting' GROUP BY machine_type"),
  lastSeq: db.prepare("SELECT max(seq) FROM events").pluck(),
  take: db.prepare(`
    UPDATE machines SET status = 'in_use', laundry_inside = 1, current_cycle_id = @cycle, hold_user_id = NULL,
      hold_reason = NULL, hold_expires_at = NULL, version = version + 1, updated_at = @now
    WHERE id = @machine AND status = 'available' AND enabled = 1 AND (hold_user_id IS NULL OR hold_user_id = @user)`),
  addCycle: db.prepare(`
    INSERT INTO cycles (id, machine_pk, machine_type, machine_id, user_id, category, minutes, started_at, ends_at)
    VALUES (@id, @machine_pk, @machine_type, @machine_id, @user_id, @category, @minutes, @started_at, @ends_at)`),
  closeCycle: db.prepare(`
    UPDATE cycles SET finish = coalesce(finish, 'early'), completed_at = coalesce(completed_at, @now),
      pickup_deadline = @deadline, closed_at = @closed_at, close_reason = @reason, closed_by = @by WHERE id = @id`),
  freeMachine: db.prepare(`
    UPDATE machines SET status = @status, laundry_inside = @inside, current_cycle_id = @cycle, total_cycles = total_cycles + @done,
      version = version + 1, updated_at = @now WHERE id = @id`),
  addEvent: db.prepare(`
    INSERT INTO events (id, name, channels, actor, subject, data, at) VALUES (?, ?, '["machines"]', ?, ?, ?, ?)`),
  addActivity: db.prepare(`
    INSERT INTO activities (id, user_id, activity_type, machine_type, machine_id, details, event_seq, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
};

// --- rules ---------------------------------------------------------------------------------------------------------

class Refusal extends Error {
  constructor(statusCode, code) {
    super(code);
    this.statusCode = statusCode;
  }
}

function viewOf(row, now) {
  const running = row.status === "in_use" && row.ends_at !== null;
  return {
    id: row.id,
    machine_type: row.machine_type,
    machine_id: row.machine_id,
    label: row.label,
    location: row.location,
    status: row.status,
    enabled: row.enabled === 1,
    current_category: row.current_category,
    current_user_id: row.current_user_id,
    in_use_by: row.in_use_by,
    cycle_id: row.cycle_id,
    source: row.source,
    started_at: row.started_at,
    ends_at: row.ends_at,
    time_left_seconds: running ? Math.max(0, Math.ceil((Date.parse(row.ends_at) - now) / 1000)) : 0,
    completed_at: row.completed_at,
    pickup_deadline: row.pickup_deadline,
    overdue: row.status === "completed" && row.pickup_deadline !== null && now >= Date.parse(row.pickup_deadline),
    laundry_inside: row.laundry_inside === 1,
    hold: row.hold_user_id && { user_id: row.hold_user_id, reason: row.hold_reason, expires_at: row.hold_expires_at },
    report_count: row.report_count,
    out_of_order: row.out_of_order_since && {
      since: row.out_of_order_since,
      reason: row.out_of_order_reason,
      expected_back_at: row.expected_back_at,
    },
    total_cycles: row.total_cycles,
    version: row.version,
  };
}

function summaryOf(machines, waiting) {
  const summary = { total: machines.length, available: 0, held: 0, in_use: 0, completed: 0, disabled: 0, waiting, next_free_at: null };
  let next = null;
  for (const machine of machines) {
    summary[machine.hold ? "held" : machine.status] += 1;
    if (machine.status === "in_use" && (next === null || machine.ends_at < next)) next = machine.ends_at;
  }
  if (summary.available === 0 || waiting > 0) summary.next_free_at = next;
  return summary;
}

function tell(user, view, change, activity, details, at) {
  const event = sql.addEvent.run(
    randomUUID(),
    `machine.${change}`,
    JSON.stringify({ user_id: user.id, role: user.role }),
    JSON.stringify({ machine_type: view.machine_type, machine_id: view.machine_id }),
    JSON.stringify({ change, machine: view }),
    at,
  );
  sql.addActivity.run(
    randomUUID(), user.id, activity, view.machine_type, view.machine_id, details, event.lastInsertRowid, at,
  );
}

const start = db.transaction((user, body) => {
  const row = sql.machine.get(body.machine_type, body.machine_id);
  if (row === undefined) throw new Refusal(404, "machine_not_found");
  const minutes = MINUTES[body.category];
  if (minutes === undefined) throw new Refusal(422, "unknown_category");
  const now = Date.now();
  const at = new Date(now).toISOString();
  const cycle = {
    id: randomUUID(),
    machine_pk: row.id,
    machine_type: row.machine_type,
    machine_id: row.machine_id,
    user_id: user.id,
    category: body.category,
    minutes,
    started_at: at,
    ends_at: new Date(now + minutes * 60_000).toISOString(),
  };
  const taken = sql.take.run({ cycle: cycle.id, now: at, machine: row.id, user: user.id });
  if (taken.changes === 0) throw new Refusal(409, row.status === "in_use" ? "machine_in_use" : "machine_not_available");
  sql.addCycle.run(cycle);
  const view = viewOf(
    {
      ...row,
      status: "in_use",
      laundry_inside: 1,
      hold_user_id: null,
      current_category: body.category,
      current_user_id: user.id,
      in_use_by: user.display_name,
      cycle_id: cycle.id,
      source: "app",
      started_at: at,
      ends_at: cycle.ends_at,
      version: row.version + 1,
    },
    now,
  );
  tell(user, view, "started", "machine_started", body.category, at);
  return view;
});

const end = db.transaction((user, body) => {
  const row = sql.machine.get(body.machine_type, body.machine_id);
  if (row === undefined) throw new Refusal(404, "machine_not_found");
  if (row.cycle_id === null) throw new Refusal(409, "no_active_cycle");
  if (body.cycle_id !== undefined && body.cycle_id !== row.cycle_id) throw new Refusal(409, "cycle_changed");
  if (row.current_user_id !== user.id) throw new Refusal(403, "not_your_cycle");
  const now = Date.now();
  const at = new Date(now).toISOString();
  const done = row.status === "in_use" ? 1 : 0;
  const deadline = body.collected ? row.pickup_deadline : new Date(now + 600_000).toISOString();
  sql.closeCycle.run({
    now: at,
    deadline,
    closed_at: body.collected ? at : null,
    reason: body.collected ? "collected" : null,
    by: body.collected ? user.id : null,
    id: row.cycle_id,
  });
  const status = body.collected ? "available" : "completed";
  sql.freeMachine.run({
    status, inside: body.collected ? 0 : 1, cycle: body.collected ? null : row.cycle_id, done, now: at, id: row.id,
  });
  const load = body.collected
    ? {
        current_category: null, current_user_id: null, in_use_by: null, cycle_id: null, source: null, started_at: null,
        ends_at: null, completed_at: null, pickup_deadline: null, laundry_inside: 0,
      }
    : { completed_at: row.completed_at ?? at, pickup_deadline: deadline };
  const view = viewOf({ ...row, ...load, status, total_cycles: row.total_cycles + done, version: row.version + 1 }, now);
  const [change, activity] = body.collected ? ["collected", "laundry_collected"] : ["ended_early", "machine_ended"];
  tell(user, view, change, activity, row.current_category, at);
  return view;
});

// --- routes --------------------------------------------------------------------------------------------------------

const text = { type: "string" };
const textOrNull = { type: "string", nullable: true };
const machineSchema = {
  type: "object",
  properties: {
    id: text, machine_type: text, machine_id: { type: "integer" }, label: text, location: text, status: text,
    enabled: { type: "boolean" }, current_category: textOrNull, current_user_id: textOrNull, in_use_by: textOrNull,
    cycle_id: textOrNull, source: textOrNull, started_at: textOrNull, ends_at: textOrNull,
    time_left_seconds: { type: "integer" }, completed_at: textOrNull, pickup_deadline: textOrNull,
    overdue: { type: "boolean" }, laundry_inside: { type: "boolean" },
    hold: { type: "object", nullable: true, properties: { user_id: text, reason: text, expires_at: text } },
    report_count: { type: "integer" },
    out_of_order: {
      type: "object", nullable: true, properties: { since: text, reason: textOrNull, expected_back_at: textOrNull },
    },
    total_cycles: { type: "integer" }, version: { type: "integer" },
  },
};
const number = { type: "integer" };
const summarySchema = {
  type: "object",
  properties: {
    total: number, available: number, held: number, in_use: number, completed: number, disabled: number, waiting: number,
    next_free_at: textOrNull,
  },
};
const boardSchema = {
  type: "object",
  properties: {
    washers: { type: "array", items: machineSchema },
    dryers: { type: "array", items: machineSchema },
    summary: { type: "object", properties: { washer: summarySchema, dryer: summarySchema } },
    server_time: text,
    last_id: text,
  },
};
const machineType = { type: "string", enum: ["washer", "dryer"] };
const machineId = { type: "integer", minimum: 1, maximum: 99 };

const app = Fastify({ logger: false, ajv: { customOptions: { removeAdditional: false, coerceTypes: false } } });
app.register(jwt, { secret: process.env.BENCH_SECRET, verify: { algorithms: ["HS256"], cache: true, requiredClaims: ["exp", "sub", "sid"] } });
app.decorateRequest("person", null);

async function signedIn(request) {
  const claims = await request.jwtVerify();
  const row = sql.session.get(claims.sid, claims.sub);
  if (row === undefined || row.status !== "active" || row.expires_at <= new Date().toISOString()) {
    throw new Refusal(401, "session_revoked");
  }
  request.person = row;
}

async function student(request) {
  await signedIn(request);
  if (request.person.role !== "student") throw new Refusal(403, "forbidden");
}

app.get("/api/health", async () => ({ status: "ok" }));

app.get("/api/v1/machines/", { onRequest: signedIn, schema: { response: { 200: boardSchema } } }, async () => {
  const now = Date.now();
  const washers = [];
  const dryers = [];
  for (const row of sql.machines.iterate()) (row.machine_type === "washer" ? washers : dryers).push(viewOf(row, now));
  const waiting = { washer: 0, dryer: 0 };
  for (const row of sql.waiting.iterate()) waiting[row.machine_type] = row.count;
  return {
    washers,
    dryers,
    summary: { washer: summaryOf(washers, waiting.washer), dryer: summaryOf(dryers, waiting.dryer) },
    server_time: new Date(now).toISOString(),
    last_id: `${sql.lastSeq.get() ?? 0}.0`,
  };
});

app.post(
  "/api/v1/machines/start",
  {
    onRequest: student,
    schema: {
      body: {
        type: "object",
        required: ["machine_type", "machine_id", "category"],
        additionalProperties: false,
        properties: {
          machine_type: machineType, machine_id: machineId, category: { type: "string", maxLength: 20 },
          machine_code: { type: "string", maxLength: 4 },
        },
      },
      response: { 201: machineSchema },
    },
  },
  async (request, reply) => {
    reply.code(201);
    return start.immediate(request.person, request.body);
  },
);

app.post(
  "/api/v1/machines/end",
  {
    onRequest: student,
    schema: {
      body: {
        type: "object",
        required: ["machine_type", "machine_id"],
        additionalProperties: false,
        properties: {
          machine_type: machineType, machine_id: machineId, collected: { type: "boolean", default: false }, cycle_id: text,
        },
      },
      response: { 200: machineSchema },
    },
  },
  async (request) => end.immediate(request.person, request.body),
);

await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) });
