-- Every request creates another user; threads keep apart by their number.
local counter = 0
local thread_number = 0
local next_thread = 0

function setup(thread)
  thread:set("thread_number", next_thread)
  next_thread = next_thread + 1
end

function request()
  counter = counter + 1
  local name = string.format("bench-%d-%d", thread_number, counter)
  local body = string.format(
    '{"username":"%s@example.com","status":"ACT","roleCode":"STU","timeZoneId":"UTC","interfaceLanguageId":15,' ..
    '"examLanguageId":15,"firstName":"Tom","lastName":"Palmer","email":"%s@example.com","externalId":"%s"}',
    name, name, name)
  return wrk.format("POST", nil, nil, body)
end
