-- Prints what came of a run of wrk as one line of JSON. With BENCH_COOKIES, a file of Cookie values, each request sends one of them.
local cookies = os.getenv('BENCH_COOKIES')

if cookies then
  local requests = {}

  function init()
    math.randomseed(os.time())
    for cookie in io.lines(cookies) do
      wrk.headers['Cookie'] = cookie
      requests[#requests + 1] = wrk.format()
    end
  end

  function request()
    return requests[math.random(#requests)]
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(
    string.format(
      '\n{"requests":%d,"seconds":%.3f,"p50Ms":%.3f,"p99Ms":%.3f,"refused":%d,"broken":%d}\n',
      summary.requests,
      summary.duration / 1e6,
      latency:percentile(50) / 1e3,
      latency:percentile(99) / 1e3,
      errors.status,
      errors.connect + errors.read + errors.write + errors.timeout
    )
  )
end
