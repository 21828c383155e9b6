import type { Exchange } from "../../../src/detection/testing/exchange.ts"

const hello: Exchange = { target: "/?a=1&b=two&c=x%20y", headers: { Host: "h", "X-A": "abc" } }
const form: Exchange = {
  method: "POST",
  target: "/?g=1",
  headers: { Host: "h", "Content-Type": "application/x-www-form-urlencoded", "Content-Length": "3" },
  body: "p=1",
}
const json: Exchange = {
  method: "POST",
  target: "/",
  headers: { Host: "h", "Content-Type": "text/plain", "Content-Length": "7" },
  body: '{"a":1}',
}

/** The rules that match and log, in their order, each with its logdata behind a blank. */
export type FlowCase = readonly [name: string, rules: string, of: Exchange, logged: readonly string[]]

/** As libmodsecurity 3.0.9 says. */
export const asModSecurity: readonly FlowCase[] = [
  [
    "ctl:ruleRemoveById=2",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveById=2"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "3"],
  ],
  [
    "ctl:ruleRemoveById=2-3",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveById=2-3"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1"],
  ],
  [
    "ctl:ruleRemoveById=3",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveById=3"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "4 <ARGS:a><ARGS:b><ARGS:c>"],
  ],
  [
    "ctl:ruleRemoveById=1-9",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveById=1-9"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1"],
  ],
  [
    "ctl:ruleRemoveByTag=kind/a",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveByTag=kind/a"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "3"],
  ],
  [
    "ctl:ruleRemoveByTag=kind",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveByTag=kind"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3", "4 <ARGS:a><ARGS:b><ARGS:c>"],
  ],
  [
    "ctl:ruleRemoveByTag=KIND/A",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveByTag=KIND/A"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3", "4 <ARGS:a><ARGS:b><ARGS:c>"],
  ],
  [
    "ctl:ruleRemoveByTag=kind/.*",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveByTag=kind/.*"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3", "4 <ARGS:a><ARGS:b><ARGS:c>"],
  ],
  [
    "ctl:ruleRemoveTargetById=2;ARGS",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveTargetById=2;ARGS"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "3"],
  ],
  [
    "ctl:ruleRemoveTargetById=2;ARGS:a",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveTargetById=2;ARGS:a"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3", "4 <ARGS:b><ARGS:c>"],
  ],
  [
    "ctl:ruleRemoveTargetById=2;ARGS:zz",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveTargetById=2;ARGS:zz"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3", "4 <ARGS:a><ARGS:b><ARGS:c>"],
  ],
  [
    "ctl:ruleRemoveTargetById=3;ARGS:a",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveTargetById=3;ARGS:a"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3", "4 <ARGS:a><ARGS:b><ARGS:c>"],
  ],
  [
    "ctl:ruleRemoveTargetByTag=kind/a;ARGS",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveTargetByTag=kind/a;ARGS"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "3"],
  ],
  [
    "ctl:ruleRemoveTargetByTag=kind/a;ARGS:b",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveTargetByTag=kind/a;ARGS:b"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3", "4 <ARGS:a><ARGS:c>"],
  ],
  [
    "ctl:ruleRemoveTargetByTag=other;ARGS",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveTargetByTag=other;ARGS"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "3"],
  ],
  [
    "ctl:ruleRemoveTargetByTag=kind;ARGS",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveTargetByTag=kind;ARGS"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3", "4 <ARGS:a><ARGS:b><ARGS:c>"],
  ],
  [
    "ctl:ruleEngine=Off",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleEngine=Off"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1"],
  ],
  [
    "ctl:ruleEngine=DetectionOnly",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleEngine=DetectionOnly"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3", "4 <ARGS:a><ARGS:b><ARGS:c>"],
  ],
  [
    "ctl:ruleEngine=On",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleEngine=On"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3", "4 <ARGS:a><ARGS:b><ARGS:c>"],
  ],
  [
    "ctl:auditEngine=Off",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:auditEngine=Off"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3", "4 <ARGS:a><ARGS:b><ARGS:c>"],
  ],
  [
    "ctl:auditLogParts=+E",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:auditLogParts=+E"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3", "4 <ARGS:a><ARGS:b><ARGS:c>"],
  ],
  [
    "ctl:forceRequestBodyVariable=On",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:forceRequestBodyVariable=On"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3", "4 <ARGS:a><ARGS:b><ARGS:c>"],
  ],
  [
    "ctl:ruleRemoveById behind the rule",
    `SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,ctl:ruleRemoveById=2"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"`,
    hello,
    ["2", "1", "3"],
  ],
  [
    "ctl:ruleRemoveById in the same phase",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,ctl:ruleRemoveById=2"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"`,
    hello,
    ["1", "3"],
  ],
  [
    "ctl:ruleRemoveById in a chain that fails",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,ctl:ruleRemoveById=2,chain"
SecRule ARGS "@rx zzz" "t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["2"],
  ],
  [
    "ctl:ruleRemoveById in the last link",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,chain"
SecRule ARGS "@rx ." "ctl:ruleRemoveById=2"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["1"],
  ],
  [
    "ctl:ruleRemoveTargetById leaves other variables",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveTargetById=2;ARGS"
SecRule ARGS|ARGS_NAMES "@rx ^a$" "id:2,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"`,
    hello,
    ["1", "2", "3"],
  ],
  [
    "ctl:ruleRemoveTargetById=ARGS leaves ARGS_GET",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveTargetById=2;ARGS:a"
SecRule ARGS_GET:a "@rx ." "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["1", "2"],
  ],
  [
    'ctl:requestBodyAccess=Off {"a":1}',
    `SecRequestBodyAccess On
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:requestBodyAccess=Off"
SecRule ARGS_POST "@rx ." "id:2,phase:2,pass,log,t:none"
SecRule REQUEST_BODY "@rx ." "id:3,phase:2,pass,log,t:none"
SecRule REQBODY_ERROR "@eq 1" "id:4,phase:2,pass,log,t:none"
SecRule REQBODY_PROCESSOR "@rx ." "id:5,phase:2,pass,log,t:none,logdata:'%{REQBODY_PROCESSOR}'"`,
    json,
    ["1"],
  ],
  [
    "ctl:requestBodyAccess=On p=1",
    `SecRequestBodyAccess On
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:requestBodyAccess=On"
SecRule ARGS_POST "@rx ." "id:2,phase:2,pass,log,t:none"
SecRule REQUEST_BODY "@rx ." "id:3,phase:2,pass,log,t:none"
SecRule REQBODY_ERROR "@eq 1" "id:4,phase:2,pass,log,t:none"
SecRule REQBODY_PROCESSOR "@rx ." "id:5,phase:2,pass,log,t:none,logdata:'%{REQBODY_PROCESSOR}'"`,
    form,
    ["1", "2", "3", "5 URLENCODED"],
  ],
  [
    'ctl:requestBodyAccess=On {"a":1}',
    `SecRequestBodyAccess On
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:requestBodyAccess=On"
SecRule ARGS_POST "@rx ." "id:2,phase:2,pass,log,t:none"
SecRule REQUEST_BODY "@rx ." "id:3,phase:2,pass,log,t:none"
SecRule REQBODY_ERROR "@eq 1" "id:4,phase:2,pass,log,t:none"
SecRule REQBODY_PROCESSOR "@rx ." "id:5,phase:2,pass,log,t:none,logdata:'%{REQBODY_PROCESSOR}'"`,
    json,
    ["1", "3"],
  ],
  [
    "ctl:requestBodyProcessor=JSON p=1",
    `SecRequestBodyAccess On
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:requestBodyProcessor=JSON"
SecRule ARGS_POST "@rx ." "id:2,phase:2,pass,log,t:none"
SecRule REQUEST_BODY "@rx ." "id:3,phase:2,pass,log,t:none"
SecRule REQBODY_ERROR "@eq 1" "id:4,phase:2,pass,log,t:none"
SecRule REQBODY_PROCESSOR "@rx ." "id:5,phase:2,pass,log,t:none,logdata:'%{REQBODY_PROCESSOR}'"`,
    form,
    ["1", "3", "4", "5 JSON"],
  ],
  [
    "ctl:requestBodyProcessor=URLENCODED p=1",
    `SecRequestBodyAccess On
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:requestBodyProcessor=URLENCODED"
SecRule ARGS_POST "@rx ." "id:2,phase:2,pass,log,t:none"
SecRule REQUEST_BODY "@rx ." "id:3,phase:2,pass,log,t:none"
SecRule REQBODY_ERROR "@eq 1" "id:4,phase:2,pass,log,t:none"
SecRule REQBODY_PROCESSOR "@rx ." "id:5,phase:2,pass,log,t:none,logdata:'%{REQBODY_PROCESSOR}'"`,
    form,
    ["1", "2", "3", "5 URLENCODED"],
  ],
  [
    'ctl:requestBodyProcessor=URLENCODED {"a":1}',
    `SecRequestBodyAccess On
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:requestBodyProcessor=URLENCODED"
SecRule ARGS_POST "@rx ." "id:2,phase:2,pass,log,t:none"
SecRule REQUEST_BODY "@rx ." "id:3,phase:2,pass,log,t:none"
SecRule REQBODY_ERROR "@eq 1" "id:4,phase:2,pass,log,t:none"
SecRule REQBODY_PROCESSOR "@rx ." "id:5,phase:2,pass,log,t:none,logdata:'%{REQBODY_PROCESSOR}'"`,
    json,
    ["1", "3", "5 URLENCODED"],
  ],
  [
    "ctl:requestBodyProcessor=XML p=1",
    `SecRequestBodyAccess On
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:requestBodyProcessor=XML"
SecRule ARGS_POST "@rx ." "id:2,phase:2,pass,log,t:none"
SecRule REQUEST_BODY "@rx ." "id:3,phase:2,pass,log,t:none"
SecRule REQBODY_ERROR "@eq 1" "id:4,phase:2,pass,log,t:none"
SecRule REQBODY_PROCESSOR "@rx ." "id:5,phase:2,pass,log,t:none,logdata:'%{REQBODY_PROCESSOR}'"`,
    form,
    ["1", "3", "4", "5 XML"],
  ],
  [
    'ctl:requestBodyProcessor=XML {"a":1}',
    `SecRequestBodyAccess On
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:requestBodyProcessor=XML"
SecRule ARGS_POST "@rx ." "id:2,phase:2,pass,log,t:none"
SecRule REQUEST_BODY "@rx ." "id:3,phase:2,pass,log,t:none"
SecRule REQBODY_ERROR "@eq 1" "id:4,phase:2,pass,log,t:none"
SecRule REQBODY_PROCESSOR "@rx ." "id:5,phase:2,pass,log,t:none,logdata:'%{REQBODY_PROCESSOR}'"`,
    json,
    ["1", "3", "4", "5 XML"],
  ],
  [
    "two ctl",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveById=2,ctl:ruleRemoveById=3"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["1", "4"],
  ],
  [
    "setvar:tx.x=1",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=1'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 1"],
  ],
  [
    "setvar:tx.x",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 1"],
  ],
  [
    "setvar:tx.x=+2",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=+2'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 2"],
  ],
  [
    "setvar:tx.x=-2",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=-2'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 -2"],
  ],
  [
    "setvar:tx.x=abc",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=abc'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 abc"],
  ],
  [
    "setvar:tx.x=a b",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=a b'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 a b"],
  ],
  [
    "setvar:!tx.x",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'!tx.x'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["4"],
  ],
  [
    "setvar:TX.X=1",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'TX.X=1'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 1"],
  ],
  [
    "setvar:tx.x=%{ARGS.a}",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=%{ARGS.a}'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 1"],
  ],
  [
    "setvar:tx.x=a%{ARGS.a}b",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=a%{ARGS.a}b'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 a1b"],
  ],
  [
    "setvar:tx.x=+%{ARGS.a}",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=+%{ARGS.a}'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 1"],
  ],
  [
    "setvar:tx.x=%{ARGS.none}",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=%{ARGS.none}'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3"],
  ],
  [
    "setvar:tx.x=%{REMOTE_ADDR}",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=%{REMOTE_ADDR}'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 203.0.113.66"],
  ],
  [
    "setvar:tx.x=%{tx.y}",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=%{tx.y}'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 5"],
  ],
  [
    "setvar:tx.x=+a",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=+a'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 0"],
  ],
  [
    "setvar:tx.x=-%{tx.y}",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=-%{tx.y}'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 -5"],
  ],
  [
    "setvar:tx.x=+2 of 3",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.x=3,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=+2'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 5"],
  ],
  [
    "setvar:tx.x=-2 of 3",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.x=3,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=-2'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 1"],
  ],
  [
    "setvar:!tx.x of 3",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.x=3,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'!tx.x'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["4"],
  ],
  [
    "setvar:tx.x=+0 of 3",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.x=3,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=+0'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 3"],
  ],
  [
    "setvar:tx.x=7 of 3",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.x=3,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=7'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 7"],
  ],
  [
    "setvar:tx.x of 3",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.x=3,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 1"],
  ],
  [
    "setvar:tx.x=+%{tx.y} of 3",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.x=3,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=+%{tx.y}'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 8"],
  ],
  [
    "setvar:tx.x=-%{tx.none} of 3",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.x=3,setvar:tx.y=5"
SecAction "id:2,phase:2,pass,nolog,setvar:'tx.x=-%{tx.none}'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule &TX:x "@eq 0" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["3 3"],
  ],
  [
    "setvar with a macro in the name",
    `SecAction "id:1,phase:2,pass,nolog,setvar:'tx.seen_%{ARGS.a}=9'"
SecRule TX:seen_1 "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.seen_1}'"`,
    hello,
    ["2 9"],
  ],
  [
    "setvar at each match",
    `SecRule ARGS "@rx ." "id:1,phase:2,pass,log,t:none,setvar:tx.n=+1"
SecRule TX:n "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.n}'"`,
    hello,
    ["1", "2 3"],
  ],
  [
    "setvar of a text then plus",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.x=abc"
SecAction "id:2,phase:2,pass,nolog,setvar:tx.x=+1"
SecRule TX:x "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.x}'"`,
    hello,
    ["3 1"],
  ],
  [
    "setvar in each link",
    `SecRule ARGS:a "@eq 1" "id:1,phase:2,pass,log,setvar:tx.x=+1,chain"
SecRule ARGS:b "@streq two" "setvar:tx.x=+1,chain"
SecRule ARGS:c "@rx zzz" "setvar:tx.x=+1"
SecRule TX:x "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.x}'"`,
    hello,
    ["2 2"],
  ],
  [
    "setvar of MATCHED_VAR",
    `SecRule ARGS "@rx ^t" "id:1,phase:2,pass,log,t:none,setvar:'tx.x=%{MATCHED_VAR_NAME}~%{MATCHED_VAR}'"
SecRule TX:x "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.x}'"`,
    hello,
    ["1", "2 ARGS:b~two"],
  ],
  [
    "setvar of a capture",
    `SecRule ARGS:b "@rx (t)(w)" "id:1,phase:2,pass,log,t:none,capture,setvar:'tx.x=%{TX.1}%{TX.2}'"
SecRule TX:x "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.x}'"`,
    hello,
    ["1", "2 tw"],
  ],
  [
    "setvar with a long number",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.x=007"
SecAction "id:3,phase:2,pass,nolog,setvar:tx.x=+1"
SecRule TX:x "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.x}'"`,
    hello,
    ["2 8"],
  ],
  [
    "skip:1",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,skip:1"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"`,
    hello,
    ["1", "3"],
  ],
  [
    "skip:2",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,skip:2"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["1", "4"],
  ],
  [
    "skip:9",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,skip:9"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"`,
    hello,
    ["1"],
  ],
  [
    "skip counts rules of its phase",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,skip:1"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:5,phase:1,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"`,
    hello,
    ["5", "1", "3"],
  ],
  [
    "skip passes a chain as one",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,skip:1"
SecRule ARGS:a "@eq 1" "id:2,phase:2,pass,log,chain"
SecRule ARGS:b "@rx ." "t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["1", "3", "4"],
  ],
  [
    "skip of a rule that does not match",
    `SecRule ARGS:a "@eq 2" "id:1,phase:2,pass,log,t:none,skip:1"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["2"],
  ],
  [
    "skip in a chain",
    `SecRule ARGS:a "@eq 1" "id:1,phase:2,pass,log,skip:1,chain"
SecRule ARGS:b "@rx zzz" "t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"`,
    hello,
    ["2", "3"],
  ],
  [
    "skip in a chain that matches",
    `SecRule ARGS:a "@eq 1" "id:1,phase:2,pass,log,skip:1,chain"
SecRule ARGS:b "@rx ." "t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"`,
    hello,
    ["1", "3"],
  ],
  [
    "skip over a marker",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,skip:1"
SecMarker M
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"`,
    hello,
    ["1", "3"],
  ],
  [
    "skipAfter",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,skipAfter:M"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecMarker M
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"`,
    hello,
    ["1", "3"],
  ],
  [
    "skipAfter holds in its phase alone",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,skipAfter:M"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:1,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecMarker M
SecRule REMOTE_ADDR "@unconditionalMatch" "id:4,phase:1,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:5,phase:2,pass,log,t:none"`,
    hello,
    ["1", "4", "3", "5"],
  ],
  [
    "skipAfter to one before",
    `SecMarker M
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,skipAfter:M"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["1"],
  ],
  [
    "skipAfter in a chain",
    `SecRule ARGS:a "@eq 1" "id:1,phase:2,pass,log,skipAfter:M,chain"
SecRule ARGS:b "@rx ." "t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecMarker M
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"`,
    hello,
    ["1", "3"],
  ],
  [
    "skipAfter in a chain that fails",
    `SecRule ARGS:a "@eq 1" "id:1,phase:2,pass,log,skipAfter:M,chain"
SecRule ARGS:b "@rx zzz" "t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecMarker M
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"`,
    hello,
    ["2", "3"],
  ],
  [
    "two skipAfter",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,skipAfter:M"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,skipAfter:N"
SecMarker M
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecMarker N
SecRule REMOTE_ADDR "@unconditionalMatch" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["1", "3", "4"],
  ],
  [
    "two markers of a name",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,skipAfter:M"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecMarker M
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecMarker M
SecRule REMOTE_ADDR "@unconditionalMatch" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["1", "3", "4"],
  ],
  [
    "chain",
    `SecRule ARGS:a "@eq 1" "id:1,phase:2,pass,log,chain"
SecRule ARGS:b "@streq two" "t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["1", "2"],
  ],
  [
    "chain whose second fails",
    `SecRule ARGS:a "@eq 1" "id:1,phase:2,pass,log,chain"
SecRule ARGS:b "@streq three" "t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["2"],
  ],
  [
    "chain of three",
    `SecRule ARGS:a "@eq 1" "id:1,phase:2,pass,log,chain"
SecRule ARGS:b "@streq two" "chain"
SecRule ARGS:c "@streq x y" "t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["1", "2"],
  ],
  [
    "chain and captures",
    `SecRule ARGS:b "@rx ^(t)" "id:1,phase:2,pass,log,capture,chain"
SecRule TX:1 "@streq t" "t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["1", "2"],
  ],
  [
    "chain and MATCHED_VAR",
    `SecRule ARGS:b "@rx t" "id:1,phase:2,pass,log,chain"
SecRule MATCHED_VAR "@streq two" "t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["1", "2"],
  ],
  [
    "chain and MATCHED_VARS_NAMES",
    `SecRule ARGS "@rx [1t]" "id:1,phase:2,pass,log,chain"
SecRule MATCHED_VARS_NAMES "@rx b$" "t:none,setvar:tx.x=%{MATCHED_VAR}"
SecRule TX:x "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.x}'"`,
    hello,
    ["1", "2 ARGS:b"],
  ],
  [
    "chain across negation",
    `SecRule ARGS:a "!@eq 2" "id:1,phase:2,pass,log,chain"
SecRule &ARGS:none "@eq 0" "t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["1", "2"],
  ],
  [
    "a chain's links have transformations of their own",
    `SecRule ARGS:b "@streq TWO" "id:1,phase:2,pass,log,t:none,t:uppercase,chain"
SecRule ARGS:b "@streq two" "t:none"`,
    hello,
    ["1"],
  ],
  [
    "multiMatch t:none,t:uppercase,t:hexEncode",
    `SecRule ARGS:b "@rx ." "id:1,phase:2,pass,log,t:none,t:uppercase,t:hexEncode,multiMatch,setvar:'tx.x=%{tx.x}<%{MATCHED_VAR}>'"
SecRule TX:x "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.x}'"`,
    hello,
    ["1", "2 <two><TWO><54574f>"],
  ],
  [
    "multiMatch t:none,t:lowercase",
    `SecRule ARGS:b "@rx ." "id:1,phase:2,pass,log,t:none,t:lowercase,multiMatch,setvar:'tx.x=%{tx.x}<%{MATCHED_VAR}>'"
SecRule TX:x "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.x}'"`,
    hello,
    ["1", "2 <two>"],
  ],
  [
    "multiMatch t:none",
    `SecRule ARGS:b "@rx ." "id:1,phase:2,pass,log,t:none,multiMatch,setvar:'tx.x=%{tx.x}<%{MATCHED_VAR}>'"
SecRule TX:x "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.x}'"`,
    hello,
    ["1", "2 <two>"],
  ],
  [
    "multiMatch t:none,t:hexEncode,t:length",
    `SecRule ARGS:b "@rx ." "id:1,phase:2,pass,log,t:none,t:hexEncode,t:length,multiMatch,setvar:'tx.x=%{tx.x}<%{MATCHED_VAR}>'"
SecRule TX:x "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.x}'"`,
    hello,
    ["1", "2 <two><74776f><6>"],
  ],
  [
    "multiMatch finds the untransformed",
    `SecRule ARGS:b "@streq two" "id:1,phase:2,pass,log,t:none,t:uppercase,multiMatch"
SecRule ARGS:b "@streq TWO" "id:2,phase:2,pass,log,t:none,t:uppercase,multiMatch"
SecRule ARGS:b "@streq two" "id:3,phase:2,pass,log,t:none,t:uppercase"`,
    hello,
    ["1", "2"],
  ],
  [
    "multiMatch and negation",
    `SecRule ARGS:b "!@streq two" "id:1,phase:2,pass,log,t:none,t:uppercase,multiMatch"`,
    hello,
    ["1"],
  ],
  [
    "multiMatch in a chain with capture",
    `SecRule ARGS:b "@rx ^(T)" "id:1,phase:2,pass,log,capture,t:none,t:uppercase,multiMatch,chain"
SecRule TX:1 "@streq T" "t:none"`,
    hello,
    ["1"],
  ],
  [
    "allow",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,log,allow"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:1,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:4,phase:3,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:5,phase:4,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:6,phase:5,pass,log,t:none"`,
    hello,
    ["1", "6"],
  ],
  [
    "allow:phase",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,log,allow:phase"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:1,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:4,phase:3,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:5,phase:4,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:6,phase:5,pass,log,t:none"`,
    hello,
    ["1", "3", "4", "5", "6"],
  ],
  [
    "allow:request",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,log,allow:request"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:1,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:4,phase:3,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:5,phase:4,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:6,phase:5,pass,log,t:none"`,
    hello,
    ["1", "4", "5", "6"],
  ],
  [
    "allow in a chain that fails",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,log,allow,chain"
SecRule ARGS "@rx zzz" "t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["2"],
  ],
  [
    "allow in phase 3",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:3,log,allow"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:3,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:4,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:4,phase:5,pass,log,t:none"`,
    hello,
    ["1", "4"],
  ],
  [
    "allow:request in phase 2",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,log,allow:request"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:3,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:4,phase:5,pass,log,t:none"`,
    hello,
    ["1", "3", "4"],
  ],
  [
    "phases in their order",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:5,phase:5,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:4,phase:4,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:3,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none"`,
    hello,
    ["1", "2", "3", "4", "5"],
  ],
  [
    "phases by name",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:request,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:response,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:logging,pass,log,t:none"`,
    hello,
    ["1", "2", "3"],
  ],
  [
    "TX lasts through the phases",
    `SecAction "id:1,phase:1,pass,nolog,setvar:tx.x=1"
SecRule TX:x "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.x}'"
SecRule TX:x "@unconditionalMatch" "id:3,phase:5,pass,log,t:none,logdata:'%{TX.x}'"`,
    hello,
    ["2 1", "3 1"],
  ],
  ["phase 5 sees the answer", `SecRule RESPONSE_STATUS "@eq 200" "id:1,phase:5,pass,log,t:none"`, hello, ["1"]],
  [
    "SecRuleRemoveById 2",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,tag:'kind/b',msg:'Second'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,msg:'Third rule'"
SecRuleRemoveById 2`,
    hello,
    ["1", "3"],
  ],
  [
    "SecRuleRemoveById 2 3",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,tag:'kind/b',msg:'Second'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,msg:'Third rule'"
SecRuleRemoveById 2 3`,
    hello,
    ["1"],
  ],
  [
    "SecRuleRemoveById 1-2",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,tag:'kind/b',msg:'Second'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,msg:'Third rule'"
SecRuleRemoveById 1-2`,
    hello,
    ["3"],
  ],
  [
    "SecRuleRemoveById 1 2-3",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,tag:'kind/b',msg:'Second'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,msg:'Third rule'"
SecRuleRemoveById 1 2-3`,
    hello,
    [],
  ],
  [
    "SecRuleRemoveByTag kind/a",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,tag:'kind/b',msg:'Second'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,msg:'Third rule'"
SecRuleRemoveByTag kind/a`,
    hello,
    ["2", "3"],
  ],
  [
    "SecRuleRemoveByTag KIND",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,tag:'kind/b',msg:'Second'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,msg:'Third rule'"
SecRuleRemoveByTag KIND`,
    hello,
    ["1", "2", "3"],
  ],
  [
    "SecRuleRemoveByMsg First",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,tag:'kind/b',msg:'Second'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,msg:'Third rule'"
SecRuleRemoveByMsg First`,
    hello,
    ["2", "3"],
  ],
  [
    'SecRuleRemoveByMsg "Third rule"',
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,tag:'kind/b',msg:'Second'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,msg:'Third rule'"
SecRuleRemoveByMsg "Third rule"`,
    hello,
    ["1", "2"],
  ],
  [
    'SecRuleUpdateTargetById 1 "!ARGS:a"',
    `SecRule ARGS|!ARGS:c "@rx ." "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRuleUpdateTargetById 1 "!ARGS:a"
SecRule TX:seen "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3 <ARGS:b>"],
  ],
  [
    'SecRuleUpdateTargetById 1 "ARGS_NAMES"',
    `SecRule ARGS|!ARGS:c "@rx ." "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRuleUpdateTargetById 1 "ARGS_NAMES"
SecRule TX:seen "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3 <ARGS:a><ARGS:b><ARGS_NAMES:a><ARGS_NAMES:b><ARGS_NAMES:c>"],
  ],
  [
    'SecRuleUpdateTargetById 1 "!ARGS"',
    `SecRule ARGS|!ARGS:c "@rx ." "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRuleUpdateTargetById 1 "!ARGS"
SecRule TX:seen "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["2"],
  ],
  [
    'SecRuleUpdateTargetById 1 "!ARGS:a,!ARGS:b"',
    `SecRule ARGS|!ARGS:c "@rx ." "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRuleUpdateTargetById 1 "!ARGS:a,!ARGS:b"
SecRule TX:seen "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["2"],
  ],
  [
    'SecRuleUpdateTargetById 1 "!ARGS:/^a/"',
    `SecRule ARGS|!ARGS:c "@rx ." "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRuleUpdateTargetById 1 "!ARGS:/^a/"
SecRule TX:seen "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3 <ARGS:b>"],
  ],
  [
    'SecRuleUpdateTargetById 1-2 "!ARGS:a"',
    `SecRule ARGS|!ARGS:c "@rx ." "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRuleUpdateTargetById 1-2 "!ARGS:a"
SecRule TX:seen "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3 <ARGS:b>"],
  ],
  [
    'SecRuleUpdateTargetById 2 "!ARGS:a"',
    `SecRule ARGS|!ARGS:c "@rx ." "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRuleUpdateTargetById 2 "!ARGS:a"
SecRule TX:seen "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3 <ARGS:a><ARGS:b>"],
  ],
  [
    'SecRuleUpdateTargetByTag kind/a "!ARGS:a"',
    `SecRule ARGS|!ARGS:c "@rx ." "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRuleUpdateTargetByTag kind/a "!ARGS:a"
SecRule TX:seen "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3 <ARGS:b>"],
  ],
  [
    'SecRuleUpdateTargetByMsg First "!ARGS:a"',
    `SecRule ARGS|!ARGS:c "@rx ." "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRuleUpdateTargetByMsg First "!ARGS:a"
SecRule TX:seen "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3 <ARGS:b>"],
  ],
  [
    'SecRuleUpdateTargetById 1 "REQUEST_METHOD"',
    `SecRule ARGS|!ARGS:c "@rx ." "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRuleUpdateTargetById 1 "REQUEST_METHOD"
SecRule TX:seen "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3 <ARGS:a><ARGS:b><REQUEST_METHOD>"],
  ],
  [
    'SecRuleUpdateTargetById 1 "!REQUEST_METHOD"',
    `SecRule ARGS|!ARGS:c "@rx ." "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRuleUpdateTargetById 1 "!REQUEST_METHOD"
SecRule TX:seen "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
    hello,
    ["1", "2", "3 <ARGS:a><ARGS:b>"],
  ],
  [
    "SecRuleUpdateTargetById of a chain changes its first rule",
    `SecRule ARGS "@rx ." "id:1,phase:2,pass,log,chain"
SecRule ARGS:a "@rx ." "t:none"
SecRuleUpdateTargetById 1 "!ARGS:a"
SecRuleUpdateTargetById 1 "!ARGS:b"
SecRuleUpdateTargetById 1 "!ARGS:c"`,
    hello,
    [],
  ],
  [
    'SecRuleUpdateActionById 1 "log,setvar:tx.x=9"',
    `SecRule ARGS:b "@rx ^(?i:two)" "id:1,phase:2,pass,log,msg:'First',setvar:tx.x=1"
SecRuleUpdateActionById 1 "log,setvar:tx.x=9"
SecRule TX:x "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.x}'"`,
    hello,
    ["1", "2 9"],
  ],
  [
    'SecRuleUpdateActionById 1 "pass,t:none,t:uppercase"',
    `SecRule ARGS:b "@rx ^(?i:two)" "id:1,phase:2,pass,log,msg:'First',setvar:tx.x=1"
SecRuleUpdateActionById 1 "pass,t:none,t:uppercase"
SecRule TX:x "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.x}'"`,
    hello,
    ["1", "2 1"],
  ],
  [
    "SecRuleUpdateActionById 1 \"msg:'Other',logdata:'%{MATCHED_VAR}'\"",
    `SecRule ARGS:b "@rx ^(?i:two)" "id:1,phase:2,pass,log,msg:'First',setvar:tx.x=1"
SecRuleUpdateActionById 1 "msg:'Other',logdata:'%{MATCHED_VAR}'"
SecRule TX:x "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.x}'"`,
    hello,
    ["1 two", "2 1"],
  ],
  [
    "SecDefaultAction log",
    `SecDefaultAction "phase:2,log,pass"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["1", "2"],
  ],
  [
    "SecDefaultAction nolog",
    `SecDefaultAction "phase:2,nolog,pass"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["2"],
  ],
  [
    "SecDefaultAction t",
    `SecDefaultAction "phase:2,log,pass,t:uppercase"
SecRule ARGS:b "@streq TWO" "id:1,phase:2"
SecRule ARGS:b "@streq TWO" "id:2,phase:2,t:none"
SecRule ARGS:b "@streq 54574f" "id:3,phase:2,t:hexEncode"`,
    hello,
    ["1", "3"],
  ],
  [
    "SecDefaultAction of another phase",
    `SecDefaultAction "phase:1,log,pass,t:uppercase"
SecRule ARGS:b "@streq TWO" "id:1,phase:2,log,pass"
SecRule ARGS:b "@streq TWO" "id:2,phase:1"`,
    hello,
    ["2"],
  ],
  [
    "SecAction runs always",
    `SecAction "id:1,phase:2,pass,nolog,setvar:tx.x=1"
SecRule TX:x "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,logdata:'%{TX.x}'"`,
    hello,
    ["2 1"],
  ],
  [
    "SecMarker is no rule",
    `SecMarker 5
SecRule REMOTE_ADDR "@unconditionalMatch" "id:5,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:6,phase:2,pass,log,t:none"`,
    hello,
    ["5", "6"],
  ],
  [
    "SecRuleEngine Off",
    `SecRuleEngine Off
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none"`,
    hello,
    [],
  ],
  [
    "SecRuleEngine DetectionOnly",
    `SecRuleEngine DetectionOnly
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none"`,
    hello,
    ["1"],
  ],
  [
    "deny when only detecting",
    `SecRuleEngine DetectionOnly
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,log,deny"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:1,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"`,
    hello,
    ["1", "2", "3"],
  ],
  [
    "logdata and msg with macros",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,msg:'m %{REMOTE_ADDR}',logdata:'d %{ARGS.b} %{TX.none}|'"`,
    hello,
    ["1 d two |"],
  ],
  [
    "severity by name and number",
    `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,severity:CRITICAL"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,severity:'2'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,severity:2"
SecRule HIGHEST_SEVERITY "@eq 2" "id:4,phase:2,pass,log,t:none"`,
    hello,
    ["1", "2", "3", "4"],
  ],
  [
    "expirevar in the future keeps",
    `SecAction "id:1,phase:1,pass,nolog,initcol:ip=k1"
SecAction "id:2,phase:1,pass,nolog,setvar:ip.n=1,expirevar:ip.n=100"
SecRule IP:n "@eq 1" "id:3,phase:2,pass,log,t:none"`,
    hello,
    ["3"],
  ],
  [
    "a rule without actions but id",
    `SecRule ARGS:a "@eq 1" "id:1"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["1", "2"],
  ],
  [
    "log of a chain's rule",
    `SecRule ARGS:a "@eq 1" "id:1,phase:2,pass,nolog,chain"
SecRule ARGS:b "@rx ." "t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"`,
    hello,
    ["2"],
  ],
]

export interface FlowDifference {
  readonly why: string
  readonly cases: readonly (readonly [
    name: string,
    rules: string,
    of: Exchange,
    modSecurity: readonly string[],
    ours: readonly string[],
  ])[]
}

/** Where libmodsecurity does something else than its manual says, or than rules can rely on. */
export const differences: readonly FlowDifference[] = [
  {
    why: "names of members have no case, as in a rule's targets",
    cases: [
      [
        "ctl:ruleRemoveTargetById=2;ARGS:A",
        `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveTargetById=2;ARGS:A"
SecRule ARGS "@rx ." "id:2,phase:2,pass,log,t:none,tag:'kind/a',tag:'other',msg:'The message',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule TX:seen "@unconditionalMatch" "id:4,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
        hello,
        ["1", "2", "3", "4 <ARGS:a><ARGS:b><ARGS:c>"],
        ["1", "2", "3", "4 <ARGS:b><ARGS:c>"],
      ],
    ],
  },
  {
    why: "what is taken from a rule is taken from all of its chain",
    cases: [
      [
        "ctl:ruleRemoveTargetById for one link of a chain",
        `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveTargetById=2;ARGS:a"
SecRule REQUEST_METHOD "@rx ." "id:2,phase:2,pass,log,chain"
SecRule ARGS:a "@rx ." "t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"`,
        hello,
        ["1", "2", "3"],
        ["1", "3"],
      ],
    ],
  },
  {
    why: "what is taken from a rule is not counted by it either",
    cases: [
      [
        "ctl:ruleRemoveTargetById for a count",
        `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:ruleRemoveTargetById=2;ARGS:a"
SecRule &ARGS "@eq 3" "id:2,phase:2,pass,log,t:none"
SecRule &ARGS "@eq 2" "id:3,phase:2,pass,log,t:none"`,
        hello,
        ["1", "2"],
        ["1"],
      ],
    ],
  },
  {
    why: "the processor that the content type asks for is known, though it does not run",
    cases: [
      [
        "ctl:requestBodyAccess=Off p=1",
        `SecRequestBodyAccess On
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:requestBodyAccess=Off"
SecRule ARGS_POST "@rx ." "id:2,phase:2,pass,log,t:none"
SecRule REQUEST_BODY "@rx ." "id:3,phase:2,pass,log,t:none"
SecRule REQBODY_ERROR "@eq 1" "id:4,phase:2,pass,log,t:none"
SecRule REQBODY_PROCESSOR "@rx ." "id:5,phase:2,pass,log,t:none,logdata:'%{REQBODY_PROCESSOR}'"`,
        form,
        ["1"],
        ["1", "5 URLENCODED"],
      ],
    ],
  },
  {
    why: "the values of a JSON body are posted arguments, too",
    cases: [
      [
        'ctl:requestBodyProcessor=JSON {"a":1}',
        `SecRequestBodyAccess On
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,ctl:requestBodyProcessor=JSON"
SecRule ARGS_POST "@rx ." "id:2,phase:2,pass,log,t:none"
SecRule REQUEST_BODY "@rx ." "id:3,phase:2,pass,log,t:none"
SecRule REQBODY_ERROR "@eq 1" "id:4,phase:2,pass,log,t:none"
SecRule REQBODY_PROCESSOR "@rx ." "id:5,phase:2,pass,log,t:none,logdata:'%{REQBODY_PROCESSOR}'"`,
        json,
        ["1", "3", "5 JSON"],
        ["1", "2", "3", "5 JSON"],
      ],
    ],
  },
  {
    why: "the manual: skip works only within the current phase",
    cases: [
      [
        "skip ends with the phase",
        `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,log,t:none,skip:5"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:1,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:4,phase:2,pass,log,t:none"`,
        hello,
        ["1"],
        ["1", "3", "4"],
      ],
    ],
  },
  {
    why: "the manual: skipAfter resumes behind a rule of that id, too",
    cases: [
      [
        "skipAfter an id",
        `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,skipAfter:2"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none"`,
        hello,
        ["1"],
        ["1", "3"],
      ],
    ],
  },
  {
    why: "the manual: a rule without a phase runs in phase 2",
    cases: [
      [
        "phase 2 is the default",
        `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,pass,log"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:1,pass,log,t:none"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:3,pass,log,t:none"`,
        hello,
        ["1", "2", "3"],
        ["2", "1", "3"],
      ],
    ],
  },
  {
    why: "ids in one word, with blanks between",
    cases: [
      [
        'SecRuleRemoveById "1 3"',
        `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,tag:'kind/b',msg:'Second'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,msg:'Third rule'"
SecRuleRemoveById "1 3"`,
        hello,
        [],
        ["2"],
      ],
    ],
  },
  {
    why: "the manual: tags and messages are regular expressions",
    cases: [
      [
        "SecRuleRemoveByTag kind",
        `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,tag:'kind/b',msg:'Second'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,msg:'Third rule'"
SecRuleRemoveByTag kind`,
        hello,
        ["1", "2", "3"],
        ["3"],
      ],
      [
        'SecRuleRemoveByTag "kind/[ab]"',
        `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,tag:'kind/b',msg:'Second'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,msg:'Third rule'"
SecRuleRemoveByTag "kind/[ab]"`,
        hello,
        ["1", "2", "3"],
        ["3"],
      ],
      [
        "SecRuleRemoveByMsg rule",
        `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,tag:'kind/b',msg:'Second'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,msg:'Third rule'"
SecRuleRemoveByMsg rule`,
        hello,
        ["1", "2", "3"],
        ["1", "2"],
      ],
      [
        'SecRuleRemoveByMsg "^S"',
        `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none,tag:'kind/b',msg:'Second'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,msg:'Third rule'"
SecRuleRemoveByMsg "^S"`,
        hello,
        ["1", "2", "3"],
        ["1", "3"],
      ],
      [
        'SecRuleUpdateTargetByTag kind "!ARGS:a"',
        `SecRule ARGS|!ARGS:c "@rx ." "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRuleUpdateTargetByTag kind "!ARGS:a"
SecRule TX:seen "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
        hello,
        ["1", "2", "3 <ARGS:a><ARGS:b>"],
        ["1", "2", "3 <ARGS:b>"],
      ],
      [
        'SecRuleUpdateTargetByMsg Fir "!ARGS:a"',
        `SecRule ARGS|!ARGS:c "@rx ." "id:1,phase:2,pass,log,t:none,tag:'kind/a',msg:'First',setvar:'tx.seen=%{tx.seen}<%{MATCHED_VAR_NAME}>'"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,pass,log,t:none"
SecRuleUpdateTargetByMsg Fir "!ARGS:a"
SecRule TX:seen "@unconditionalMatch" "id:3,phase:2,pass,log,t:none,logdata:'%{TX.seen}'"`,
        hello,
        ["1", "2", "3 <ARGS:a><ARGS:b>"],
        ["1", "2", "3 <ARGS:b>"],
      ],
    ],
  },
]
