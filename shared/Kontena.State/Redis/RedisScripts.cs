namespace Kontena.State.Redis;

/// <summary>The Lua that runs inside Redis. Character 31 parts fields, 30 parts entries; ids and index values contain neither.</summary>
internal static class RedisScripts
{
    public const char FieldEnd = '\u001f';

    public const long Applied = 0;

    public const long AppliedBefore = -1;

    /// <summary>
    /// Keys: batch mark, outbox, outbox sequence, changes, then per kind: documents, index, indexed-as.
    /// Answers 0 when applied, -1 when this very batch was applied before, n when the n-th expectation failed and nothing changed.
    /// </summary>
    public const string Commit = """
        local at = 0
        local function take() at = at + 1; return ARGV[at] end
        local function number() return tonumber(take()) end
        local function key(kind, part) return KEYS[(kind - 1) * 3 + 4 + part] end

        if redis.call('EXISTS', KEYS[1]) == 1 then return -1 end

        local found = {}
        for i = 1, number() do
          local kind, id, expected = number(), take(), number()
          local stored = redis.call('HGET', key(kind, 1), id)
          found[i] = 0
          if stored then found[i] = tonumber(string.sub(stored, 1, string.find(stored, '\n', 1, true) - 1)) end
          if expected ~= -1 and expected ~= found[i] then return i end
        end

        local function unindex(kind, id)
          local terms = redis.call('HGET', key(kind, 3), id)
          if terms then
            for term in string.gmatch(terms, '[^\30]+') do redis.call('ZREM', key(kind, 2), term .. '\31' .. id) end
            redis.call('HDEL', key(kind, 3), id)
          end
        end

        for _ = 1, number() do
          local kind, id, check, json = number(), take(), number(), take()
          redis.call('HSET', key(kind, 1), id, string.format('%d', found[check] + 1) .. '\n' .. json)
          if found[check] > 0 then unindex(kind, id) end
          local terms = {}
          for i = 1, number() do
            terms[i] = take()
            redis.call('ZADD', key(kind, 2), 0, terms[i] .. '\31' .. id)
          end
          if #terms > 0 then redis.call('HSET', key(kind, 3), id, table.concat(terms, '\30')) end
        end

        for _ = 1, number() do
          local kind, id = number(), take()
          redis.call('HDEL', key(kind, 1), id)
          unindex(kind, id)
        end

        for _ = 1, number() do
          local sequence = redis.call('INCR', KEYS[3])
          redis.call('ZADD', KEYS[2], sequence, string.format('%d', sequence) .. '\31' .. take())
        end

        local batch = take()
        for _ = 1, number() do redis.call('HSET', KEYS[4], take(), batch) end

        redis.call('SET', KEYS[1], '1', 'EX', take())
        return 0
        """;

    /// <summary>Keys: documents, index. Arguments: lower and upper bound, page size, characters before the id. Answers id, document, id, document …</summary>
    public const string ListByIndex = """
        local answer = {}
        for i, member in ipairs(redis.call('ZRANGEBYLEX', KEYS[2], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])) do
          local id = string.sub(member, ARGV[4] + 1)
          answer[i * 2 - 1] = id
          answer[i * 2] = redis.call('HGET', KEYS[1], id)
        end
        return answer
        """;
}
