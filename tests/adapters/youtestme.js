// A client of YouTestMe in Node, and its adapter: one JSON object a line in, one out.
"use strict";
const crypto = require("node:crypto");
const readline = require("node:readline");

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

class Client {
  constructor({ base_url, api_key }) {
    this.base = base_url;
    this.key = api_key;
    this.secret = "";
    this.seen = new Set();
    this.results = [];
  }

  // Repeats what can do no harm twice, and what the server says it did not do.
  async call(method, path, body, { safe = method !== "POST" } = {}) {
    for (let attempt = 1; ; attempt += 1) {
      let wait = 0.1 * attempt;
      let failure;
      try {
        const answer = await fetch(this.base + path, {
          method,
          headers: { "X-API-Key": this.key, ...(body ? { "Content-Type": "application/json" } : {}) },
          body: body && JSON.stringify(body),
          signal: AbortSignal.timeout(5000),
        });
        const text = await answer.text();
        if (answer.ok) return text ? JSON.parse(text) : null;
        const told = Number(answer.headers.get("Retry-After"));
        failure = new Refused(answer.status, text);
        if (answer.status === 429 || (answer.status === 503 && (told || safe))) wait = told || wait;
        else throw failure;
      } catch (error) {
        if (error instanceof Refused && error !== failure) throw error;
        if (failure === undefined) {
          if (!safe) throw error;
          failure = error;
        } else if (![429, 503].includes(failure.status)) throw failure;
      }
      if (attempt === 3) throw failure;
      await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    }
  }

  async find(path) {
    try {
      return await this.call("GET", path);
    } catch (error) {
      if (error.status === 404) return null;
      throw error;
    }
  }

  // Looks before it makes, and again where it does not know what became of it.
  async once(look, make) {
    for (let attempt = 1; ; attempt += 1) {
      const found = await look();
      if (found) return found;
      try {
        return await make();
      } catch (error) {
        if (error instanceof Refused || attempt === 3) throw error;
      }
    }
  }

  find_user({ external_id, username }) {
    if (external_id) return this.find(`/users/externalId=${encodeURIComponent(external_id)}`);
    return this.find(`/users/username=${encodeURIComponent(username)}`);
  }

  ensure_user({ external_id, username, first_name, last_name, email, role = "STU", ...more }) {
    const name = { username, firstName: first_name, lastName: last_name };
    const account = { externalId: external_id, ...name, email, roleCode: role, ...more };
    return this.once(
      () => this.find_user({ external_id }),
      () => this.call("POST", "/users/", account),
    );
  }

  change_user({ external_id, ...changes }) {
    return this.call("PATCH", `/users/externalId=${encodeURIComponent(external_id)}`, changes, { safe: true });
  }

  authorize({ external_id, test, candidate, expires, ...more }) {
    const wanted = { authorizationExternalId: external_id, externalTestId: test, candidateExternalId: candidate, ...more };
    if (expires) wanted.expirationDatetime = expires;
    return this.once(
      () => this.authorization({ external_id }),
      () => this.call("POST", "/authorizations", wanted),
    );
  }

  authorization({ external_id }) {
    return this.find(`/authorizations/externalId=${encodeURIComponent(external_id)}`);
  }

  async deactivate({ external_id }) {
    const found = await this.authorization({ external_id });
    if (found) await this.call("DELETE", `/authorizations/${found.id}`);
    return null;
  }

  async sso_link({ user_external_id, page = "myTests.xhtml", referer_url, expires, ...more }) {
    const wanted = { userExternalId: user_external_id, page, ...more };
    if (referer_url) wanted.refererUrl = referer_url;
    if (expires) wanted.expirationTime = expires;
    const made = await this.call("POST", "/ssoLinks", wanted, { safe: true });
    return made.link || made.url;
  }

  async subscribe({ url, secret }) {
    this.secret = secret;
    const wanted = { event: "attempt", resource: "finish", url, secret, active: true };
    const known = (await this.call("GET", "/webhooks")).find((each) => each.url === url);
    return known ? this.call("PUT", `/webhooks/${known.id}`, wanted) : this.call("POST", "/webhooks", wanted);
  }

  async unsubscribe({ url }) {
    const known = (await this.call("GET", "/webhooks")).find((each) => each.url === url);
    if (known) await this.call("DELETE", `/webhooks/${known.id}`);
    return null;
  }

  // The receiving side: the signature is of the bytes as they came.
  receive({ headers, body }) {
    const raw = Buffer.from(body, "base64");
    if (!this.genuine(headers, raw)) return 401;
    const result = JSON.parse(raw.toString());
    if (!this.seen.has(result.id)) this.results.push(result);
    this.seen.add(result.id);
    return 200;
  }

  genuine(headers, raw) {
    const mac = (text, encoding) => crypto.createHmac("sha256", this.secret).update(text).digest(encoding);
    let shown = headers["x-ytm-signature"] || "";
    let expected = `sha256=${mac(raw, "hex")}`;
    if (headers["webhook-signature"]) {
      const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.`;
      if (Math.abs(Date.now() / 1000 - Number(headers["webhook-timestamp"])) > 300) return false;
      shown = headers["webhook-signature"];
      expected = `v1,${mac(Buffer.concat([Buffer.from(signed), raw]), "base64")}`;
    }
    return shown.length === expected.length && crypto.timingSafeEqual(Buffer.from(shown), Buffer.from(expected));
  }

  taken() {
    return this.results;
  }
}

const VERBS = new Set(Object.getOwnPropertyNames(Client.prototype).filter((name) => name !== "constructor"));
let client;

async function answer({ verb, arguments: given }) {
  if (verb === "open") {
    client = new Client(given);
    return null;
  }
  if (!VERBS.has(verb)) throw Object.assign(new Error(verb), { kind: "unsupported" });
  return (await client[verb](given)) ?? null;
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    let told;
    try {
      told = { result: await answer(asked) };
    } catch (error) {
      const kind = error.kind || (error.status >= 400 && error.status < 500 ? "refused" : "unavailable");
      told = { error: { kind, message: error.message, status: error.status } };
    }
    process.stdout.write(`${JSON.stringify({ id: asked.id, ...told })}\n`);
  }
}

main();
