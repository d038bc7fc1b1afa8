// The browser's module gives the same bytes as native code, for every test vector of the protocol.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

const VECTORS = new URL("../../../protocol/tests/vectors/", import.meta.url);
const { run_vector } = createRequire(import.meta.url)(process.env.DORPSPLEIN_VECTORS_MODULE);

// Codes are stretched by the browser itself and not by the module: devices.test.js holds it to codes.json.
const files = readdirSync(VECTORS).filter((name) => name.endsWith(".json") && name !== "codes.json");

test("there are vectors", () => {
  assert.ok(files.length >= 5, `${files.length} files`);
});

for (const file of files) {
  const { vectors } = JSON.parse(readFileSync(new URL(file, VECTORS), "utf8"));
  test(`${file}: ${vectors.length} vectors`, () => {
    assert.ok(vectors.length > 0);
    for (const { name, input, expected } of vectors) {
      assert.deepEqual(JSON.parse(run_vector(JSON.stringify(input))), expected, name);
    }
  });
}

test("an input that is none is an error, not an answer", () => {
  assert.throws(() => run_vector('{"key":{}}'), /seed/);
});
