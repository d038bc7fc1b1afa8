// A push service on this machine, and a browser behind it: what arrives is decrypted as a browser does it (RFC 8188, RFC 8291).

import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";

/** Opens one; `handed` holds what arrived: `{ headers, words }`. */
export async function pushService() {
  const key = createECDH("prime256v1");
  key.generateKeys();
  const secret = randomBytes(16);
  const handed = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      handed.push({ headers: request.headers, words: decrypted(Buffer.concat(parts), key, secret) });
      response.writeHead(201).end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const subscription = {
    endpoint: `http://127.0.0.1:${server.address().port}/browser`,
    keys: { p256dh: key.getPublicKey().toString("base64url"), auth: secret.toString("base64url") },
  };
  return { handed, subscription, close: () => server.close() };
}

/** One record, which is all that a notice has. */
function decrypted(body, key, secret) {
  const salt = body.subarray(0, 16);
  const length = body[20];
  const sender = body.subarray(21, 21 + length);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), key.getPublicKey(), sender]);
  const shared = Buffer.from(hkdfSync("sha256", key.computeSecret(sender), secret, info, 32));
  const part = (name, bytes) => Buffer.from(hkdfSync("sha256", shared, salt, Buffer.from(`Content-Encoding: ${name}\0`), bytes));
  const record = body.subarray(21 + length);
  const decipher = createDecipheriv("aes-128-gcm", part("aes128gcm", 16), part("nonce", 12));
  decipher.setAuthTag(record.subarray(-16));
  const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  // Behind the words stands a 2, as in every last record, and then nothing.
  return plain.subarray(0, plain.lastIndexOf(2)).toString();
}
