// Without a line: pages are read as they were, what is written waits on the device and arrives once, and nothing of it stays
// with whoever is no longer let in.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { remarks } from "../harness/axe.js";
import { Visitor, launch } from "../harness/browser.js";
import { Founded } from "../harness/founded.js";
import { eventually } from "../harness/patience.js";
import { picture } from "../harness/pictures.js";
import { drawn } from "../harness/photos.js";
import { dayFromNow, join, writeEvent } from "../harness/square.js";
import { text } from "../harness/texts.js";

let browser;
let dorp;
let anna;

before(async () => {
  [browser, dorp] = await Promise.all([launch(), Founded.start("Waterdorp")]);
  anna = await dorp.villager("Anna Bos");
});
after(async () => {
  await browser?.close();
  await dorp?.stop();
});

/** A visitor whose browser keeps pages. */
async function arrive(t, how) {
  const visitor = await Visitor.arrive(browser, how);
  t.after(() => visitor.leave());
  await visitor.page.goto(dorp.url);
  await visitor.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    }
  });
  return visitor;
}

/** A resident with a device, who joined by letter. */
async function resident(t, name) {
  const visitor = await arrive(t);
  const { invitation } = await dorp.founder("invite");
  await join(visitor, invitation, name);
  return visitor;
}

/** What the worker keeps, by cache. */
const kept = (page) => page.evaluate(async () => {
  const all = {};
  for (const name of await caches.keys()) {
    const requests = await (await caches.open(name)).keys();
    all[name] = requests.map(({ url }) => new URL(url).pathname + new URL(url).search);
  }
  return all;
});
const keepsFor = (page, path, inside = false) => eventually(`${path} is kept`, async () => {
  const caches = Object.entries(await kept(page)).filter(([name]) => name.startsWith(inside ? "inside-" : "pages"));
  return caches.some(([, paths]) => paths.includes(path));
});
/** The record of the device in IndexedDB. */
const record = (page) => page.evaluate(() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("dorpsplein");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const all = opening.result.transaction("devices").objectStore("devices").getAll();
    all.onsuccess = () => {
      opening.result.close();
      const [device] = all.result;
      resolve(device && { sequence: device.sequence, waiting: device.outbox.length, files: device.outbox.flatMap(({ files }) => files).length, refused: device.refused.length });
    };
  };
}));

const post = (title, audience = "square") => anna.does("resident", "post", "--title", title, "--body", "Kom kijken.", "--audience", audience);
/** How many posts with this title there are. */
const standing = async (title) => (await (await fetch(`${dorp.url}/`)).text()).split(title).length - 1;

async function writes(page, title, { photo } = {}) {
  const form = page.locator('form[data-dorpsplein="write"]');
  await form.waitFor({ state: "visible" });
  await form.locator('[name="title"]').fill(title);
  await form.locator('[name="body"]').fill("De dijk houdt het.");
  if (photo) {
    await form.locator('[type="file"]').setInputFiles(photo);
    await form.locator('[data-photo-preview] canvas').first().waitFor();
    await form.locator('[name="photo_alt"]').fill("Het water staat hoog.");
  }
  await form.locator("button.go:not([type=button])").last().click();
}

test("a page that was opened is read without a line, and says when it was true", async (t) => {
  const { item } = await post("De sluis is dicht");
  const { page, context } = await arrive(t);
  await page.goto(`${dorp.url}/bericht/${item}`);
  await keepsFor(page, `/bericht/${item}`);
  await context.setOffline(true);
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "De sluis is dicht" }).waitFor();
  const line = page.locator("[data-kept-line]");
  await line.waitFor();
  assert.match(await line.innerText(), /U bent niet verbonden\. U ziet wat hier op .+ \d\d:\d\d stond/);
  assert.deepEqual(await remarks(page), []);
  await picture(page, "offline-kept-phone");
  await page.goto(`${dorp.url}/agenda`);
  await page.getByRole("heading", { level: 1, name: text("nl", "offline-title") }).waitFor();
  assert.deepEqual(await remarks(page), []);
  await picture(page, "offline-phone");
  await page.goto(`${dorp.url}/en/agenda`);
  await page.getByRole("heading", { level: 1, name: text("en", "offline-title") }).waitFor();
  // A language with a part of the texts has its own page, in which the rest is Dutch.
  await page.goto(`${dorp.url}/fy/agenda`);
  await page.getByRole("heading", { level: 1, name: text("nl", "offline-title") }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "fy");

  await context.setOffline(false);
  await post("De sluis is weer open");
  await page.goto(dorp.url);
  await page.getByRole("link", { name: "De sluis is weer open" }).waitFor();
  assert.ok(await page.locator("[data-kept-line]").isHidden(), "what the net answers is what is shown");
});

test("what is kept is bounded, and nothing of what is not for reading", async (t) => {
  const { page } = await arrive(t);
  for (let at = 0; at < 64; at += 1) await page.goto(`${dorp.url}/agenda?vanaf=2099-0${1 + (at % 9)}-${10 + Math.floor(at / 9)}`);
  await page.goto(`${dorp.url}/zoeken?q=sluis`);
  await page.goto(`${dorp.url}/meedoen`);
  await keepsFor(page, "/agenda?vanaf=2099-01-17");
  const { pages } = await kept(page);
  assert.ok(pages.length <= 60, `${pages.length} pages`);
  assert.ok(!pages.some((path) => path.startsWith("/zoeken") || path.startsWith("/meedoen") || path.startsWith("/api")));
});

test("what members were shown goes with the login: at logging out, and when a device is retired elsewhere", async (t) => {
  for (const end of ["logs out", "is retired"]) {
    await t.test(end, async (t) => {
      const { item } = await post(`Alleen voor ons: ${end}`, "members");
      const visitor = await resident(t, `Bram ${end}`);
      const { page, context } = visitor;
      await page.goto(`${dorp.url}/mijn-gegevens`);
      await page.locator('form[data-dorpsplein="login"] button').click();
      await page.locator("[data-session]").first().waitFor({ state: "attached" });
      await page.goto(`${dorp.url}/bericht/${item}`);
      await keepsFor(page, `/bericht/${item}`, true);
      const names = Object.keys(await kept(page)).filter((name) => name.startsWith("inside-"));
      assert.equal(names.length, 1);
      assert.ok(!(await kept(page))[names[0]].includes("/mijn-gegevens"), "one's own data is not kept");
      await page.goto(`${dorp.url}/mijn-gegevens`);
      if (end === "logs out") {
        await page.locator('form[data-dorpsplein="log-out"] button').click();
        await page.locator('[data-area="login"]').waitFor();
      } else {
        const device = await page.locator("[data-device]").first().getAttribute("data-device");
        await page.goto("about:blank");
        const { residents } = await dorp.register();
        const { id: resident } = residents.find(({ devices }) => JSON.stringify(devices).includes(device));
        await dorp.founder("member", "remove", resident);
        await page.goto(dorp.url);
      }
      await eventually("it is forgotten", async () => !Object.keys(await kept(page)).some((name) => name.startsWith("inside-")));
      await context.setOffline(true);
      await page.goto(`${dorp.url}/bericht/${item}`);
      await page.getByRole("heading", { level: 1, name: text("nl", "offline-title") }).waitFor();
    });
  }
});

test("what is written without a line waits on the device and stands online once", async (t) => {
  const visitor = await resident(t, "Cor Vink");
  const { page, context } = visitor;
  await page.goto(`${dorp.url}/schrijven`);
  await page.locator('form[data-dorpsplein="write"]').waitFor({ state: "visible" });
  const before = await record(page);
  await dorp.leave();
  await writes(page, "Zandzakken bij de kerk");
  await reachesKept(page);
  await picture(page, "outbox-kept-phone");
  assert.deepEqual(await remarks(page), []);
  assert.deepEqual(await record(page), { sequence: before.sequence + 1, waiting: 1, files: 0, refused: 0 });
  // Another tab has it too, and a page that is loaded anew.
  const other = await context.newPage();
  await dorp.comeBack();
  await Promise.all([other.goto(dorp.url), page.goto(dorp.url), page.evaluate(() => dispatchEvent(new Event("online"))).catch(() => undefined)]);
  await eventually("it is sent", async () => (await record(page)).waiting === 0);
  assert.equal(await standing("Zandzakken bij de kerk"), 1);
  assert.equal((await record(page)).sequence, before.sequence + 1, "signed once");
});

test("an answer that is lost has nothing signed or posted twice", async (t) => {
  const { page, context } = await resident(t, "Dirk Smit");
  await page.goto(`${dorp.url}/schrijven`);
  const before = await record(page);
  // The box takes it, and the answer does not arrive.
  await context.route("**/api/v1/operations", async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await writes(page, "De pont vaart weer");
  await page.locator('[data-area="write"] [data-state="kept-to-send"]').waitFor();
  assert.equal(await standing("De pont vaart weer"), 1);
  await eventually("the box says that it has it", async () => (await record(page)).waiting === 0);
  await page.locator("[data-outbox-sent]").waitFor();
  assert.equal(await standing("De pont vaart weer"), 1);
  assert.equal((await record(page)).sequence, before.sequence + 1);
});

test("a photo waits with its post", async (t) => {
  const { page } = await resident(t, "Els Visser");
  await page.goto(`${dorp.url}/schrijven`);
  await page.locator('form[data-dorpsplein="write"]').waitFor({ state: "visible" });
  const photo = { name: "water.jpg", mimeType: "image/jpeg", buffer: Buffer.from(await drawn(page)) };
  await dorp.leave();
  await writes(page, "Zo hoog staat het water", { photo });
  await reachesKept(page);
  assert.equal((await record(page)).files, 1);
  await dorp.comeBack();
  await eventually("it is sent", async () => (await record(page)).waiting === 0);
  await page.goto(dorp.url);
  const link = page.getByRole("link", { name: "Zo hoog staat het water" });
  await link.click();
  const shown = page.getByRole("img", { name: "Het water staat hoog." });
  await shown.waitFor();
  assert.ok(await shown.evaluate((image) => image.complete && image.naturalWidth > 0));
});

test("nothing waits any more on a device that was retired meanwhile", async (t) => {
  const { page, context } = await resident(t, "Gerrit Kok");
  const { item } = await post("Wie rijdt mee naar de stad?");
  await page.goto(`${dorp.url}/bericht/${item}`);
  await comments(page, context, "Ik wil wel mee.");
  const { residents } = await dorp.register();
  const latest = residents.reduce((one, other) => (one.admitted > other.admitted ? one : other));
  await dorp.founder("member", "remove", latest.id);
  await context.setOffline(false);
  await eventually("it is given up", async () => (await record(page)).waiting === 0);
  assert.equal((await record(page)).refused, 0);
  assert.doesNotMatch(await (await fetch(`${dorp.url}/bericht/${item}`)).text(), /Ik wil wel mee/);
});

test("two devices of one person change the same while apart: both are shown, one press settles it, and what comes too late says so", async (t) => {
  const first = await resident(t, "Ina Smid");
  const second = await another(t, first);
  const when = { starts_date: dayFromNow(3), starts_time: "10:00" };
  const path = await writeEvent(first, dorp, { title: "Koffie op het plein", place: "De Schuur", ...when, audience: "square" });
  const item = path.split("/").pop();
  const devices = [[first, "In de kerk"], [second, "Bij de molen"]];
  for (const [device, place] of devices) await changes(device, item, place);
  for (const [{ page, context }] of devices) {
    await context.setOffline(false);
    await eventually("it is sent", async () => (await record(page)).waiting === 0);
  }
  await second.page.goto(`${dorp.url}/activiteit/${item}`);
  const versions = second.page.locator('[data-area="settle"]');
  const buttons = versions.getByRole("button");
  await buttons.first().waitFor();
  assert.equal(await buttons.count(), 2);
  for (const [, place] of devices) await versions.locator("bdi").getByText(place).waitFor();
  assert.deepEqual(await remarks(second.page), []);
  await picture(second.page, "two-versions-phone");
  await buttons.filter({ hasText: "Bij de molen" }).click();
  await versions.waitFor({ state: "detached" });
  const { content } = await (await fetch(`${dorp.url}/api/v1/items/${item}`)).json();
  assert.equal(content.place, "Bij de molen");

  // What one device changes without a line and the other erases meanwhile is refused, and says so with why.
  const { page, context } = first;
  await changes(first, item, "Toch niet");
  await second.page.goto(dorp.url + path);
  await second.page.locator("[data-item-acts] details summary").first().click();
  const erase = second.page.locator("[data-area=act]", { has: second.page.locator('[data-act="erase"]') });
  await erase.locator("summary").click();
  await erase.locator('[name="sure"]').check();
  await erase.locator("button").click();
  await second.page.getByRole("heading", { level: 1, name: text("nl", "gone-erased") }).waitFor();
  await context.setOffline(false);
  const refused = page.locator("[data-outbox-refused]");
  await refused.waitFor();
  assert.deepEqual(await remarks(page), []);
  assert.equal((await record(page)).waiting, 0);
  const why = await refused.locator("[data-outbox-why]").getAttribute("href");
  assert.equal((await fetch(dorp.url + why)).status, 200, why);
  await refused.locator("[data-outbox-throw-away]").click();
  await refused.waitFor({ state: "hidden" });
  assert.equal((await record(page)).refused, 0);
});

test("a comment on what was erased meanwhile is refused, and says so with what to do next", async (t) => {
  const { page, context } = await resident(t, "Jet Bakker");
  const { item } = await post("Wie heeft een aanhanger?");
  await page.goto(`${dorp.url}/bericht/${item}`);
  await comments(page, context, "Ik heb er een.");
  await anna.does("resident", "erase", item);
  await context.setOffline(false);
  const refused = page.locator("[data-outbox-refused]");
  await refused.waitFor();
  assert.match(await refused.innerText(), /Ik heb er een\./);
  assert.ok(await page.locator("[data-outbox-sent]").isHidden());
  assert.deepEqual(await remarks(page), []);
  assert.equal((await record(page)).waiting, 0);
  await refused.locator("[data-outbox-why]").click();
  await page.getByText(/Schrijf dan een nieuw bericht/).waitFor();
  assert.deepEqual(await remarks(page), []);
});

test("a sign-up, a report and an erasure without a line wait on the device and arrive once", async (t) => {
  const { page, context } = await resident(t, "Klaas Mol");
  const event = await writeEvent({ page, remember: async () => undefined }, dorp, { title: "Dijkwacht", starts_date: dayFromNow(4), starts_time: "19:00", audience: "square" });
  const { item } = await post("Goedkope jassen, nu bij mij");
  /** Does something without a line on a page that was opened with one; what it is about stands there afterwards. */
  const without = async (path, area, press) => {
    await page.goto(dorp.url + path);
    await area.locator("button").last().waitFor({ state: "attached" });
    const before = await record(page);
    await context.setOffline(true);
    await press();
    await area.locator('[data-state="kept-to-send"]').first().waitFor();
    assert.ok(await area.locator("form").first().isHidden(), "it cannot be pressed again");
    assert.deepEqual(await remarks(page), []);
    assert.deepEqual(await record(page), { ...before, sequence: before.sequence + 1, waiting: 1 });
    await context.setOffline(false);
    await eventually("it is sent", async () => (await record(page)).waiting === 0);
    await page.locator("[data-outbox-sent]").waitFor();
    assert.deepEqual(await record(page), { ...before, sequence: before.sequence + 1 }, "signed once");
  };
  const signUp = page.locator('[data-area="sign-up"]');
  await without(event, signUp, () => signUp.locator("form button").last().click());
  await page.reload();
  assert.match(await page.locator("#sign-up").innerText(), /\b1\b/, "one comes");
  const acting = (act) => page.locator("main > article > [data-item-acts] [data-area=act]", { has: page.locator(`:scope > form[data-act="${act}"]`) });
  const opened = async (act) => {
    const details = page.locator("main > article > [data-item-acts] details", { has: page.locator(`form[data-act="${act}"]`) });
    for (const one of await details.all()) await one.evaluate((element) => (element.open = true));
  };
  const report = acting("report");
  await without(`/bericht/${item}`, report, async () => {
    await opened("report");
    await report.locator('[name="reason"]').selectOption("spam");
    await report.locator("button").last().click();
  });
  const erase = acting("erase");
  await without(event, erase, async () => {
    await opened("erase");
    await erase.locator('[name="sure"]').check();
    await erase.locator("button").last().click();
  });
  await page.goto(dorp.url + event);
  await page.getByRole("heading", { level: 1, name: text("nl", "gone-erased") }).waitFor();
});

test("what one tells about oneself waits for a line; what needs one is not done, and not sent later either", async (t) => {
  const { page, context } = await resident(t, "Lies Dam");
  const opened = async () => {
    await page.goto(`${dorp.url}/mijn-gegevens`);
    const login = page.locator('form[data-dorpsplein="login"] button');
    await page.locator('form[data-dorpsplein="profile"]').or(login).first().waitFor();
    if (await login.isVisible()) await login.click();
    await page.locator('form[data-dorpsplein="profile"]').waitFor();
  };
  await opened();
  const before = await record(page);
  const profile = page.locator('[data-area="profile"]');
  await context.setOffline(true);
  await profile.locator('[name="name"]').fill("Lies van den Dam");
  await profile.locator('[name="talents"]').fill("fietsen maken");
  await profile.locator("button").click();
  await profile.locator('[data-state="kept-to-send"]').waitFor();
  assert.ok(await profile.locator("form").isHidden(), "it cannot be pressed again");
  assert.deepEqual(await remarks(page), []);
  const signed = (await record(page)).waiting;
  assert.ok(signed > 0);
  await context.setOffline(false);
  await eventually("it is sent", async () => (await record(page)).waiting === 0);
  await opened();
  assert.equal(await profile.locator('[name="name"]').inputValue(), "Lies van den Dam");
  assert.equal(await profile.locator('[name="talents"]').inputValue(), "fietsen maken");

  const made = page.locator('[data-area="card"]');
  const cards = async () => (await dorp.register()).residents.flatMap((one) => one.cards).length;
  const had = await cards();
  // Without a line from the beginning nothing is signed; where it goes while it is sent, the number is all that is kept.
  await context.setOffline(true);
  await made.locator("button").first().click();
  await made.locator('[data-state="offline"]').waitFor();
  assert.deepEqual(await remarks(page), []);
  assert.deepEqual(await record(page), { ...before, sequence: before.sequence + signed });
  await context.setOffline(false);
  await context.route("**/api/v1/operations", (route) => route.abort(), { times: 1 });
  await made.locator("button").first().click();
  await eventually("it is signed", async () => (await record(page)).sequence === before.sequence + signed + 1);
  await made.locator('[data-state="offline"]').waitFor();
  assert.equal((await record(page)).waiting, 0);
  await page.goto(`${dorp.url}/schrijven`);
  await writes(page, "De lamp bij de brug doet het weer");
  await page.locator('[data-area="write"] [data-state="sent"]').waitFor();
  assert.equal(await standing("De lamp bij de brug doet het weer"), 1, "a number that was used for nothing stops nobody");
  assert.equal(await cards(), had, "nobody has a card");
});

test("a button that is pressed before the browser's module is there does what it says once it is", async (t) => {
  const { page } = await resident(t, "Mies Vos");
  await page.goto(`${dorp.url}/mijn-gegevens`);
  await page.locator('form[data-dorpsplein="login"] button').click();
  await page.locator("[data-session]").first().waitFor();
  await page.addInitScript(() => {
    const { instantiateStreaming } = WebAssembly;
    const held = new Promise((resolve) => (globalThis.letGo = resolve));
    WebAssembly.instantiateStreaming = async (...given) => {
      globalThis.isHeld = true;
      await held;
      return instantiateStreaming.apply(WebAssembly, given);
    };
  });
  await page.reload();
  await page.waitForFunction(() => globalThis.isHeld);
  const adding = page.locator('[data-area="add-device"]');
  await adding.locator("button").first().click();
  await page.evaluate(() => globalThis.letGo());
  await adding.locator("[data-qr] svg").waitFor();
});

test("a form that is sent while the module still starts on the next one is signed once", async (t) => {
  const { page } = await resident(t, "Teun Blom");
  const event = await writeEvent({ page, remember: async () => undefined }, dorp, { title: "Sloten schonen", starts_date: dayFromNow(5), starts_time: "09:00", audience: "square" });
  // Each form asks for the key when the module starts on it; here the second, of an answer, waits.
  await page.addInitScript(() => {
    const ask = navigator.locks.request.bind(navigator.locks);
    const held = new Promise((resolve) => (globalThis.letGo = resolve));
    let asked = 0;
    navigator.locks.request = async (...given) => {
      asked += 1;
      globalThis.isHeld = asked >= 2;
      if (asked === 2) await held;
      return ask(...given);
    };
  });
  await page.goto(dorp.url + event);
  await page.waitForFunction(() => globalThis.isHeld);
  const before = await record(page);
  const signUp = page.locator('[data-area="sign-up"]');
  await signUp.locator("form button").last().click();
  await eventually("it is signed", async () => (await record(page)).sequence > before.sequence);
  await page.evaluate(() => globalThis.letGo());
  await page.locator('[data-area="comment"] form').waitFor({ state: "visible" });
  await page.waitForTimeout(1_500);
  assert.equal((await record(page)).sequence, before.sequence + 1, "signed once");
});

/** Changes the place of an event without a line. */
async function changes({ page, context }, item, place) {
  await page.goto(`${dorp.url}/bericht/${item}/wijzigen`);
  const form = page.locator('form[data-dorpsplein="edit"]');
  await form.waitFor({ state: "visible" });
  await context.setOffline(true);
  await form.locator('[name="place"]').fill(place);
  await form.locator("button.go:not([type=button])").last().click();
  await page.locator('[data-state="kept-to-send"]:visible').waitFor();
}

/** Another device of somebody, by link and six digits. */
async function another(t, { page }) {
  await page.goto(`${dorp.url}/mijn-gegevens`);
  await page.locator('form[data-dorpsplein="login"] button').click();
  const adding = page.locator('[data-area="add-device"]');
  await adding.locator("button").first().click();
  await adding.locator("[data-qr] svg").waitFor();
  const link = await adding.locator("[data-link]").innerText();
  const second = await arrive(t);
  await second.page.goto(link);
  await second.page.locator('[data-step="digits"]').waitFor({ state: "visible" });
  await adding.locator("[data-confirm]").click();
  await second.page.locator('[data-area="device"] [data-state="sent"]').waitFor();
  return second;
}

/** Comments without a line. */
async function comments(page, context, words) {
  const form = page.locator('form[data-dorpsplein="comment"]');
  await form.waitFor({ state: "visible" });
  await context.setOffline(true);
  await form.locator('[name="body"]').fill(words);
  await form.locator("button.go").last().click();
  await page.locator('[data-area="comment"] [data-state="kept-to-send"]').waitFor();
}

async function reachesKept(page) {
  await page.locator('[data-area="write"] [data-state="kept-to-send"]').waitFor();
  await page.locator("[data-outbox-waiting]").waitFor();
}
