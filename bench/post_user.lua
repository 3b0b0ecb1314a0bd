-- Every request creates another user; the argument keeps the users of one run apart from those of the next.
local counter = 0
local run = ""

function init(args)
  run = args[1]
end

function request()
  counter = counter + 1
  local name = string.format("bench-%s-%d", run, counter)
  local body = string.format(
    '{"username":"%s@example.com","status":"ACT","roleCode":"STU","timeZoneId":"UTC","interfaceLanguageId":15,' ..
    '"examLanguageId":15,"firstName":"Tom","lastName":"Palmer","email":"%s@example.com","externalId":"%s"}',
    name, name, name)
  return wrk.format("POST", nil, nil, body)
end
