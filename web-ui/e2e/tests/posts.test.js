// Offers, clubs, recurring events with sign-up, and alerts: written in a browser, found in their lists, by who may see them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { remarks } from "../harness/axe.js";
import { DESK, PHONE, Visitor, launch } from "../harness/browser.js";
import { connector, logIn, resident } from "../harness/desk.js";
import { Founded } from "../harness/founded.js";
import { picture } from "../harness/pictures.js";
import { area, reaches } from "../harness/square.js";
import { text } from "../harness/texts.js";

let village;
let browser;
let hinke;
let riet;

before(async () => {
  village = await Founded.start("Kleiheim");
  await village.founder("area", "add", "Noordkant");
  browser = await launch();
  hinke = await connector(browser, village, "Hinke Terpstra", { screen: DESK });
  riet = await resident(browser, village, "Riet Kamminga", { screen: PHONE });
});

after(async () => {
  await browser?.close();
  await village?.stop();
});

/** Writes a post of a kind through its form, and returns the path of its page. */
async function write(visitor, kind, fill) {
  const { page } = visitor;
  await page.goto(`${village.url}/schrijven?soort=${kind}`);
  const form = page.locator('form[data-dorpsplein="write"]');
  await form.waitFor({ state: "visible" });
  for (const [field, value] of Object.entries(fill)) {
    const input = form.locator(`[name="${field}"]`);
    if ((await input.evaluate((element) => element.tagName)) === "SELECT") await input.selectOption(value);
    else await input.fill(value);
  }
  assert.deepEqual(await remarks(page), []);
  await form.locator("button.go").last().click();
  await reaches(area(page, "write"), "sent");
  return page.locator("[data-sent-link]").getAttribute("href");
}

/** Somebody who comes by, with or without JavaScript. */
async function stranger(t, how = {}) {
  const visitor = await Visitor.arrive(browser, { screen: PHONE, ...how });
  t.after(() => visitor.leave());
  return visitor.page;
}

test("an offer is written, found in its list by part of the village, and read without JavaScript", async (t) => {
  const { areas } = await village.register();
  const path = await write(riet, "aanbod", {
    title: "Ladder te leen", body: "Drie meter lang. Haal hem op wanneer het uitkomt.", area: areas[0].id,
  });
  await write(riet, "vraag", { title: "Wie heeft er een kruiwagen?", body: "Voor een middag." });
  const page = await stranger(t, { javascript: false });
  await page.goto(`${village.url}/vraag-en-aanbod`);
  assert.equal(await page.locator("main article").count(), 2);
  assert.match(await page.locator("main article").first().innerText(), /kruiwagen/, "the latest first");
  await page.getByRole("link", { name: text("nl", "market-offers"), exact: true }).click();
  assert.equal(await page.locator("main article").count(), 1);
  await page.getByRole("link", { name: "Noordkant", exact: true }).click();
  assert.equal(new URL(page.url()).searchParams.get("soort"), "aanbod", "what was chosen stays chosen");
  await picture(page, "market-phone", { whole: true });
  await page.getByRole("link", { name: "Ladder te leen" }).click();
  assert.equal(new URL(page.url()).pathname, path);
  assert.match(await page.locator("main dl").innerText(), /Noordkant/);
});

test("a club tells how to reach it", async (t) => {
  const path = await write(riet, "club", {
    title: "Leeskring De Vouw", body: "Elke maand een boek.", place: "Kerkpad 1", phone: "024 000 00 11",
    email: "leeskring@kleiheim.example", website: "https://leeskring.kleiheim.example/", hours: "Donderdag om 20.00 uur",
  });
  const page = await stranger(t);
  await page.goto(`${village.url}/clubs`);
  await page.getByRole("link", { name: "Leeskring De Vouw" }).click();
  assert.equal(new URL(page.url()).pathname, path);
  assert.equal(await page.locator('main a[href="tel:0240000011"]').count(), 1);
  assert.equal(await page.locator('main a[href="mailto:leeskring@kleiheim.example"]').count(), 1);
  assert.deepEqual(await remarks(page), []);
  await picture(page, "club-phone", { whole: true });
});

test("an event recurs, takes so many people, and the next ones wait", async (t) => {
  const path = await write(hinke, "activiteit", {
    title: "Samen koken", starts_date: "2027-01-07", starts_time: "18:00", repeats: "monthly-weekday", capacity: "3",
  });
  const signUp = async (visitor, party) => {
    await visitor.page.goto(village.url + path);
    const form = visitor.page.locator('form[data-dorpsplein="sign-up"]');
    await form.waitFor({ state: "visible" });
    await form.locator('[name="party"]').fill(party);
    await form.locator("button").click();
    await reaches(area(visitor.page, "sign-up"), "sent");
  };
  await signUp(riet, "2");
  await signUp(hinke, "2");

  const page = await stranger(t);
  await page.goto(village.url + path);
  const coming = page.locator("#sign-up");
  const words = await coming.innerText();
  assert.match(words, /2 mensen\. .*2 mensen wachten/s);
  assert.ok(!words.includes("Riet") && words.includes(text("nl", "sign-up-names-hidden")), "names are for residents");
  assert.match(await page.locator("main dl").innerText(), /elke eerste donderdag van de maand/);
  assert.deepEqual(await remarks(page), []);
  await picture(page, "event-sign-up-phone", { whole: true });

  await logIn(riet, "/mijn-gegevens");
  await riet.page.goto(village.url + path);
  const names = await riet.page.locator("#sign-up ul.plain-list > li").allInnerTexts();
  assert.deepEqual(names.map((name) => name.includes(text("nl", "sign-up-waits"))), [false, true]);
  assert.match(names[0], /Riet Kamminga/);
  assert.deepEqual(await remarks(riet.page), []);

  for (const month of ["2027-02-01", "2027-06-01", "2027-11-01"]) {
    await page.goto(`${village.url}/agenda?op=${month}`);
    assert.ok((await page.locator("main article", { hasText: "Samen koken" }).count()) >= 1, `in the month of ${month}`);
  }
});

test("an alert stands on top of every page until it is over, and only a connector can make one", async (t) => {
  const { page } = riet;
  await page.goto(`${village.url}/schrijven?soort=belangrijk`);
  const form = page.locator('form[data-dorpsplein="write"]');
  await form.waitFor({ state: "visible" });
  await form.locator('[name="title"]').fill("Nepnieuws");
  await form.locator('[name="body"]').fill("De dijk is weg.");
  await form.locator("button.go").last().click();
  await reaches(area(page, "write"), "refused");

  const path = await write(hinke, "belangrijk", { title: "Hoog water bij de veerstoep", body: "Zet uw auto ergens anders." });
  const reader = await stranger(t, { javascript: false });
  for (const where of ["/", "/agenda", "/en/help"]) {
    await reader.goto(village.url + where);
    assert.equal(await reader.locator(`.alerts a[href$="${path.split("/").at(-1)}"]`).count(), 1, where);
  }
  await picture(reader, "alert-on-a-page-phone");
  const id = path.split("/").at(-1);
  await village.founder("resident", "update", "--item", id, "--body", "Het water zakt.");
  await reader.goto(village.url + path);
  assert.match(await reader.locator("section", { hasText: text("nl", "alert-updates") }).last().innerText(), /Het water zakt/);
  await village.founder("resident", "update", "--item", id, "--body", "Alles is weer gewoon.", "--over");
  await reader.goto(village.url);
  assert.equal(await reader.locator(".alerts").count(), 0);
  await reader.goto(`${village.url}/belangrijk`);
  assert.ok((await reader.locator("main").innerText()).includes(text("nl", "alert-over")));
});

test("people tell what they can, for residents alone", async (t) => {
  const page = await stranger(t);
  const response = await page.goto(`${village.url}/mensen`);
  assert.equal(response.status(), 401);
  await logIn(riet, "/mensen");
  assert.match(await riet.page.locator("h1").innerText(), /Kleiheim/);
  assert.deepEqual(await remarks(riet.page), []);
});
