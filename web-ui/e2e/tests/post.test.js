// Post by e-mail, notices, and a language of which a part is there: pages that work by themselves, in a real browser.

import assert from "node:assert/strict";
import { appendFile, readFile, readdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { join as path } from "node:path";

import { remarks } from "../harness/axe.js";
import { NARROW, PHONE, Visitor, launch } from "../harness/browser.js";
import { logIn } from "../harness/desk.js";
import { Founded } from "../harness/founded.js";
import { eventually } from "../harness/patience.js";
import { picture } from "../harness/pictures.js";
import { pushService } from "../harness/push.js";
import { join } from "../harness/square.js";
import { text } from "../harness/texts.js";

/** A port on which no mail server listens: what is sent waits, as it does when one is away. */
const MAIL = '[mail]\nserver = "127.0.0.1"\nport = 9\nsecurity = "none"\nfrom = "plein@kleiheim.example"\n';
const PUSH = '[push]\ncontact = "mailto:plein@kleiheim.example"\nquiet_from = 0\nquiet_until = 0\nprivate_addresses = true\n';

let village;
let browser;

before(async () => {
  village = await Founded.start("Kleiheim");
  await village.whileAway(() => appendFile(path(village.folder, "box.toml"), MAIL + PUSH));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await village?.stop();
});

test("somebody asks for post, says that they want it, and stops it", async (t) => {
  const visitor = await Visitor.arrive(browser, { screen: PHONE });
  t.after(() => visitor.leave());
  const { page } = visitor;
  await join(visitor, (await village.founder("invite")).invitation, "Anneke Post");
  await logIn({ page, village }, "/mijn-gegevens");
  await page.getByRole("link", { name: text("nl", "mail-link-to") }).click();
  assert.deepEqual(await remarks(page), []);

  // Nothing chosen: the page says so, and what was typed is still there.
  await page.locator('[name="address"]').fill("anneke@post.example");
  await page.getByRole("button", { name: text("nl", "mail-save") }).click();
  await page.locator("#trouble").waitFor();
  assert.equal(await page.locator('[name="address"]').inputValue(), "anneke@post.example");
  assert.deepEqual(await remarks(page), []);
  await page.locator('form:has(#address) [value="news"]').check();
  await page.getByRole("button", { name: text("nl", "mail-save") }).click();
  await page.getByText(text("nl", "mail-waiting")).waitFor();
  assert.deepEqual(await remarks(page), []);
  await picture(page, "post-phone", { whole: true });

  // The link as it stands in the mail, in a browser where nobody is logged in and without JavaScript.
  const [file] = await readdir(path(village.folder, "mail"));
  const { ask, stop } = JSON.parse(await readFile(path(village.folder, "mail", file), "utf8"));
  const reader = await Visitor.arrive(browser, { screen: NARROW, javascript: false, scheme: "dark" });
  t.after(() => reader.leave());
  for (const [link, button, done] of [
    [`/post/aanzetten/${ask}`, "mail-confirm-do", "mail-confirm-done"],
    [`/en/post/stop/${stop}`, "mail-stop-do", "mail-stop-done"],
  ]) {
    const lang = link.startsWith("/en/") ? "en" : "nl";
    await reader.page.goto(village.url + link);
    const width = await reader.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= NARROW.width, `${link}: ${width}`);
    await reader.page.getByRole("button", { name: text(lang, button) }).click();
    await reader.page.getByText(text(lang, done)).waitFor();
  }
  assert.deepEqual(await readdir(path(village.folder, "mail")), []);
});

test("a device asks for notices, shows what comes, and a tap opens it", async (t) => {
  const service = await pushService();
  t.after(() => service.close());
  const visitor = await Visitor.arrive(browser, { screen: PHONE });
  t.after(() => visitor.leave());
  const { page, context } = visitor;
  await join(visitor, (await village.founder("invite")).invitation, "Meindert Melding");
  await logIn({ page, village }, "/mijn-gegevens/post");
  const area = page.locator('[data-area="push"]');
  const form = area.locator('form[data-dorpsplein="push"]');
  await form.waitFor();
  await form.getByRole("button").click();
  await area.locator('[data-state="unchanged"]').waitFor();
  assert.deepEqual(await remarks(page), []);
  await picture(page, "notices-phone", { whole: true });

  // The browser's own service is far away: it is asked, and what it would answer is the address of the one on this machine.
  await context.grantPermissions(["notifications"], { origin: village.url });
  await page.evaluate((subscription) => {
    PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
      if (!userVisibleOnly || applicationServerKey.length !== 87) throw new Error("not as a browser takes it");
      return { toJSON: () => subscription };
    };
  }, service.subscription);
  await form.locator('[value="news"]').check();
  await form.getByRole("button").click();
  await page.locator("p.notice").getByText(text("nl", "push-on")).waitFor({ state: "attached" });
  assert.ok(await page.locator('[data-area="push"] [value="news"]').isChecked());
  assert.deepEqual(await remarks(page), []);

  const { item } = await village.connector("post", "--title", "De brug is <open>", "--body", "Kom kijken.", "--audience", "square");
  await eventually("the notice", () => service.handed.length === 1);
  const { words } = service.handed[0];
  assert.deepEqual(JSON.parse(words), { title: "De brug is <open>", path: `/bericht/${item}`, lang: "nl" });

  // What arrived, as the browser's push service hands it to the worker.
  const devtools = await context.newCDPSession(page);
  const registered = new Promise((resolve) => devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    if (registrations[0]) resolve(registrations[0].registrationId);
  }));
  await devtools.send("ServiceWorker.enable");
  const deliver = async (data) => devtools.send("ServiceWorker.deliverPushMessage", { origin: village.url, registrationId: await registered, data });
  const shown = () => page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    return (await registration.getNotifications()).map(({ title, data, lang, tag }) => ({ title, data, lang, tag }));
  });
  await deliver(words);
  await eventually("it is shown", async () => (await shown()).length === 1);
  const where = `/bericht/${item}`;
  assert.deepEqual(await shown(), [{ title: "De brug is <open>", data: where, lang: "nl", tag: where }]);
  // The same once more takes its place; what cannot be read says that there is something.
  await deliver(words);
  await deliver("geen JSON");
  await eventually("the other is shown", async () => (await shown()).length === 2);
  assert.ok((await shown()).some(({ title, data }) => title === new URL(village.url).host && data === "/"));

  // A tap. Only a person's own opens a window, so what it asks the browser for is looked at.
  const [worker] = context.serviceWorkers();
  const tapped = (data) => worker.evaluate(async (data) => {
    const asked = [];
    self.clients.openWindow = async (address) => asked.push(address);
    await self.registration.showNotification("Tik", { tag: "tik", data });
    const [notification] = await self.registration.getNotifications({ tag: "tik" });
    const event = new NotificationEvent("notificationclick", { notification });
    const waits = [];
    event.waitUntil = (promise) => waits.push(promise);
    self.dispatchEvent(event);
    await Promise.all(waits);
    return { asked, left: (await self.registration.getNotifications({ tag: "tik" })).length };
  }, data);
  assert.deepEqual(await tapped(where), { asked: [village.url + where], left: 0 });
  assert.deepEqual((await tapped("https://evil.example/")).asked, [village.url], "it leads to no other site");

  // The browser is reached elsewhere from one moment to the next: the worker says so, and what comes goes there.
  const elsewhere = await pushService();
  t.after(() => elsewhere.close());
  const changed = (subscription) => worker.evaluate(async (subscription) => {
    const gone = [];
    const event = new Event("pushsubscriptionchange");
    const waits = [];
    Object.assign(event, {
      oldSubscription: { options: {} },
      newSubscription: { toJSON: () => subscription, unsubscribe: async () => gone.push(subscription.endpoint) },
      waitUntil: (promise) => waits.push(promise),
    });
    self.dispatchEvent(event);
    await Promise.all(waits);
    return gone;
  }, subscription);
  assert.deepEqual(await changed(elsewhere.subscription), []);
  const later = await village.connector("post", "--title", "De brug is dicht", "--body", "Vaar om.", "--audience", "square");
  await eventually("the notice elsewhere", () => elsewhere.handed.length === 1);
  assert.equal(JSON.parse(elsewhere.handed[0].words).path, `/bericht/${later.item}`);
  assert.equal(service.handed.length, 1, "nothing more went to the old address");
  // What the box does not take is given back; and the page says that this browser is reached nowhere, which it really is.
  assert.deepEqual(await changed({ endpoint: "ftp://nergens", keys: elsewhere.subscription.keys }), ["ftp://nergens"]);
  await page.goto(`${village.url}/mijn-gegevens/post`);
  await area.locator("[data-push-lost]").waitFor();
  assert.equal(await page.getByText(text("nl", "push-on")).filter({ visible: true }).count(), 0);
  assert.deepEqual(await remarks(page), []);

  // Stopping takes no script.
  await page.getByRole("button", { name: text("nl", "push-stop-here") }).click();
  await page.locator('[data-area="push"] form').waitFor();
  assert.equal(await page.getByText(text("nl", "push-on")).filter({ visible: true }).count(), 0);
  assert.deepEqual(await readdir(path(village.folder, "push")), []);
});

test("without JavaScript the page says that notices need it", async (t) => {
  const visitor = await Visitor.arrive(browser, { screen: NARROW, scheme: "dark" });
  t.after(() => visitor.leave());
  const { page } = visitor;
  await join(visitor, (await village.founder("invite")).invitation, "Nynke Niets");
  await logIn({ page, village }, "/mijn-gegevens");
  // What its worker answers with would not be touched.
  await page.evaluate(async () => {
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
  });
  await visitor.refuseScripts();
  await page.goto(`${village.url}/mijn-gegevens/post`);
  await page.getByText(text("nl", "push-without-javascript")).waitFor();
  assert.ok(await page.locator('form[data-dorpsplein="push"]').isHidden());
  assert.deepEqual(await remarks(page), []);
});

test("the square in Frisian says the rest in Dutch, and the switch leads everywhere", async (t) => {
  for (const [screen, scheme] of [[NARROW, "light"], [PHONE, "dark"]]) {
    const visitor = await Visitor.arrive(browser, { screen, scheme });
    t.after(() => visitor.leave());
    const { page } = visitor;
    await page.goto(village.url);
    await page.locator("[data-language][hreflang=fy]").click();
    assert.equal(new URL(page.url()).pathname, "/fy/");
    for (const where of ["/fy/", "/fy/agenda", "/fy/over-dit-plein", "/fy/zoeken", "/fy/hulp"]) {
      await page.goto(village.url + where);
      assert.deepEqual(await remarks(page), [], where);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= screen.width, `${where}: ${width}`);
    }
    assert.equal(await page.locator('nav.menu [lang="fy"]').first().innerText(), text("fy", "nav-news"));
    await page.locator("[data-language][hreflang=en]").click();
    assert.equal(new URL(page.url()).pathname, "/en/help");
  }
});
