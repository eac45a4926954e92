/**
 * What Redis does as a whole. A text is a hash of its version (`v`) and itself (`d`); its lease stands beside it, in the same
 * slot of a cluster. Redis' own clock makes versions, so that those of all tasks are in one order, also after it was emptied.
 */
const stored = `
local function version(key) return tonumber(redis.call('hget', key, 'v') or nil) or 0 end
local function newest(key)
  local time = redis.call('time')
  return math.max(time[1] * 1000000 + time[2], version(key) + 1)
end
local function keep(key, text, version, ttl)
  redis.call('hset', key, 'v', string.format('%.0f', version), 'd', text)
  redis.call('pexpire', key, ttl)
end
`;

export const scripts = {
  /** KEYS: text. ARGV: text, time to live, version or nothing. */
  put: `${stored}
local given = tonumber(ARGV[3])
if given and given < version(KEYS[1]) then return 0 end
keep(KEYS[1], ARGV[1], given or newest(KEYS[1]), ARGV[2])
return 1`,

  /** KEYS: text, lease. ARGV: holder, time to live. */
  lease: `${stored}
if not redis.call('set', KEYS[2], ARGV[1], 'nx', 'px', ARGV[2]) then return 0 end
return newest(KEYS[1])`,

  /** KEYS: lease. ARGV: holder, time to live. */
  extend: `
if (redis.call('get', KEYS[1]) or ARGV[1]) ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
return 1`,

  /** KEYS: text, lease. ARGV: holder; and with a result its text, time to live and version. */
  release: `${stored}
if ARGV[4] and tonumber(ARGV[4]) >= version(KEYS[1]) then keep(KEYS[1], ARGV[2], tonumber(ARGV[4]), ARGV[3]) end
if redis.call('get', KEYS[2]) == ARGV[1] then redis.call('del', KEYS[2]) end
return 1`,

  /** KEYS: count. ARGV: window. */
  count: `
local count = redis.call('incr', KEYS[1])
if count == 1 then redis.call('pexpire', KEYS[1], ARGV[1]) end
return {count, redis.call('pttl', KEYS[1])}`,

  /** KEYS: set. ARGV: member, how many there may be, time to live. Scores say who was added when. */
  add: `
local time = redis.call('time')
local last = tonumber(redis.call('zrange', KEYS[1], -1, -1, 'withscores')[2]) or 0
redis.call('zadd', KEYS[1], string.format('%.0f', math.max(time[1] * 1000000 + time[2], last + 1)), ARGV[1])
if redis.call('pttl', KEYS[1]) < tonumber(ARGV[3]) then redis.call('pexpire', KEYS[1], ARGV[3]) end
local over = redis.call('zcard', KEYS[1]) - ARGV[2]
if over <= 0 then return {} end
local evicted = redis.call('zrange', KEYS[1], 0, over - 1)
redis.call('zremrangebyrank', KEYS[1], 0, over - 1)
return evicted`,

  /** KEYS: log. ARGV: line, for how long lines are kept. */
  append: `
local oldest = redis.call('time')[1] * 1000 - ARGV[2]
local id = redis.call('xadd', KEYS[1], 'minid', '~', string.format('%.0f', oldest), '*', 'line', ARGV[1])
redis.call('pexpire', KEYS[1], ARGV[2])
return id`,
} as const;
