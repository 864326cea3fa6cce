// A second reader of docs/protocol.md, written from the text alone: runs tests/vectors and prints what comes out.
// Usage: node second_reader.mjs <folder of vectors>. No dependencies. Output: {file: {name: outcome}} as JSON.
import { createDecipheriv, createCipheriv, createECDH, createHash, createHmac, createPublicKey, hkdfSync, verify, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

class Refused extends Error {}
const refuse = (code) => { throw new Refused(code); };
const malformed = () => refuse("ceremony.malformed");
const hex = (s) => Buffer.from(s, "hex");
const ascii = (s) => Buffer.from(s, "ascii");
const cat = (...parts) => Buffer.concat(parts.map((p) => (typeof p === "string" ? ascii(p) : p)));
const H = (data) => createHash("sha256").update(data).digest();
const same = (a, b) => Buffer.compare(a, b) === 0;

// ---- 1.1, 1.2 ------------------------------------------------------------------------------------------------------
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\u{e0000}-\u{e0fff}]/u;
const LIMIT = 2 ** 53 - 1;

function head(major, n) {
  const m = major << 5;
  if (n < 24) return Buffer.from([m | n]);
  if (n < 2 ** 8) return Buffer.from([m | 24, n]);
  if (n < 2 ** 16) { const b = Buffer.alloc(3); b[0] = m | 25; b.writeUInt16BE(n, 1); return b; }
  if (n < 2 ** 32) { const b = Buffer.alloc(5); b[0] = m | 26; b.writeUInt32BE(n, 1); return b; }
  const b = Buffer.alloc(9); b[0] = m | 27; b.writeBigUInt64BE(BigInt(n), 1); return b;
}

function encode(v) {
  if (v === true || v === false) return Buffer.from([v ? 0xf5 : 0xf4]);
  if (typeof v === "number") return v >= 0 ? head(0, v) : head(1, -1 - v);
  if (Buffer.isBuffer(v)) return cat(head(2, v.length), v);
  if (typeof v === "string") { const u = Buffer.from(v, "utf8"); return cat(head(3, u.length), u); }
  if (Array.isArray(v)) return cat(head(4, v.length), ...v.map(encode));
  const entries = [...v].map(([k, x]) => [encode(k), encode(x)]).sort((a, b) => Buffer.compare(a[0], b[0]));
  return cat(head(5, entries.length), ...entries.flat());
}

function decode(data, max = 262144) {
  if (data.length > max) malformed();
  let at = 0, elements = 0;
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  function read(depth) {
    if (at >= data.length || ++elements > 8192) malformed();
    const major = data[at] >> 5, info = data[at] & 31;
    at += 1;
    if (major === 6) malformed();
    if (major === 7) { if (info === 20) return false; if (info === 21) return true; malformed(); }
    let n = info;
    if (info > 27) malformed();
    if (info >= 24) {
      const size = 1 << (info - 24);
      if (at + size > data.length) malformed();
      const wide = BigInt("0x" + data.subarray(at, at + size).toString("hex"));
      if (wide > BigInt(LIMIT)) malformed();
      n = Number(wide);
      at += size;
    }
    if (major === 0) return n;
    if (major === 1) { if (-1 - n < -LIMIT) malformed(); return -1 - n; }
    if (major === 2 || major === 3) {
      if (at + n > data.length) malformed();
      const bytes = data.subarray(at, at + n);
      at += n;
      if (major === 2) return Buffer.from(bytes);
      let text;
      try { text = utf8.decode(bytes); } catch { malformed(); }
      if (FORBIDDEN.test(text) || text.normalize("NFC") !== text) malformed();
      return text;
    }
    if (depth === 8) malformed();
    if (major === 4) { const out = []; for (let i = 0; i < n; i++) out.push(read(depth + 1)); return out; }
    const map = new Map();
    for (let i = 0; i < n; i++) {
      const key = read(depth + 1);
      if (typeof key !== "string" || map.has(key)) malformed();
      map.set(key, read(depth + 1));
    }
    return map;
  }
  const value = read(0);
  if (at !== data.length || !same(encode(value), data)) malformed();
  return value;
}

// ---- checks of fields ------------------------------------------------------------------------------------------------
const fields = (v, required, optional = {}) => {
  if (!(v instanceof Map)) malformed();
  for (const k of v.keys()) if (!(k in required) && !(k in optional)) malformed();
  const out = {};
  for (const [k, check] of Object.entries({ ...required, ...optional })) {
    if (v.has(k)) out[k] = check(v.get(k));
    else if (k in required) malformed();
  }
  return out;
};
const text = (max, min = 1) => (v) => { if (typeof v !== "string") malformed(); const n = Buffer.byteLength(v); if (n < min || n > max) malformed(); return v; };
const blob = (min, max = min) => (v) => { if (!Buffer.isBuffer(v) || v.length < min || v.length > max) malformed(); return v; };
const boolean = (v) => { if (typeof v !== "boolean") malformed(); return v; };
const integer = (min, max) => (v) => { if (typeof v !== "number" || v < min || v > max) malformed(); return v; };
const array = (check, min, max) => (v) => { if (!Array.isArray(v) || v.length < min || v.length > max) malformed(); return v.map(check); };
const oneOf = (...all) => (v) => { if (!all.includes(v)) malformed(); return v; };
const match = (re) => (v) => { if (typeof v !== "string" || !re.test(v)) malformed(); return v; };
const id = match(/^[0-9a-f]{32}$/);
const serial = match(/^[1-9A-F][0-9A-F]{0,39}$/);
const time = integer(0, 2 ** 37);
const kind = oneOf("official", "legal_representative", "contract");

// ---- 1.3, 1.4 ------------------------------------------------------------------------------------------------------
const P256 = hex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
const publicKey = (point) => {
  if (point.length !== 65 || point[0] !== 4) refuse("ceremony.key_not_allowed");
  try { return createPublicKey({ key: cat(P256, point), format: "der", type: "spki" }); } catch { refuse("ceremony.key_not_allowed"); }
};
const verifies = (key, message, signature) => signature.length === 64 && verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature);
const hkdf = (ikm, salt, info) => Buffer.from(hkdfSync("sha256", ikm, salt, info, 32));
const nonceOf = (n) => { const b = Buffer.alloc(12); b.writeBigUInt64BE(BigInt(n), 4); return b; };
function open(key, nonce, body) {
  if (body.length < 16) refuse("ceremony.message_unreadable");
  const d = createDecipheriv("aes-256-gcm", key, nonce);
  d.setAuthTag(body.subarray(-16));
  try { return cat(d.update(body.subarray(0, -16)), d.final()); } catch { return refuse("ceremony.message_unreadable"); }
}
function seal(key, n, plaintext) {
  const c = createCipheriv("aes-256-gcm", key, nonceOf(n));
  return cat(c.update(plaintext), c.final(), c.getAuthTag());
}
const KEM = cat("KEM", hex("0010")), SUITE = cat("HPKE", hex("001000010002"));
const mac = (key, data) => createHmac("sha256", key).update(data).digest();
const extract = (suite, salt, label, ikm) => mac(salt.length ? salt : Buffer.alloc(32), cat("HPKE-v1", suite, label, ikm));
function expand(suite, prk, label, info, length) {
  const l = Buffer.alloc(2); l.writeUInt16BE(length);
  return mac(prk, cat(l, "HPKE-v1", suite, label, info, hex("01"))).subarray(0, length);
}
function hpkeOpen(privateKey, info, body) {
  if (body.length < 65 + 16 || body[0] !== 4) refuse("ceremony.message_unreadable");
  const enc = body.subarray(0, 65), ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(privateKey);
  let dh;
  try { dh = ecdh.computeSecret(enc); } catch { refuse("ceremony.message_unreadable"); }
  const none = Buffer.alloc(0);
  const shared = expand(KEM, extract(KEM, none, "eae_prk", dh), "shared_secret", cat(enc, ecdh.getPublicKey()), 32);
  const context = cat(hex("00"), extract(SUITE, none, "psk_id_hash", none), extract(SUITE, none, "info_hash", info));
  const secret = extract(SUITE, shared, "secret", none);
  return open(expand(SUITE, secret, "key", context, 32), expand(SUITE, secret, "base_nonce", context, 12), body.subarray(65));
}
const COSE = hex("d28443a10126a0");
const isCose = (data) => same(data.subarray(0, 7), COSE);
function coseOpen(data, use, keyOf) {
  if (!isCose(data) || data.length < 7 + 1 + 66 || !same(data.subarray(-66, -64), hex("5840"))) malformed();
  const payload = decode(data.subarray(7, -66));
  if (!Buffer.isBuffer(payload)) malformed();
  const key = keyOf(payload);
  const message = encode(["Signature1", hex("a10126"), ascii(use), payload]);
  if (!verifies(key, message, data.subarray(-64))) refuse("ceremony.signature_invalid");
  return payload;
}

// ---- 2 -------------------------------------------------------------------------------------------------------------
const ITEMS = {
  login: [1, (v) => fields(v, { nonce: blob(32), vh: blob(32) })],
  enrol_workstation: [1, (v) => fields(v, { key: blob(65), name: text(64) })],
  download: [1, (v) => fields(v, { order: id, holder: text(120), suite: text(16) })],
  renew: [1, (v) => fields(v, { order: id, holder: text(120), suite: text(16), old: serial })],
  reissue: [1, (v) => fields(v, { order: id, holder: text(120), suite: text(16), old: serial })],
  change_password: [1, (v) => fields(v, { holder: text(120), serial })],
  claim_seal: [1, (v) => fields(v, { seal: id, name: text(120), kind, imprint: blob(32) })],
  seal: [128, (v) => fields(v, {
    name: text(255), size: integer(1, 2 ** 40), pages: integer(1, 1e6), src: blob(32), tbs: blob(32), attrs: blob(1, 1024),
    marks: array((m) => fields(m, { seal: id, name: text(120), kind, pages: integer(1, 1e6), cross: boolean }), 1, 16),
  })],
};
// docs/bid-package.md §3, in a JSON reader of our own: keys in order, no white space, nothing escaped but " and \\.
const clean = (max, min = 1) => (v) => { text(max, min)(v); if (FORBIDDEN.test(v) || v.normalize("NFC") !== v) malformed(); return v; };
const hexText = (n) => match(new RegExp(`^[0-9a-f]{${n}}$`));
const name16 = match(/^[a-z][a-z0-9_]{0,15}$/);
const money = match(/^((0|[1-9][0-9]{0,14})\.[0-9]{2})?$/);
const sorted = (v) => (Array.isArray(v) ? `[${v.map(sorted).join(",")}]` : v && typeof v === "object"
  ? `{${Object.keys(v).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map((k) => `${JSON.stringify(k)}:${sorted(v[k])}`).join(",")}}` : JSON.stringify(v));
const mapOf = (v) => (Array.isArray(v) ? v.map(mapOf) : v && typeof v === "object" ? new Map(Object.entries(v).map(([k, x]) => [k, mapOf(x)])) : v);
function distinct(list, key) { if (new Set(list.map((x) => x[key])).size !== list.length) malformed(); return list; }
function readBid(data) {
  if (data.length > 65536) malformed();
  let value;
  try { value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data)); } catch { malformed(); }
  if (!same(Buffer.from(sorted(value)), data)) malformed();
  return fields(mapOf(value), {
    format: oneOf("BIDSEAL1/bid"), platform: clean(64), tender: clean(64), lot: clean(64), package: hexText(32), deadline: time,
    bidder: (b) => fields(b, { name: clean(120), credit_code: clean(32) }),
    envelopes: (l) => distinct(array((e) => fields(e, {
      id: name16, title: clean(120), not_before: time, commitment: hexText(64),
      groups: (g) => distinct(array((x) => fields(x, {
        id: name16, kind: oneOf("bidder", "opening_key", "time"), rule: oneOf("any"), commitment: hexText(64),
        recipients: array((r) => fields(r, { kind: oneOf("certificate", "key"), name: clean(120), sha256: hexText(64) }), 1, 16),
      }), 1, 8)(g), "id"),
    }), 1, 4)(l), "id"),
  });
}
function packageItem(v) {
  const f = fields(v, {
    bid: blob(1, 65536), digests: array(blob(32), 1, 64), at: integer(946684800, 2524607999), attrs: blob(1, 1024),
    contents: array((c) => { const x = fields(c, {
      id: name16, files: array((p) => fields(p, { name: text(255), size: integer(0, 2 ** 40) }), 0, 200), count: integer(0, 1000),
      size: integer(0, 2 ** 40), price: money, bond: money, days: integer(0, 1e5), quality: text(500, 0), manager: text(120, 0),
    }); if (x.files.length !== Math.min(x.count, 200)) malformed(); return x; }, 1, 4),
  });
  f.bid = readBid(f.bid);
  const entries = 1 + f.bid.envelopes.reduce((n, e) => n + 1 + e.groups.length, 0);
  if (f.digests.length !== entries || f.contents.map((c) => c.id).join() !== f.bid.envelopes.map((e) => e.id).join()) malformed();
  return f;
}
const shareItem = (v) => fields(v, {
  name: text(255), tender: text(64), lot: text(64), bidder: text(120), bcode: text(32), package: blob(16), env: name16, title: text(120), group: name16, cms: blob(1, 16384),
});
Object.assign(ITEMS, {
  sign_package: [1, packageItem], decrypt: [128, shareItem], rehearse: [128, shareItem],
  pin_recipient: [1, (v) => fields(v, { sha: blob(32), holder: text(120), serial })],
});
// docs/tendering.md §1 to §4: notices, announcements, statements, and the items that carry them.
const count = integer(0, 1e6), micros = integer(0, LIMIT), ENVELOPES = ["bid", "first", "second"];
const ordered = (all, min) => (v) => { const l = array(oneOf(...all), min, all.length)(v); if (all.filter((x) => l.includes(x)).join() !== l.join()) malformed(); return l; };
const allDifferent = (list) => { if (new Set(list.map((x) => x.toString("hex"))).size !== list.length) malformed(); return list; };
const spki = (der) => { if (der.length !== 91 || !same(der.subarray(0, 26), P256)) refuse("ceremony.key_not_allowed"); publicKey(der.subarray(26)); return der; };
function readNotice(data) {
  if (data.length > 65536) malformed();
  const n = fields(decode(data), {
    v: integer(1, 1), platform: text(64), tender: text(64), tname: text(120), lot: text(64), lname: text(120), buyer: text(120), agency: text(120), acode: text(32),
    rev: integer(1, 1000), prev: blob(0, 32), deadline: time, window: integer(5, 1440), officers: (v) => allDifferent(array(blob(32), 1, 16)(v)),
    envs: array((x) => fields(x, { id: oneOf(...ENVELOPES), title: text(120), nb: time, fields: ordered(["price", "duration", "quality", "manager", "bond"], 0), groups: ordered(["bidder", "opening_key", "time"], 1), time: blob(0, 600) }), 1, 2),
    docs: array((x) => fields(x, { name: text(255), size: integer(1, 2 ** 40), sha: blob(32) }), 0, 200),
    need: array((x) => fields(x, { env: oneOf(...ENVELOPES), name: text(120), kind: oneOf("pdf", "xml", "xlsx", "any") }), 0, 200), limit: money,
  });
  const ids = n.envs.map((x) => x.id);
  if (!["bid", "first,second"].includes(ids.join()) || ![0, 32].includes(n.prev.length) || (n.rev === 1) !== !n.prev.length) malformed();
  if (n.need.some((x) => !ids.includes(x.env))) malformed();
  for (const x of n.envs) {
    if (!x.groups.includes("opening_key") || x.groups.includes("time") !== x.time.length > 0 || x.nb < n.deadline) malformed();
    if (x.time.length) spki(x.time);
    if (x.id === "first" && x.fields.some((f) => f === "price" || f === "bond")) malformed();
  }
  return n;
}
function readAnnouncement(data) {
  if (data.length > 196608) malformed();
  const a = fields(decode(data), { notice: blob(1, 65536), keys: array(blob(1, 600), 1, 2), wraps: array(blob(1, 16384), 1, 2), sig: blob(64, 384), cert: blob(1, 4096) });
  const bytes = a.notice;
  a.notice = readNotice(bytes);
  if (a.keys.length !== a.notice.envs.length || a.wraps.length !== a.keys.length) malformed();
  allDifferent(a.keys).forEach(spki);
  return { ...a, bytes };
}
const head0 = { v: integer(1, 1), platform: text(64) }, ofLot = { tender: text(64), lot: text(64) }, env = oneOf(...ENVELOPES);
const inRoom = { ...head0, ...ofLot, env }, either = (a, b) => (v) => { blob(0, b)(v); if (v.length !== a && v.length !== b) malformed(); return v; };
const STATEMENTS = {
  "BIDSEAL1/head": (v) => fields(v, { ...head0, size: micros, root: blob(32), at: micros }),
  "BIDSEAL1/bid-receipt": (v) => fields(v, { ...head0, ...ofLot, bidder: text(120), bcode: text(32), package: blob(16), sha: blob(32), size: integer(1, LIMIT), manifest: blob(32), at: micros, number: integer(1, 1e6), leaf: micros, prev: either(0, 16) }),
  "BIDSEAL1/withdrawn": (v) => fields(v, { ...head0, ...ofLot, package: blob(16), at: micros, leaf: micros }),
  "BIDSEAL1/closing": (v) => { const c = fields(v, { ...head0, ...ofLot, deadline: time, at: micros, notice: blob(32), count, root: blob(32), opens: boolean }); if (c.opens !== c.count >= 3) malformed(); return c; },
  "BIDSEAL1/delivered": (v) => fields(v, { ...head0, ...ofLot, env, at: micros, count, root: blob(32) }),
  "BIDSEAL1/room": (v) => { const r = fields(v, { ...inRoom, room: blob(65), wrap: blob(113), closing: blob(32), until: time, rev: integer(1, 1000), reason: text(500, 0) }); publicKey(r.room); if (r.rev > 1 && !r.reason) malformed(); return r; },
  "BIDSEAL1/result": (v) => {
    const r = fields(v, { ...inRoom, package: blob(16), state: oneOf("opened", "not_opened"), cause: text(64, 0), party: oneOf("bidder", "other", ""),
      files: array((x) => fields(x, { name: text(255), size: integer(0, 2 ** 40), sha: blob(32) }), 0, 1000), price: money, bond: money, days: integer(0, 1e5), quality: text(500, 0), manager: text(120, 0), at: time });
    const opened = r.state === "opened";
    if (opened !== !r.cause || opened !== !r.party) malformed();
    return r;
  },
  "BIDSEAL1/passed": (v) => fields(v, { ...inRoom, package: blob(16), passed: boolean, reason: text(500, 0), at: time }),
};
const certificate = (der) => { try { return new X509Certificate(der); } catch { return refuse("ceremony.certificate_unreadable"); } };
const statement = (use, doc, key) => STATEMENTS[use](decode(coseOpen(doc, use, () => key)));
function readStatement(use, data) {
  const s = fields(decode(data), { doc: blob(1, 262144), signer: blob(1, 4096) });
  return statement(use, s.doc, certificate(s.signer).publicKey);
}
function readRoomStatement(use, data) {
  const s = fields(decode(data), { doc: blob(1, 262144), key: blob(65), name: text(64), org: text(120), code: text(32), enrol: (v) => fields(v, { cert: blob(1, 4096), iat: time, sig: blob(64, 384) }) });
  const said = statement(use, s.doc, publicKey(s.key)), officer = certificate(s.enrol.cert), named = officer.toLegacyObject().subject;
  if (named.O !== s.org || named["organizationIdentifier"] !== s.code) refuse("ceremony.workstation_not_enrolled");
  const body = encode(new Map(Object.entries({ platform: said.platform, code: s.code, key: s.key, name: s.name, iat: s.enrol.iat })));
  if (!verifies(officer.publicKey, cat("BIDSEAL1/enrolment\0", body), s.enrol.sig)) refuse("ceremony.signature_invalid");
  return said;
}
Object.assign(ITEMS, {
  create_opening_key: [1, (v) => {
    const i = fields(v, { notice: blob(1, 65536), members: array(blob(1, 4096), 1, 16) });
    const notice = readNotice(i.notice);
    if (notice.rev !== 1) malformed();
    return { notice, members: allDifferent(i.members).map((der) => ({ der, holder: certificate(der).toLegacyObject().subject.CN })) };
  }],
  amend_tender: [1, (v) => {
    const i = fields(v, { notice: blob(1, 65536), keys: array(blob(1, 600), 1, 2) }), notice = readNotice(i.notice);
    if (notice.rev === 1 || i.keys.length !== notice.envs.length) malformed();
    return { notice, keys: allDifferent(i.keys).map(spki) };
  }],
  withdraw: [1, (v) => fields(v, { tender: text(64), tname: text(120), lot: text(64), lname: text(120), package: blob(16), sha: blob(32), number: integer(1, 1e6) })],
  release_opening_key: [1, (v) => {
    const i = fields(v, { ann: blob(1, 196608), env, closing: blob(1, 16384), delivered: count });
    const { notice } = readAnnouncement(i.ann), envelope = notice.envs.find((x) => x.id === i.env);
    if (!envelope) malformed();
    return { notice, envelope, closing: readStatement("BIDSEAL1/closing", i.closing), delivered: i.delivered };
  }],
});
const TENDERING = ["create_opening_key", "amend_tender", "withdraw", "release_opening_key"];
function challengeOf(body) {
  const value = decode(body);
  if (value instanceof Map && typeof value.get("v") === "number" && value.get("v") !== 1) refuse("ceremony.version_unknown");
  const f = fields(value, {
    v: integer(1, 1), op: oneOf(...Object.keys(ITEMS)), platform: text(64), pname: text(120), ws: blob(16), ws_name: text(64),
    org: text(120, 0), code: text(32, 0), items: (v) => v, certs: array(serial, 0, 16), key: blob(65), nonce: blob(32),
    iat: time, ttl: integer(1, 86400), tpl: integer(1, 1),
  }, { rh: blob(32), mode: oneOf("camera"), ws_key: blob(65), enrol: (v) => fields(v, { cert: blob(1, 4096), iat: time, sig: blob(64, 384) }) });
  if (("ws_key" in f) !== ("enrol" in f) || ("rh" in f) === ("mode" in f)) malformed();
  if (TENDERING.includes(f.op) && f.certs.length !== 1) malformed();
  const [most, item] = ITEMS[f.op];
  f.items = array(item, 1, most)(f.items);
  return f;
}
function readChallenge(data) {
  if (data.length > 196608) malformed();
  if (!isCose(data)) {
    const c = challengeOf(data);
    if (c.enrol) malformed();
    if (!["login", "enrol_workstation", "download", "reissue"].includes(c.op) || c.mode) refuse("ceremony.workstation_not_enrolled");
    return c;
  }
  let c;
  coseOpen(data, "BIDSEAL1/challenge", (payload) => {
    c = challengeOf(payload);
    if (!c.enrol || !same(H(c.ws_key).subarray(0, 16), c.ws)) malformed();
    return publicKey(c.ws_key);
  });
  if (c.mode && ["login", "enrol_workstation"].includes(c.op)) refuse("ceremony.wrong_purpose");
  if (c.mode && c.items.length > 8) malformed();
  return c;
}
// ---- 2.11 ----------------------------------------------------------------------------------------------------------
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
function base45(written) {
  const out = [];
  for (let at = 0; at < written.length; at += 3) {
    const group = [...written.slice(at, at + 3)].map((c) => ALPHABET.indexOf(c)), bytes = group.length - 1;
    if (bytes < 1 || group.includes(-1)) malformed();
    const n = group.reduceRight((sum, digit) => sum * 45 + digit, 0);
    if (n >= 256 ** bytes) malformed();
    for (let b = bytes - 1; b >= 0; b -= 1) out.push(Math.floor(n / 256 ** b) % 256);
  }
  return Buffer.from(out);
}
function readPart(written) {
  if (!written.startsWith("BS1") || written.length > 147) malformed();
  const data = base45(written.slice(3));
  if (data.length < 9) malformed();
  const part = { id: data.toString("hex", 0, 4), index: data.readUInt16BE(4), total: data.readUInt16BE(6), chunk: data.subarray(8) };
  if (part.index >= part.total || part.total > 2048 || (part.chunk.length !== 88 && part.index + 1 !== part.total)) malformed();
  return part;
}
function assemble(texts) {
  const messages = new Map();
  for (const one of texts) {
    let part;
    try { part = readPart(one); } catch { if (texts.length === 1) malformed(); continue; }
    let found = messages.get(part.id);
    const known = found?.chunks.get(part.index);
    if (!found || found.total !== part.total || (known && !same(known, part.chunk))) found = { total: part.total, chunks: new Map() };
    found.chunks.set(part.index, part.chunk);
    messages.set(part.id, found);
    if (found.chunks.size < found.total) continue;
    const whole = cat(...Array.from({ length: found.total }, (_, n) => found.chunks.get(n)));
    if (H(whole).toString("hex", 0, 4) === part.id) return whole;
    messages.delete(part.id);
  }
  return malformed();
}
const CONTEXTS = { answer: "camera_answer", proof: "camera_proof" };
function cameraMessage(v) {
  const m = fields(decode(hex(v.message), 180224), { t: oneOf("challenge", "answer", "prove", "proof", "receipt"), body: blob(1, 180224) });
  const challenge = hex(v.challenge);
  if (readChallenge(challenge).mode !== "camera") malformed();
  return hpkeOpen(hex(v.private_key), cat(`BIDSEAL1/${CONTEXTS[m.t]}`, T0(challenge)), m.body);
}
function readQr(scanned, base) {
  if (!scanned.startsWith(base + "/m#") || scanned.length > 120) refuse("phone.foreign_qr");
  const encoded = scanned.slice(base.length + 3);
  if (!/^[A-Za-z0-9_-]*$/.test(encoded)) refuse("phone.foreign_qr");
  const raw = Buffer.from(encoded, "base64url");
  if (raw.length && raw[0] > 1) refuse("ceremony.version_unknown");
  if (raw.length !== 43 || raw[0] !== 1 || raw.toString("base64url") !== encoded) refuse("phone.foreign_qr");
  return { token: raw.subarray(1, 17), secret: raw.subarray(17, 33), elapsed: raw.readUInt16BE(33), tag: raw.subarray(35) };
}
const T0 = (c) => H(encode(["BIDSEAL1/challenge", c]));
const T1 = (t0, claim) => H(encode(["BIDSEAL1/claim", t0, claim]));
const T2 = (t1, r) => H(encode(["BIDSEAL1/accepted", t1, r]));
const REPLIES = { accepted: { r: blob(32) }, stale: {}, taken: {}, prove: { env: blob(1, 1024) }, extended: {}, near: { near: blob(16) }, ended: { code: text(64) }, receipt: { doc: blob(1, 262144) } };
const MESSAGES = {
  claim: (d) => fields(decode(d, 1024), { elapsed: integer(0, 65535), tag: blob(8), phone: text(64), nonce: blob(32) }),
  reason: (d) => fields(decode(d, 256), { reason: text(64) }),
  proof: (d) => fields(decode(d, 256), { proof: blob(32) }),
  reply: (d) => { const v = decode(d); const t = v instanceof Map ? v.get("t") : undefined; if (!(typeof t === "string" && t in REPLIES)) malformed(); return fields(v, { t: text(16), ...REPLIES[t] }); },
};
const any = (v) => v;
const RESULT = { name: any, sha256: any, error: any, sign_cert: any, enc_cert: any, chain: any, seal: any };
const readReceipt = (d) => fields(decode(d), { t2: blob(32), outcome: oneOf("done", "partial", "refused", "failed"), code: text(64, 0), results: array((v) => fields(v, {}, RESULT), 0, 128) });

// ---- 4 -------------------------------------------------------------------------------------------------------------
const KINDS = { official: ["企业公章", "official seal"], legal_representative: ["法人章", "legal representative's seal"], contract: ["合同章", "contract seal"] };
const TITLES = { login: ["登录平台", "Log in to the platform"], enrol_workstation: ["登记工位", "Enrol this workstation"], download: ["下载数字证书", "Download the certificate"], renew: ["证书延期", "Renew the certificate"], reissue: ["证书补办", "Reissue the certificate"], change_password: ["修改证书密码", "Change the certificate password"], claim_seal: ["申领电子印章", "Claim the electronic seal"], seal: ["文件签章", "Seal documents"], sign_package: ["签署加密投标文件", "Sign the encrypted bid"], decrypt: ["解密投标文件", "Open bids"], rehearse: ["演练解密", "Rehearse the opening"], pin_recipient: ["确认解密证书", "Confirm the decryption certificate"], create_opening_key: ["发布招标", "Publish a tender"], amend_tender: ["发布澄清与变更", "Amend a tender"], withdraw: ["撤回投标", "Withdraw a bid"], release_opening_key: ["开标解密", "Release the opening key"] };
const GROUPS = { bidder: ["投标人", "bidder"], opening_key: ["开标密钥", "opening key"], time: ["平台时间份额", "platform's time share"] };
const WARNING = ["警告: 无需投标人参与即可解密, 截止前也可能被读取", "Warning: it can be read without the bidder, before the deadline too"];
function display(c, language) {
  const e = language === "en" ? 1 : 0, pick = (...both) => both[e], hex8 = (x) => x.toString("hex").slice(0, 8);
  const moment = (s) => new Date((s + 8 * 3600) * 1000).toISOString().replace("T", " ").slice(0, 19), stamp = moment(c.iat);
  const number = (n) => n.toLocaleString("en-US");
  const envelope = (v, x) => {
    const files = pick("个文件", "files"), out = [`${v.title}: ${x.count} ${files} · ${number(x.size)} ${pick("字节", "bytes")}`];
    const said = [];
    if (x.price) said.push(pick(`报价 ${x.price} 元`, `Price ${x.price} CNY`));
    if (x.days) said.push(pick(`工期 ${x.days} 天`, `${x.days} days`));
    if (x.quality) said.push(pick(`质量 ${x.quality}`, `Quality ${x.quality}`));
    if (x.manager) said.push(pick(`项目负责人 ${x.manager}`, `Project manager ${x.manager}`));
    if (x.bond) said.push(pick(`投标保证金 ${x.bond} 元`, `Bid bond ${x.bond} CNY`));
    if (said.length) out.push(said.join(" · "));
    for (const p of x.files) out.push(`${p.name} · ${number(p.size)}`);
    if (x.count > x.files.length) out.push(pick(`另有 ${x.count - x.files.length} 个文件`, `and ${x.count - x.files.length} more files`));
    if (v.not_before) out.push(pick(`开启时间不早于 ${moment(v.not_before)}`, `Not to be opened before ${moment(v.not_before)}`));
    for (const g of v.groups) out.push(`${pick("解密需要", "Needed to open")}: ${GROUPS[g.kind][e]} (${g.recipients.map((r) => `${r.name} ${r.sha256.slice(0, 8)}`).join(", ")})`);
    if (!v.groups.some((g) => g.kind === "bidder")) out.push(WARNING[e]);
    return out;
  };
  const own = { bidder: "bidder", opening: "opening_key", time: "time" };
  const party = (id) => (Object.hasOwn(own, id) ? GROUPS[own[id]][e] : id);
  const share = (i) => [i.name, `${i.tender} · ${i.lot}`, `${i.bidder} (${i.bcode})`, `${i.title} (${party(i.group)}) · ${pick("投标包", "package")} ${hex8(i.package)}`];
  const org = c.code ? `${c.org} (${c.code})` : c.org || pick("(未指定)", "(not given)");
  const rows = [[pick("平台", "Platform"), c.pname], [pick("单位", "Organization"), org], [pick("工位", "Workstation"), `${c.ws_name} · ${hex8(c.ws)}`], [pick("时间", "Time"), stamp], [pick("数量", "Count"), String(c.items.length)]];
  if (!c.enrol) rows.push([pick("注意", "Note"), pick("该工位尚未登记", "This workstation is not enrolled")]);
  const names = (n) => [`${n.tender} · ${n.tname}`, `${n.lot} · ${n.lname}`];
  const envelopes = (n) => n.envs.flatMap((x) => [
    pick(`${x.title}: 截止 ${moment(n.deadline)} · 开标不早于 ${moment(x.nb)}`, `${x.title}: deadline ${moment(n.deadline)} · not to be opened before ${moment(x.nb)}`),
    `${pick("解密需要", "Needed to open")}: ${x.groups.map((g) => GROUPS[g][e]).join(" + ")}`,
    ...(x.groups.includes("bidder") ? [] : [WARNING[e]]),
  ]);
  const lines = {
    create_opening_key: (i) => [...names(i.notice), ...envelopes(i.notice), ...i.members.map((m) => `${pick("开标密钥成员", "Holder of the opening key")}: ${m.holder} ${hex8(H(m.der))}`)],
    amend_tender: (i) => [...names(i.notice), pick(`第 ${i.notice.rev} 版`, `Revision ${i.notice.rev}`), ...envelopes(i.notice)],
    withdraw: (i) => [`${i.tender} · ${i.lot}`, `${i.tname} · ${i.lname}`, pick(`投标包 ${hex8(i.package)} · 第 ${i.number} 份`, `Package ${hex8(i.package)} · bid no. ${i.number}`),
      pick("撤回后该投标文件不再参加开标", "Once withdrawn, the bid takes no part in the opening")],
    release_opening_key: (i) => [...names(i.notice), pick(`${i.envelope.title} · 投标 ${i.closing.count} 份 · 已交付 ${i.delivered} 份`, `${i.envelope.title} · ${i.closing.count} bids · ${i.delivered} delivered`),
      `${pick("截止", "Closed")} ${moment(Math.floor(i.closing.at / 1e6))}`],
    login: () => [pick("在上述工位登录平台", "Log in on the workstation named above")],
    enrol_workstation: (i) => [i.name, pick("登记后可向本单位成员发起扫码", "It may ask members of the organization for scans"), `SHA-256 ${H(i.key).toString("hex").slice(0, 16)}`],
    download: (i) => [`${pick("持有人", "Holder")}: ${i.holder}`, `${pick("订单", "order")} ${i.order.slice(0, 8)} · ${i.suite}`],
    renew: (i) => [...lines.download(i), `${pick("原证书", "Old certificate")}: ${i.old}`, pick("原解密密钥保留在本手机", "The old decryption key stays on this phone")],
    reissue: (i) => [...lines.download(i), `${pick("原证书", "Old certificate")}: ${i.old}`, pick("原证书已失效", "The old certificate is no longer valid")],
    change_password: (i) => [`${pick("持有人", "Holder")}: ${i.holder}`, i.serial, pick("密钥和证书不变", "Keys and certificate stay the same")],
    claim_seal: (i) => [i.name, KINDS[i.kind][e], `SHA-256 ${hex8(i.imprint)}`],
    seal: (i) => [i.name, `${i.pages} ${pick("页", "pages")} · ${i.size.toLocaleString("en-US")} ${pick("字节", "bytes")} · SHA-256 ${hex8(i.src)}`, i.marks.map((m) => `${m.name} (${KINDS[m.kind][e]})${m.cross ? pick(" 骑缝章", ", cross-page seal") : ""} × ${m.pages} ${pick("页", "pages")}`).join(", ")],
    sign_package: ({ bid, contents }) => [`${bid.tender} · ${bid.lot}`, `${bid.bidder.name} (${bid.bidder.credit_code})`,
      pick(`截止 ${moment(bid.deadline)} · 投标包 ${bid.package.slice(0, 8)}`, `Deadline ${moment(bid.deadline)} · package ${bid.package.slice(0, 8)}`),
      ...bid.envelopes.flatMap((v, n) => envelope(v, contents[n]))],
    decrypt: share, rehearse: share,
    pin_recipient: (i) => [i.holder, pick("确认后投标文件可加密给该证书", "Bids may be sealed to it from now on"), i.serial, `SHA-256 ${i.sha.toString("hex").slice(0, 16)}`],
  };
  return { title: TITLES[c.op][e], rows, items: c.items.map(lines[c.op]) };
}

// ---- running -------------------------------------------------------------------------------------------------------
const expect = (ok, what) => { if (!ok) throw new Error(`differs: ${what}`); };
const RUN = {
  codec: (v) => decode(hex(v.cbor)),
  qr: (v) => { const q = readQr(v.text, v.base_url); expect(q.elapsed === v.elapsed && same(q.token, hex(v.token)) && same(q.secret, hex(v.secret)) && same(q.tag, hex(v.tag)), "qr"); const e = Buffer.alloc(2); e.writeUInt16BE(q.elapsed); expect(same(mac(hex(v.rotation_key), cat(q.token, e)).subarray(0, 8), q.tag), "tag"); },
  transcript: (v) => {
    const t0 = T0(hex(v.challenge)), t1 = T1(t0, hex(v.claim)), t2 = T2(t1, hex(v.r));
    expect(t0.toString("hex") === v.t0 && t1.toString("hex") === v.t1 && t2.toString("hex") === v.t2, "T");
    expect(String(t2.readBigUInt64BE() % 10000n).padStart(4, "0") === v.check_code, "code");
    const box = hkdf(hex(v.secret), Buffer.alloc(0), cat("BIDSEAL1/mailbox", hex(v.token)));
    expect(same(open(box, nonceOf(0), hex(v.mailbox_body)), hex(v.challenge)), "mailbox");
    const key = hkdf(cat(hex(v.secret), hex(v.phone_nonce)), t1, ascii("BIDSEAL1/d2p"));
    for (const r of v.replies) expect(same(seal(key, r.counter, hex(r.plaintext)), hex(r.body)), "reply");
  },
  parts: (v) => expect(same(assemble(v.texts), hex(v.message)), "message"),
  camera: (v) => expect(same(cameraMessage(v), hex(v.plaintext)), "plaintext"),
  hpke: (v) => expect(same(hpkeOpen(hex(v.private_key), hex(v.info), hex(v.ciphertext)), hex(v.plaintext)), "plaintext"),
  signed_attributes: (v) => expect(same(cat(hex("31818430" + "1806092a864886f70d010903310b06092a864886f70d010701302f06092a864886f70d01090431220420"), hex(v.tbs), hex("3037060b2a864886f70d010910022f312830263024302204" + "20"), H(hex(v.certificate))), hex(v.attributes)), "attributes"),
  challenge: (v) => { readChallenge(hex(v.challenge)); expect(T0(hex(v.challenge)).toString("hex") === v.t0, "T0"); },
  messages: (v) => MESSAGES[v.type](hex(v.plaintext)),
  display: (v) => { const d = display(readChallenge(hex(v.challenge)), v.language); expect(JSON.stringify([d.title, d.rows, d.items]) === JSON.stringify([v.title, v.rows, v.items]), "text"); },
  consent: (v) => { if (v.info) return expect(same(cat("BIDSEAL1/possession", hex(v.t2)), hex(v.info)), "info"); if (!verifies(publicKey(hex(v.public_key)), hex(v.message), hex(v.signature))) refuse("ceremony.signature_invalid"); },
  receipt: (v) => { let d = hex(v.document); if (v.workstation_key) d = coseOpen(d, "BIDSEAL1/receipt", () => publicKey(hex(v.workstation_key))); expect(same(readReceipt(d).t2, hex(v.t2)), "t2"); },
};
// 5.3; Argon2id is left to the library: `stretched` is given.
RUN.keystore = (v) => {
  if (v.what === "password-try") {
    const message = cat("BIDSEAL1/password-try\0", encode(new Map([["serial", v.serial], ["nonce", hex(v.nonce)]])));
    expect(same(message, hex(v.message)), "message");
    return expect(verifies(new X509Certificate(hex(v.certificate)).publicKey, message, hex(v.signature)), "signature");
  }
  const input = { kek: () => cat(hex(v.stretched), hex(v.device_secret)), "phone-half": () => hex(v.device_secret), recovery: () => cat(hex(v.phone_half), hex(v.platform_half)), "platform-half": () => hex(v.kek) }[v.what]();
  const key = hkdf(input, hex(v.salt), ascii(`BIDSEAL1/keystore/${v.what === "kek" ? "password" : v.what}${v.entry_id}`));
  expect(same(key, hex(v.key)), "key");
  const c = createCipheriv("aes-256-gcm", key, nonceOf(0));
  c.setAAD(ascii(`BIDSEAL1/keystore/${v.entry_id}/${v.what}`));
  const plain = { kek: v.kek, "phone-half": v.phone_half, recovery: v.kek, "platform-half": v.platform_half }[v.what];
  return expect(same(cat(c.update(hex(plain)), c.final(), c.getAuthTag()), hex(v.ciphertext)), "ciphertext");
};
// docs/tendering.md §5: RFC 9162 §2.1, read from its recursive definitions and not from its algorithms of verification.
const node = (l, r) => H(cat(hex("01"), l, r)), split = (n) => { let k = 1; while (k * 2 < n) k *= 2; return k; };
const root = (d) => (d.length === 0 ? H(Buffer.alloc(0)) : d.length === 1 ? H(cat(hex("00"), d[0])) : node(root(d.slice(0, split(d.length))), root(d.slice(split(d.length)))));
const path = (m, d) => { if (d.length === 1) return []; const k = split(d.length); return m < k ? [...path(m, d.slice(0, k)), root(d.slice(k))] : [...path(m - k, d.slice(k)), root(d.slice(0, k))]; };
const sub = (m, d, whole) => { if (m === d.length) return whole ? [] : [root(d)]; const k = split(d.length); return m <= k ? [...sub(m, d.slice(0, k), whole), root(d.slice(k))] : [...sub(m - k, d.slice(k), false), root(d.slice(0, k))]; };
RUN.merkle = (v) => {
  const data = v.data.map(hex), proof = v.path.map(hex);
  expect(same(root(data), hex(v.root)), "root");
  const right = v.what === "inclusion" ? path(v.index, data) : v.first === 0 ? [] : sub(v.first, data, true);
  const holds = proof.length === right.length && proof.every((x, n) => same(x, right[n])) && (v.what === "inclusion" ? same(H(cat(hex("00"), data[v.index])), hex(v.leaf)) : same(root(data.slice(0, v.first)), hex(v.first_root)));
  expect(holds === v.holds, "proof");
};
RUN.statements = (v) => { const said = (v.by === "platform" ? readStatement : readRoomStatement)(v.use, hex(v.statement)); expect(said.platform === v.platform, "platform"); };
RUN.room_key = (v) => {
  const said = readRoomStatement("BIDSEAL1/room", hex(v.statement)), ecdh = createECDH("prime256v1");
  const info = cat("BIDSEAL1/room-key", H(encode([said.platform, said.tender, said.lot, said.env, said.room])));
  try { ecdh.setPrivateKey(hpkeOpen(hex(v.opening_key), info, said.wrap)); } catch { refuse("opening.room_key_wrong"); }
  if (!same(ecdh.getPublicKey(), said.room)) refuse("opening.room_key_wrong");
  expect(same(ecdh.getPrivateKey(), hex(v.room_key)), "room key");
};
RUN.announcement = (v) => {
  const a = readAnnouncement(hex(v.announcement)), message = cat("BIDSEAL1/notice\0", encode(new Map(Object.entries({ notice: H(a.bytes), keys: a.keys.map(H) }))));
  expect(same(message, hex(v.message)), "message");
  a.keys.forEach((key, n) => expect(same(H(encode(["BIDSEAL1/opening-key", a.notice.platform, a.notice.tender, a.notice.lot, a.notice.envs[n].id, H(key)])), hex(v.labels[n])), "label"));
  if (!verifies(certificate(a.cert).publicKey, message, a.sig)) refuse("ceremony.signature_invalid");
};
const folder = process.argv[2], out = {};
for (const [name, run] of Object.entries(RUN)) {
  out[name] = {};
  for (const v of JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")).vectors) {
    try { run(v); out[name][v.name] = "accept"; } catch (error) {
      out[name][v.name] = error instanceof Refused ? error.message : String(error);
    }
  }
}
console.log(JSON.stringify(out));
