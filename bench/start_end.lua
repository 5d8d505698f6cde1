-- Start, then end with the load taken out, for ever. One thread is one connection is one student (wrk -t N -c N), so
-- each thread may keep its own state: student k starts and ends washer k, then dryer k.
local threads = 0

function setup(thread)
  thread:set("slot", threads)
  threads = threads + 1
end

local turn, requests = 1, {}

function init(args)
  local token, line = nil, 0
  for text in io.lines(args[1]) do
    if line == slot then token = text end
    line = line + 1
  end
  local headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
  for _, kind in ipairs({ "washer", "dryer" }) do
    local machine = string.format('"machine_type":"%s","machine_id":%d', kind, slot + 1)
    requests[#requests + 1] = wrk.format("POST", "/api/v1/machines/start", headers, "{" .. machine .. ',"category":"normal"}')
    requests[#requests + 1] = wrk.format("POST", "/api/v1/machines/end", headers, "{" .. machine .. ',"collected":true}')
  end
end

function request()
  return requests[turn]
end

-- The turn moves with the answer, not with the sending: a command is never sent before the last one is acknowledged.
function response()
  turn = turn % #requests + 1
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"us":%d,"p50_us":%d,"p99_us":%d,"max_us":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
