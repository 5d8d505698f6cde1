// Stock pusher-js, driven by lines of JSON: one command a line comes in, what the client emits goes out.
const { createRequire } = require("node:module");
const { createInterface } = require("node:readline");
const Pusher = createRequire(process.argv[2])("pusher-js");

const clients = {};
const say = (said) => process.stdout.write(JSON.stringify(said) + "\n");

// What a page does to miss nothing: a position for each channel, taken from all that the channel tells.
function remember(client, name, data) {
  if (data && data.last_id) client.positions[name] = data.last_id;
  else if (data && data.id && data.seq !== undefined) client.positions[name] = data.id;
}

const commands = {
  open({ id, key, options, token, auth }) {
    const client = { positions: {}, token };
    const asked = { endpoint: auth + "/pusher/auth", transport: "ajax" };
    const headersProvider = () => ({ Authorization: `Bearer ${client.token}` });
    client.pusher = new Pusher(key, {
      ...options,
      channelAuthorization: {
        ...asked,
        headersProvider,
        paramsProvider: () => ({ since: JSON.stringify(client.positions) }),
      },
      userAuthentication: { endpoint: auth + "/pusher/user-auth", transport: "ajax", headersProvider },
    });
    client.pusher.connection.bind("state_change", ({ current }) => say({ id, state: current }));
    client.pusher.connection.bind("error", (error) => say({ id, error: (error.error || error).data || String(error) }));
    clients[id] = client;
  },
  subscribe({ id, channel, since }) {
    const client = clients[id];
    if (since !== undefined) client.positions[channel] = since;
    const joined = client.pusher.subscribe(channel);
    joined.bind_global((event, data) => {
      remember(client, channel, data);
      const members = joined.members ? Object.keys(joined.members.members).sort() : undefined;
      say({ id, channel, event, data, members });
    });
    joined.bind("client-typing", (data, { user_id }) => say({ id, channel, typed: data, from: user_id }));
  },
  unsubscribe({ id, channel }) {
    clients[id].pusher.unsubscribe(channel);
    say({ id, channel, left: true });
  },
  trigger({ id, channel, event, data }) {
    say({ id, channel, sent: clients[id].pusher.channel(channel).trigger(event, data) });
  },
  signin({ id }) {
    const { user } = clients[id].pusher;
    user.bind_global((event, data) => say({ id, user: user.user_data, event, data }));
    clients[id].pusher.signin();
    user.signinDonePromise.then(() => say({ id, signed: user.user_data }));
  },
  token({ id, token }) {
    clients[id].token = token;
  },
  connect({ id }) {
    clients[id].pusher.connect();
  },
  disconnect({ id }) {
    clients[id].pusher.disconnect();
  },
  cut({ id }) {
    // The line is lost: no close is said, as when a phone goes into a lift.
    clients[id].pusher.connection.connection?.transport.socket._stream.destroy();
  },
  freeze({ id }) {
    // The line is dead and nobody is told: what is written goes nowhere, and nothing comes.
    const { _stream, _driver } = clients[id].pusher.connection.connection.transport.socket;
    _stream.unpipe(_driver.io);
    _stream.pause();
  },
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { act, ...said } = JSON.parse(line);
    commands[act](said);
  })
  .on("close", () => process.exit(0));
