// What comes while a page is open: told without anything moving, to whom it is for, for as long as it is looked at.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { remarks } from "../harness/axe.js";
import { Visitor, launch } from "../harness/browser.js";
import { Founded } from "../harness/founded.js";
import { picture } from "../harness/pictures.js";

let browser;
let dorp;
let anna;

before(async () => {
  [browser, dorp] = await Promise.all([launch(), Founded.start("Lindedorp")]);
  anna = await dorp.villager("Anna Bos");
});
after(async () => {
  await browser?.close();
  await dorp?.stop();
});

/** Somebody who reads a page, once its stream stands. */
async function reader(t, path, how) {
  const visitor = await Visitor.arrive(browser, how);
  t.after(() => visitor.leave());
  await visitor.page.goto(dorp.url + path);
  await listens(visitor.page);
  return visitor;
}

/** Waits until the page's stream stands. */
const listens = (page) => page.locator("[data-live-open]").waitFor({ state: "attached" });
const posts = async (title, ...more) => {
  const { item } = await anna.does("resident", "post", "--title", title, "--body", "Meer weten? Bel aan.", ...more);
  return item;
};
const button = (page) => page.locator("[data-live-new]");

test("new posts are counted in a button, and nothing moves until it is pressed", async (t) => {
  await posts("De brug is weer open", "--audience", "square");
  const { page } = await reader(t, "/");
  const heading = page.locator("main h1");
  const before = [await heading.boundingBox(), await page.locator("main").innerText()];
  await posts("Het zwembad zoekt vrijwilligers", "--audience", "square");
  await button(page).filter({ hasText: "1 nieuw bericht" }).waitFor();
  await posts("Wie heeft de sleutel van het buurthuis?", "--audience", "square");
  await button(page).filter({ hasText: "2 nieuwe berichten" }).waitFor();
  assert.deepEqual(await heading.boundingBox(), before[0]);
  const text = await page.locator("main").innerText();
  assert.ok(text.endsWith(before[1]), "the list stands as it stood");
  assert.equal(await button(page).locator("xpath=..").getAttribute("role"), "status", "said when there is a pause");
  assert.deepEqual(await remarks(page), []);
  await picture(page, "live-phone");
  await button(page).click();
  await page.getByRole("link", { name: "Wie heeft de sleutel van het buurthuis?" }).waitFor();
  assert.ok(await button(page).isHidden());
});

test("a page hears of what belongs to it, and of nothing else", async (t) => {
  const item = await posts("Oud papier wordt donderdag gehaald", "--audience", "square");
  const agenda = await reader(t, "/agenda");
  const one = await reader(t, `/bericht/${item}`);
  const { page: home } = await reader(t, "/en/");
  await posts("Alleen voor ons", "--audience", "members");
  await anna.does("resident", "comment", "--item", item, "--body", "De buren ook?");
  await button(one.page).filter({ hasText: "1 nieuwe reactie" }).waitFor();
  await posts("Kermis", "--kind", "event", "--starts", "2099-07-01", "--audience", "square");
  await button(agenda.page).filter({ hasText: "1 nieuwe activiteit" }).waitFor();
  await posts("De kermis komt", "--audience", "square");
  await button(home).filter({ hasText: "1 new post" }).waitFor();
  assert.ok((await button(one.page).innerText()).includes("1 nieuwe reactie"));
});

test("an alert stands on the page at once", async (t) => {
  const { page } = await reader(t, "/agenda");
  const { item } = await dorp.connector("post", "--kind", "alert", "--title", "Het drinkwater is vies", "--body", "Kook het.", "--audience", "square");
  const alarm = page.locator("[data-live-alert]");
  await alarm.filter({ hasText: "Het drinkwater is vies" }).waitFor();
  assert.equal(await alarm.locator("xpath=..").getAttribute("role"), "alert");
  assert.deepEqual(await remarks(page), []);
  await picture(page, "live-alert-phone");
  await alarm.click();
  await page.getByRole("heading", { level: 1, name: "Het drinkwater is vies" }).waitFor();
  assert.ok(page.url().endsWith(item));
});

test("what came while the box was away is found when it is back", async (t) => {
  const { page } = await reader(t, "/clubs");
  const away = page.locator("[data-live]:not([data-live-open])");
  await dorp.whileAway(() => away.waitFor({ state: "attached" }));
  await listens(page);
  await posts("Harmonie De Eendracht", "--kind", "listing", "--audience", "square");
  await button(page).filter({ hasText: "1 nieuw bericht" }).waitFor();
});

test("a page that nobody looks at holds no connection, and catches up when it is looked at", async (t) => {
  const { page } = await reader(t, "/groepen");
  // What a browser does when another tab comes to the front.
  const look = (hidden) => page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
  await look(true);
  await page.locator("[data-live]:not([data-live-open])").waitFor({ state: "attached" });
  await posts("Wandelclub", "--kind", "group", "--audience", "square");
  assert.ok(await button(page).isHidden());
  await look(false);
  await button(page).filter({ hasText: "1 nieuw bericht" }).waitFor();
});
