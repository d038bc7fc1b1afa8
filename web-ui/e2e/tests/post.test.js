// Post by e-mail, and a language of which a part is there: pages that work by themselves, in a real browser.

import assert from "node:assert/strict";
import { appendFile, readFile, readdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { join as path } from "node:path";

import { remarks } from "../harness/axe.js";
import { NARROW, PHONE, Visitor, launch } from "../harness/browser.js";
import { logIn } from "../harness/desk.js";
import { Founded } from "../harness/founded.js";
import { picture } from "../harness/pictures.js";
import { join } from "../harness/square.js";
import { text } from "../harness/texts.js";

/** A port on which no mail server listens: what is sent waits, as it does when one is away. */
const MAIL = '[mail]\nserver = "127.0.0.1"\nport = 9\nsecurity = "none"\nfrom = "plein@kleiheim.example"\n';

let village;
let browser;

before(async () => {
  village = await Founded.start("Kleiheim");
  await village.whileAway(() => appendFile(path(village.folder, "box.toml"), MAIL));
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
  await page.locator('[name="kind"][value="news"]').check();
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
