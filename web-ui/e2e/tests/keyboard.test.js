// Joining, writing, signing up and moderating by somebody who never touches a mouse.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { DESK, Visitor, launch } from "../harness/browser.js";
import { connector } from "../harness/desk.js";
import { Founded } from "../harness/founded.js";
import { choose, press, typeInto } from "../harness/keyboard.js";
import { area, dayFromNow, reaches } from "../harness/square.js";

let village;
let browser;
let event;

before(async () => {
  village = await Founded.start("Waterlanden");
  browser = await launch();
  const sjoerd = await village.villager("Sjoerd Visbeek");
  event = (await sjoerd.does(
    "resident", "post", "--kind", "event", "--title", "Schaatsen slijpen", "--starts", `${dayFromNow(9)}T19:00`, "--capacity", "12",
  )).item;
});

after(async () => {
  await browser?.close();
  await village?.stop();
});

async function atTheDesk(t) {
  const visitor = await Visitor.arrive(browser, { screen: DESK });
  t.after(() => visitor.leave());
  return visitor;
}

test("join, write, and sign up", async (t) => {
  const { page } = await atTheDesk(t);
  const { invitation } = await village.founder("invite");
  await page.goto(invitation);
  const joining = page.locator('form[data-dorpsplein="join"]');
  await joining.waitFor({ state: "visible" });
  await typeInto(page, joining.locator('[name="name"]'), "Aaltje Kroeze");
  await choose(page, joining.locator('[name="audience"][value="square"]'));
  await press(page, joining.locator("button.go").last());
  await reaches(area(page, "join"), "sent");

  await page.goto(`${village.url}/schrijven?soort=nieuws`);
  const form = page.locator('form[data-dorpsplein="write"]');
  await form.waitFor({ state: "visible" });
  await press(page, form.locator("button.go").last());
  const title = form.locator('[name="title"]');
  assert.ok(await page.evaluate(() => document.activeElement !== document.body), "the focus goes to what is wrong");
  await typeInto(page, title, "De brug is weer open");
  await typeInto(page, form.locator('[name="body"]'), "Fietsers kunnen er weer over.");
  await press(page, form.locator("button.go").last());
  await reaches(area(page, "write"), "sent");
  await press(page, page.locator("[data-sent-link]"));
  await page.waitForURL(/\/bericht\//);
  assert.equal(await page.locator("main h1").innerText(), "De brug is weer open");

  await page.goto(`${village.url}/activiteit/${event}`);
  const signingUp = page.locator('form[data-dorpsplein="sign-up"]');
  await signingUp.waitFor({ state: "visible" });
  await press(page, signingUp.locator("button.go").last());
  await reaches(area(page, "sign-up"), "sent");
});

test("moderate", async (t) => {
  const baukje = await connector(browser, village, "Baukje Hofstra", { screen: DESK });
  t.after(() => baukje.leave());
  const { page } = baukje;
  const tom = await village.villager("Tom Eelman");
  const { item } = await tom.does("resident", "post", "--title", "Koop nu mijn zonnebrillen");
  await page.goto(`${village.url}/bericht/${item}`);
  const acts = page.locator("[data-item-acts]").first();
  await press(page, acts.locator("summary").first());
  const hiding = acts.locator("details", { has: page.locator(':scope > form[data-act="hide"]') });
  await press(page, hiding.locator("summary"));
  await typeInto(page, hiding.locator('[name="note"]'), "Reclame hoort hier niet");
  await press(page, hiding.locator("button").last());
  await page.waitForFunction(async (path) => (await fetch(path, { credentials: "omit" })).status !== 200, `/bericht/${item}`);
});
