// What a resident's browser keeps, and what becomes of it when two tabs, a crash or a wrong clock get in the way.

import assert from "node:assert/strict";
import { test } from "node:test";

import { setting } from "../harness/setting.js";
import { area, join, reaches } from "../harness/square.js";

const here = setting();

/** What the box knows of the device in this browser: `member`, and `sequence`, the number of its last operation. */
async function deviceOf(page, site) {
  const last = await page.evaluate(async (home) => {
    const settled = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const database = await settled(indexedDB.open("dorpsplein"));
    const record = await settled(database.transaction("devices").objectStore("devices").get(home));
    database.close();
    return record.previous;
  }, site.neighbourhood_id);
  const bytes = Buffer.from(await (await fetch(`${site.url}/api/v1/operations/${last}`)).arrayBuffer());
  // The public key is the one byte string of 32 bytes behind the space, a small number, in the header.
  const key = bytes.toString("hex").match(/f60[0-3]5820([0-9a-f]{64})/)[1];
  return (await fetch(`${site.url}/api/v1/devices/${key}`)).json();
}

async function fillIn(page, site, title) {
  await page.goto(`${site.url}/schrijven`);
  const form = page.locator('form[data-dorpsplein="write"]');
  await form.waitFor({ state: "visible" });
  await form.locator('[name="title"]').fill(title);
  await form.locator('[name="body"]').fill("Alles staat bij de pomp op het plein.");
  return form;
}

/** How many items on the home page have this title. */
async function standsOn(site, title) {
  return (await (await fetch(site.url)).text()).split(title).length - 1;
}

test("who only reads gets nothing stored", async (t) => {
  const { page } = await here.visitor(t);
  for (const path of ["/", "/agenda", "/schrijven", "/meedoen", "/over-dit-plein"]) {
    await page.goto(here.home.url + path, { waitUntil: "networkidle" });
  }
  assert.deepEqual(await page.evaluate(() => indexedDB.databases()), []);
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length), 0);
});

test("a device, from its invitation on", async (t) => {
  const visitor = await here.visitor(t);
  const { page } = visitor;

  await t.test("the link to the other language takes the invitation along", async () => {
    await page.goto(here.home.invitation);
    const secret = new URL(page.url()).hash;
    await page.locator('form[data-dorpsplein="join"]').waitFor({ state: "visible" });
    await page.locator("[data-language][hreflang=en]").click();
    await page.waitForURL(`${here.home.url}/en/join*`);
    assert.equal(new URL(page.url()).hash, secret);
  });

  await t.test("joining takes it out of the address", async () => {
    await join(visitor, page.url(), "Roelof Wieringa");
    assert.equal(new URL(page.url()).hash, "");
    await page.reload();
    await area(page, "join").locator('[data-state="already-joined"]').waitFor({ state: "visible" });
  });

  await t.test("two tabs that send at the same moment use two numbers", async () => {
    const before = await deviceOf(page, here.home);
    const tabs = [page, await visitor.context.newPage(), await visitor.context.newPage()];
    const forms = [];
    for (const [at, tab] of tabs.entries()) forms.push(await fillIn(tab, here.home, `Verloren want, nummer ${at}`));
    await Promise.all(forms.map((form) => form.locator("button").click()));
    for (const tab of tabs) await reaches(area(tab, "write"), "sent");
    const after = await deviceOf(page, here.home);
    assert.deepEqual([after.member, after.sequence], [true, before.sequence + tabs.length]);
    for (const at of tabs.keys()) assert.equal(await standsOn(here.home, `Verloren want, nummer ${at}`), 1);
  });

  await t.test("what was signed and not sent is sent by the next page, once", async () => {
    const tab = await visitor.context.newPage();
    const form = await fillIn(tab, here.home, "De pomp is gesmeerd");
    await tab.route("**/api/v1/operations", (route) => route.abort());
    await form.locator("button").click();
    await reaches(area(tab, "write"), "kept-to-send");
    await tab.close();
    assert.equal(await standsOn(here.home, "De pomp is gesmeerd"), 0);

    const sent = page.waitForResponse((response) => response.request().method() === "POST");
    await page.goto(here.home.url);
    assert.equal((await sent).status(), 201);
    await page.goto(`${here.home.url}/agenda`, { waitUntil: "networkidle" });
    assert.equal(await standsOn(here.home, "De pomp is gesmeerd"), 1);
  });

  await t.test("an answer that got lost does not make it stand there twice", async () => {
    const form = await fillIn(page, here.home, "De klok slaat weer");
    await page.route("**/api/v1/operations", async (route) => {
      await route.fetch();
      await route.abort();
    });
    await form.locator("button").click();
    await reaches(area(page, "write"), "kept-to-send");
    await page.unroute("**/api/v1/operations");
    // Nobody presses anything: it goes by itself.
    await page.locator("[data-outbox-sent]").waitFor({ state: "visible" });
    assert.equal(await standsOn(here.home, "De klok slaat weer"), 1);
  });

  await t.test("a clock that is a year ahead is set right", async () => {
    const year = 365 * 24 * 60 * 60 * 1000;
    await page.clock.setFixedTime(Date.now() + year);
    const form = await fillIn(page, here.home, "Oliebollen in de Schuur");
    await form.locator("button").click();
    await reaches(area(page, "write"), "sent");
    const id = (await page.locator("[data-sent-link]").getAttribute("href")).split("/").pop();
    const item = await (await fetch(`${here.home.url}/api/v1/items/${id}`)).json();
    assert.ok(Math.abs(item.created - Date.now()) < 60_000, `signed at ${item.created}`);
  });

  await t.test("a store that was put back from a backup signs nothing", async () => {
    await page.evaluate(async (home) => {
      const settled = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const database = await settled(indexedDB.open("dorpsplein"));
      const devices = database.transaction("devices", "readwrite").objectStore("devices");
      const record = await settled(devices.get(home));
      await settled(devices.put({ ...record, sequence: record.sequence - 1 }, home));
      database.close();
    }, here.home.neighbourhood_id);
    const form = await fillIn(page, here.home, "Dit komt er niet");
    await form.locator("button").click();
    await reaches(area(page, "write"), "refused");
    assert.equal(await standsOn(here.home, "Dit komt er niet"), 0);
  });
});

test("joining that broke off goes on by itself", async (t) => {
  const { page } = await here.visitor(t);
  await page.goto(here.away.invitation);
  const form = page.locator('form[data-dorpsplein="join"]');
  await form.locator('[name="name"]').fill("Hilde Postma");
  await page.route("**/api/v1/operations", (route) => route.abort());
  await form.locator("button").click();
  await reaches(area(page, "join"), "offline");
  await page.unroute("**/api/v1/operations");
  await page.reload();
  await reaches(area(page, "join"), "sent");
  assert.deepEqual([(await deviceOf(page, here.away)).member, new URL(page.url()).hash], [true, ""]);
});
