// The private key in the browser's own store, and every form in which it could slip out.

import { createPrivateKey, createPublicKey } from "node:crypto";

/** The length of an ed25519 seed and of a public key. */
const KEY_BYTES = 32;

/** What stands before a raw ed25519 seed in its standard envelope (RFC 8410). */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/** Every run of 32 bytes that this page's origin keeps in IndexedDB. */
async function storedBytes(page) {
  const found = await page.evaluate(async () => {
    const settled = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const bytes = [];
    const collect = (value) => {
      if (value instanceof ArrayBuffer) bytes.push([...new Uint8Array(value)]);
      else if (ArrayBuffer.isView(value)) bytes.push([...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)]);
      else if (value && typeof value === "object") Object.values(value).forEach(collect);
    };
    for (const { name } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        collect(await settled(database.transaction(store).objectStore(store).getAll()));
      }
      database.close();
    }
    return bytes;
  });
  return found.map((bytes) => Buffer.from(bytes)).filter((bytes) => bytes.length === KEY_BYTES);
}

/** The public key that belongs to a seed, as hex. */
export function publicKeyOf(seed) {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: "der", type: "pkcs8" });
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-KEY_BYTES).toString("hex");
}

/** The private key of the device with this public key (hex), out of the browser's own store. */
export async function privateKeyOf(page, device) {
  const candidates = await storedBytes(page);
  const seed = candidates.find((bytes) => publicKeyOf(bytes) === device);
  if (!seed) throw new Error(`none of the ${candidates.length} keys in IndexedDB belongs to the device ${device}`);
  return seed;
}

/** The ways in which a secret could be written down. */
function spellings(secret) {
  return [
    ["raw bytes", secret],
    ["hexadecimal", Buffer.from(secret.toString("hex"))],
    ["hexadecimal capitals", Buffer.from(secret.toString("hex").toUpperCase())],
    ["base64", Buffer.from(secret.toString("base64").replace(/=+$/, ""))],
    ["base64url", Buffer.from(secret.toString("base64url"))],
    ["numbers", Buffer.from([...secret].join(","))],
  ];
}

/** Everything that left a visitor's browser or stood on a page, as `[where, bytes]`. */
function everythingOf(visitor) {
  return [
    ...visitor.requests.flatMap(({ method, url, headers, body }) => [
      [`${method} ${url}`, Buffer.from(url)],
      [`headers of ${url}`, Buffer.from(headers)],
      [`body of ${url}`, body ?? Buffer.alloc(0)],
    ]),
    ...visitor.console.map((line) => ["console", Buffer.from(line)]),
    ...visitor.pages.map((html) => ["a page", Buffer.from(html)]),
  ];
}

/** Where a secret slipped out, in words; empty when it stayed. */
export function leaks(visitor, secret) {
  return everythingOf(visitor).flatMap(([where, bytes]) =>
    spellings(secret).filter(([, spelled]) => bytes.includes(spelled)).map(([how]) => `${how} in ${where}`));
}
