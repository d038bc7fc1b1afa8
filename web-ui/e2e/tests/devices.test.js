// From a letter to a membership, and from one device to the next: by QR code and six digits, by a card in the drawer, by
// a passkey; and what becomes of a device that is retired.

import assert from "node:assert/strict";
import { createHash, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { remarks } from "../harness/axe.js";
import { DESK, PHONE } from "../harness/browser.js";
import { picture } from "../harness/pictures.js";
import { leaks } from "../harness/secrets.js";
import { setting } from "../harness/setting.js";
import { area, join, reaches } from "../harness/square.js";
import { text } from "../harness/texts.js";

const here = setting();

/** The code in the address of an invitation, as it is printed. */
const codeOf = (address) => new URL(address).hash.slice(1).replace(/(.{4})(?=.)/g, "$1-");

/** Opens the page of one's own data, through the door in front of it. */
async function logIn(visitor, site, path = "/mijn-gegevens") {
  await visitor.page.goto(site.url + path);
  await visitor.page.locator('form[data-dorpsplein="login"] button').click();
  await visitor.page.locator("[data-session]").waitFor();
}

/** Somebody who joined with a fresh letter. */
async function resident(t, name, how) {
  const visitor = await here.visitor(t, how);
  await join(visitor, await here.letter(), name);
  return visitor;
}

/** The public keys of the devices that the page of one's own data lists as in use. */
const listed = (page) => page.locator('[data-device][data-standing="active"]')
  .evaluateAll((devices) => devices.map((device) => device.dataset.device));

test("a letter's code is typed as people copy it", async (t) => {
  const visitor = await here.visitor(t);
  const { page } = visitor;
  await page.goto(`${here.home.url}/meedoen`);
  await reaches(area(page, "join"), "needs-invitation");
  assert.deepEqual(await remarks(page), []);
  await picture(page, "join-by-code-phone", { whole: true });
  const typed = page.locator('form[data-dorpsplein="letter"]');
  await typed.locator('[name="code"]').fill("7K3M-92XQ");
  await typed.locator("button").click();
  await area(page, "join").locator('[data-state="bad-code"]').waitFor({ state: "visible" });

  const code = codeOf(here.away.invitation);
  assert.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
  await page.goto(`${here.away.url}/meedoen`);
  await typed.locator('[name="code"]').fill(` ${code.toLowerCase().replaceAll("-", " ").replaceAll("1", "l").replaceAll("0", "o")} `);
  await typed.locator("button").click();
  const form = page.locator('form[data-dorpsplein="join"]');
  await form.waitFor({ state: "visible" });
  await form.locator('[name="name"]').fill("Geertje Boxma");
  await form.locator("button").click();
  await reaches(area(page, "join"), "sent");
  assert.equal(new URL(page.url()).hash, "");
  assert.deepEqual(leaks(visitor, Buffer.from(code.replaceAll("-", ""))).filter((where) => !where.includes("a page")), []);
});

test("an invitation fits a coarse QR code, and its key is the one that every program makes of it", async (t) => {
  assert.ok(here.home.invitation.length <= 90, here.home.invitation);
  const { vectors } = JSON.parse(readFileSync(new URL("../../../protocol/tests/vectors/codes.json", import.meta.url)));
  const { page } = await here.visitor(t);
  await page.goto(here.home.url);
  for (const { code, purpose, neighbourhood, key } of vectors) {
    const seed = await page.evaluate(async ({ code, purpose, neighbourhood }) => {
      const bytes = (text) => new TextEncoder().encode(text);
      const id = new Uint8Array(neighbourhood.match(/../g).map((pair) => Number.parseInt(pair, 16)));
      const salt = new Uint8Array([...bytes(`dorpsplein/${purpose}/1`), ...id]);
      const secret = await crypto.subtle.importKey("raw", bytes(code.replaceAll("-", "")), "PBKDF2", false, ["deriveBits"]);
      const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: 600_000 };
      return [...new Uint8Array(await crypto.subtle.deriveBits(how, secret, 256))];
    }, { code, purpose, neighbourhood });
    const envelope = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.from(seed)]);
    const secret = createPrivateKey({ key: envelope, format: "der", type: "pkcs8" });
    const raw = createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32);
    assert.equal(raw.toString("hex"), key);
  }
});

test("Apple's browsers are told to put the square on the home screen first", async (t) => {
  const told = async (vendor) => {
    const { page } = await here.visitor(t);
    await page.addInitScript((vendor) => Object.defineProperty(navigator, "vendor", { get: () => vendor }), vendor);
    await page.goto(`${here.home.url}/meedoen`);
    await reaches(area(page, "join"), "needs-invitation");
    return page.locator("[data-forgetful]").isVisible();
  };
  assert.equal(await told("Apple Computer, Inc."), true);
  assert.equal(await told("Google Inc."), false);
});

test("one resident, two devices", async (t) => {
  const first = await resident(t, "Aaltje Wubs", { screen: DESK });
  const second = await here.visitor(t, { screen: PHONE });
  let link;

  await t.test("the page of one's own data is behind a door, and the key of the device opens it", async () => {
    const stranger = await here.visitor(t);
    await stranger.page.goto(`${here.home.url}/mijn-gegevens`);
    await reaches(area(stranger.page, "login"), "needs-key");
    await logIn(first, here.home);
    assert.match(await first.page.locator("main").innerText(), /Aaltje Wubs/);
    assert.equal((await listed(first.page)).length, 1);
    const cookies = await first.context.cookies();
    assert.deepEqual(cookies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite })), [
      { name: "session", httpOnly: true, sameSite: "Strict" },
    ]);
    assert.deepEqual(await remarks(first.page), []);
    await picture(first.page, "my-data-desktop", { whole: true });
  });

  await t.test("the second device follows the code, and both show the same six digits", async () => {
    const adding = area(first.page, "add-device");
    await adding.locator("button").first().click();
    await adding.locator("[data-qr] svg").waitFor();
    link = await adding.locator("[data-link]").innerText();
    assert.ok(link.startsWith(`${here.home.url}/toestel#`) && link.length <= 90, link);
    await picture(first.page, "add-device-desktop");
    await second.page.goto(link);
    const digits = second.page.locator("[data-digits]");
    await second.page.locator('[data-step="digits"]').waitFor({ state: "visible" });
    await adding.locator('[data-step="digits"]').waitFor({ state: "visible" });
    assert.match(await digits.innerText(), /^\d{6}$/);
    assert.equal(await digits.innerText(), await adding.locator("[data-digits]").innerText());
    await picture(second.page, "new-device-phone", { whole: true });
    assert.deepEqual(await remarks(second.page), []);
    await adding.locator("[data-confirm]").click();
    await reaches(adding, "sent");
    await reaches(area(second.page, "device"), "sent");
    assert.equal(new URL(second.page.url()).hash, "");
    // Neither box nor network saw the secret.
    const secret = Buffer.from(new URL(link).hash.slice(1));
    assert.deepEqual(leaks(first, secret).concat(leaks(second, secret)), []);
  });

  await t.test("the second device writes and is listed", async () => {
    await logIn(second, here.home);
    assert.equal((await listed(second.page)).length, 2);
    await picture(second.page, "my-data-phone", { whole: true });
    await second.page.goto(`${here.home.url}/schrijven`);
    const form = second.page.locator('form[data-dorpsplein="write"]');
    await form.waitFor({ state: "visible" });
    await form.locator('[name="title"]').fill("De geit van Wubs is terug");
    await form.locator('[name="body"]').fill("Ze stond bij de bakker.");
    await form.locator("button").click();
    await reaches(area(second.page, "write"), "sent");
  });

  await t.test("a name for a device stays in this browser", async () => {
    await first.page.reload();
    const other = first.page.locator("[data-device]").nth(1);
    await other.locator("summary").first().click();
    await other.locator('[name="name"]').fill("Telefoon van Aaltje");
    const before = first.requests.length;
    await other.locator('form[data-dorpsplein="name"] button').click();
    await other.locator('[data-state="kept"]').waitFor({ state: "visible" });
    assert.equal(await other.locator("[data-device-name]").innerText(), "Telefoon van Aaltje");
    assert.deepEqual(first.requests.slice(before).filter(({ method }) => method !== "GET"), []);
    await first.page.reload();
    await first.page.getByText("Telefoon van Aaltje").waitFor();
  });

  await t.test("a retired device is logged out on its open page, and writes no more", async () => {
    await second.page.goto(`${here.home.url}/mijn-gegevens`);
    await second.page.locator("[data-session]").waitFor();
    const own = second.page.locator("[data-device]").filter({ hasText: text("nl", "my-device-here") });
    const retired = await own.getAttribute("data-device");
    const entry = first.page.locator(`[data-device="${retired}"]`);
    await entry.locator("summary").nth(1).click();
    await entry.locator('form[data-dorpsplein="retire"] button').click();
    await first.page.locator(`[data-device="${retired}"][data-standing="gone"]`).waitFor();
    // Nobody touches the second device: its page notices by itself.
    await second.page.locator('[data-area="login"]').waitFor({ timeout: 30_000 });
    assert.equal(await second.page.locator("[data-device]").count(), 0);
    const answer = await second.page.evaluate(async () => (await fetch("/api/v1/sessions")).status);
    assert.equal(answer, 401);
  });

  await t.test("the code is used up", async () => {
    const late = await here.visitor(t);
    await late.page.goto(link);
    await area(late.page, "device").locator('[data-state="refused"], [data-state="expired"]').locator("visible=true").waitFor();
  });
});

test("a new device shows no digits that somebody chose after its answer", async (t) => {
  // Somebody made the box's owner a friend and photographed the code: all that the adding side says, they can say.
  const secret = Buffer.concat([Buffer.alloc(15), Buffer.from([1])]);
  const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
  const box = `${here.home.url}/api/v1/links/${sha256("dorpsplein/link/1", secret).toString("hex")}`;
  const sealed = (slot, body) => Buffer.concat([body, createHmac("sha256", secret).update(slot).update(body).digest()]);
  const bytes = (value) => Buffer.concat([Buffer.from([0x58, 32]), value]);
  const leave = async (slot, body) => {
    const headers = { "content-type": "application/cbor" };
    const left = await fetch(`${box}/${slot}`, { method: "PUT", headers, body: sealed(slot, body) });
    assert.equal(left.status, 204, slot);
  };
  const own = generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const [committed, chosenLater, resident] = [0, 0, 0].map(() => randomBytes(32));
  const commitment = sha256("dorpsplein/commitment/1", committed);
  await leave("offer", Buffer.concat([Buffer.from([0x84, 0]), bytes(own), bytes(resident), bytes(commitment)]));

  const { page } = await here.visitor(t);
  await page.goto(`${here.home.url}/toestel#${"1".padStart(26, "0")}`);
  await area(page, "device").locator('[data-state="checking"]').waitFor({ state: "visible" });
  const answered = async () => (await fetch(`${box}/answer`)).status === 200;
  while (!(await answered())) await page.waitForTimeout(100);
  assert.ok(!(await page.locator('[data-step="digits"]').isVisible()), "no digits before the last message");
  await leave("reveal", Buffer.concat([Buffer.from([0x81]), bytes(chosenLater)]));
  const refused = area(page, "device").locator('[data-state="refused"]');
  await refused.waitFor({ state: "visible" });
  assert.ok((await refused.innerText()).includes(text("nl", "problem-link-taken")));
  assert.equal(await page.locator("[data-digits]").innerText(), "");
  await picture(page, "new-device-impostor-phone");
  // The key that they were told is not kept: the page would say that it waits, or that it is somebody's.
  await page.goto(`${here.home.url}/mijn-gegevens`);
  await reaches(area(page, "login"), "needs-key");
});

test("a card in the drawer brings a new device", async (t) => {
  const owner = await resident(t, "Klaas Hoekstra");
  await logIn(owner, here.home, "/en/my-data");
  assert.deepEqual(await remarks(owner.page), []);
  const making = area(owner.page, "card");
  await making.locator('form[data-dorpsplein="card"] button').click();
  await reaches(making, "sent");
  const code = await making.locator("[data-code]").innerText();
  assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  await owner.page.emulateMedia({ media: "print" });
  assert.ok(await making.locator("[data-code]").isVisible());
  assert.ok(!(await owner.page.locator("#devices").isVisible()), "the card stands alone on its paper");
  await picture(owner.page, "card-print", { whole: true });
  await owner.page.emulateMedia({ media: null });
  const before = await listed(owner.page);

  const fresh = await here.visitor(t);
  await fresh.page.goto(`${here.home.url}/en/device`);
  const using = fresh.page.locator('form[data-dorpsplein="use-card"]');
  await using.locator('[name="code"]').fill("0000-0000-0000");
  await using.locator("button").click();
  await reaches(area(fresh.page, "device"), "refused");
  await using.locator('[name="code"]').fill(code.toLowerCase());
  await using.locator("button").click();
  await reaches(area(fresh.page, "device"), "sent");
  await logIn(fresh, here.home, "/en/my-data");
  const after = await listed(fresh.page);
  assert.equal(after.length, 2);
  assert.ok(before.every((device) => after.includes(device)));
  assert.match(await fresh.page.locator("main").innerText(), /Klaas Hoekstra/);

  await t.test("and another, by the code's picture", async () => {
    const third = await here.visitor(t);
    await third.page.goto(`${here.home.url}/toestel#${code.replaceAll("-", "")}`);
    await reaches(area(third.page, "device"), "sent");
    assert.equal(new URL(third.page.url()).hash, "");
  });
  assert.deepEqual(leaks(owner, Buffer.from(code.replaceAll("-", ""))), []);
});

test("a passkey brings a new device", async (t) => {
  // A passkey belongs to a name; the address of this machine has none.
  const home = { ...here.home, url: here.home.url.replace("127.0.0.1", "localhost") };
  const owner = await here.visitor(t);
  await join(owner, (await here.letter()).replace("127.0.0.1", "localhost"), "Trijntje Bos");
  const authenticator = {
    protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true,
    hasPrf: true, isUserVerified: true, automaticPresenceSimulation: true,
  };
  const devtools = await owner.context.newCDPSession(owner.page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options: authenticator });
  await logIn(owner, home);
  const making = area(owner.page, "passkey");
  await making.locator("button").click();
  await reaches(making, "sent");
  // Another device of the same owner, to which the account brings the passkey: in this browser, with an empty store.
  await owner.page.goto(`${home.url}/over-dit-plein`);
  await owner.page.evaluate(() => new Promise((resolve, reject) => {
    const gone = indexedDB.deleteDatabase("dorpsplein");
    // Blocked for as long as the page's own module has it open, which is a moment.
    gone.onsuccess = resolve;
    gone.onerror = reject;
  }));
  await owner.context.clearCookies();
  await owner.page.goto(`${home.url}/toestel`);
  await owner.page.locator('form[data-dorpsplein="use-passkey"] button').click();
  await reaches(area(owner.page, "device"), "sent");
  await logIn(owner, home);
  assert.equal((await listed(owner.page)).length, 2);
  await devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
});

test("taking along what is yours, and leaving", async (t) => {
  const leaver = await resident(t, "Berend Kuiper");
  const { page } = leaver;
  await page.goto(`${here.home.url}/schrijven`);
  const form = page.locator('form[data-dorpsplein="write"]');
  await form.waitFor({ state: "visible" });
  await form.locator('[name="title"]').fill("Gratis rabarber bij Kuiper");
  await form.locator('[name="body"]').fill("Er staat een kist bij het hek.");
  await form.locator("button").click();
  await reaches(area(page, "write"), "sent");
  await logIn(leaver, here.home);

  const download = page.waitForEvent("download");
  await area(page, "export").locator("button").click();
  const file = await download;
  assert.equal(file.suggestedFilename(), "mijn-dorpsplein.json");
  const taken = readFileSync(await file.path(), "utf8");
  assert.ok(taken.includes("Gratis rabarber bij Kuiper") && taken.includes("Berend Kuiper"), taken);

  const leaving = area(page, "leave");
  await leaving.locator("summary").click();
  await leaving.locator('[name="sure"]').check();
  await leaving.locator("button").click();
  await reaches(leaving, "sent");
  for (const path of ["/", "/en/"]) {
    const body = await (await fetch(here.home.url + path)).text();
    assert.ok(!body.includes("rabarber") && !body.includes("Berend Kuiper"), path);
  }
  await page.goto(`${here.home.url}/mijn-gegevens`);
  await reaches(area(page, "login"), "needs-key");
});
