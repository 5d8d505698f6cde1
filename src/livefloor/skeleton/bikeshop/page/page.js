// One page for everybody: what one may not do is not shown, and what others do is seen at once.
const at = (id) => document.getElementById(id);
const words = (name) => name.replaceAll("_", " ");
const tickets = new Map();
let token = sessionStorage.getItem("token");
let source;

async function call(method, path, body) {
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  const answer = await fetch(`api/${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (answer.status === 401 && token) leave();
  if (!answer.ok) throw new Error((await answer.json()).detail);
  return answer;
}

// An answer and its event hold the same ticket, in whichever order they come: the newer version counts.
function put(ticket) {
  if (ticket.version > (tickets.get(ticket.id)?.version ?? 0)) tickets.set(ticket.id, ticket);
  show();
}

function show() {
  at("tickets").replaceChildren(...[...tickets.values()].map(row));
  at("empty").hidden = !token || tickets.size > 0;
}

function row(ticket) {
  const item = document.createElement("li");
  const [title, status] = [document.createElement("strong"), document.createElement("span")];
  [title.textContent, status.textContent] = [ticket.title, words(ticket.status)];
  item.append(title, status, ...(may.has("move_ticket") ? ticket.next : []).map((to) => move(ticket, to)));
  return item;
}

function move(ticket, to) {
  const button = document.createElement("button");
  button.textContent = words(to);
  button.ariaLabel = `${ticket.title}: ${words(to)}`;
  button.onclick = () => attempt(async () => put(await (await call("POST", `tickets/${ticket.id}/move`, { to })).json()));
  return button;
}

async function attempt(act) {
  at("refused").textContent = "";
  try {
    await act();
  } catch (error) {
    at("refused").textContent = error.message;
  }
}

let may = new Set();

// What is there now, and from its place in the log all that comes: nothing falls between the two.
async function enter() {
  if (!token) return;
  at("line").textContent = "Loading …";
  try {
    may = new Set((await (await call("GET", "auth/me")).json()).may);
    for (const part of document.querySelectorAll("[data-may]")) part.hidden = !may.has(part.dataset.may);
    [at("sign-in").hidden, at("out").hidden] = [true, false];
    const answer = await call("GET", "tickets");
    tickets.clear();
    for (const ticket of await answer.json()) tickets.set(ticket.id, ticket);
    show();
    await listen(answer.headers.get("Event-Seq"));
  } catch (error) {
    if (token) again();
    throw error;
  }
}

function again() {
  at("line").textContent = "Offline";
  setTimeout(() => attempt(enter), 3000);
}

async function listen(last_id) {
  const { ticket } = await (await call("POST", "stream/ticket")).json();
  source?.close();
  source = new EventSource(`api/stream?${new URLSearchParams({ ticket, last_id })}`);
  source.onopen = () => (at("line").textContent = "Live");
  source.addEventListener("resync", () => attempt(enter));
  for (const name of ["ticket_opened", "ticket_moved"])
    source.addEventListener(name, (event) => put(JSON.parse(event.data).ticket));
  // It comes back by itself, from where it was; not after a refusal.
  source.onerror = () => {
    at("line").textContent = "Offline";
    if (source.readyState === EventSource.CLOSED) again();
  };
}

function leave() {
  source?.close();
  sessionStorage.removeItem("token");
  token = null;
  tickets.clear();
  show();
  at("line").textContent = "";
  for (const part of document.querySelectorAll("[data-may]")) part.hidden = true;
  [at("sign-in").hidden, at("out").hidden] = [false, true];
}

function onSend(id, act) {
  at(id).addEventListener("submit", (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target));
    attempt(async () => {
      await act(given, event.submitter.value);
      event.target.reset();
    });
  });
}

onSend("sign-in", async (given, how) => {
  ({ access_token: token } = await (await call("POST", `auth/${how || "login"}`, given)).json());
  sessionStorage.setItem("token", token);
  await enter();
});
onSend("open", async (given) => put(await (await call("POST", "tickets", given)).json()));
at("out").onclick = () => attempt(async () => (await call("POST", "auth/logout"), leave()));

if (token) attempt(enter);
else leave();
