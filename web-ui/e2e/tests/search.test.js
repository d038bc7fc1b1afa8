// Looking for things: with and without JavaScript, by keyboard and by hand, on a telephone and at a desk.

import assert from "node:assert/strict";
import { test } from "node:test";

import { remarks } from "../harness/axe.js";
import { DESK, NARROW, PHONE } from "../harness/browser.js";
import { logIn } from "../harness/desk.js";
import { picture } from "../harness/pictures.js";
import { setting } from "../harness/setting.js";
import { join, overflow } from "../harness/square.js";
import { text } from "../harness/texts.js";

const here = setting();

const SEARCH = { nl: "/zoeken", en: "/en/search" };

/** The field of a page. */
const field = (page) => page.locator("form[role=search] input");
const options = (page) => page.getByRole("option");

/** Waits until the box has made its index: what was written before it started is found. */
async function indexed(page) {
  for (;;) {
    await page.goto(`${here.home.url}${SEARCH.nl}?q=waterton`);
    if ((await page.locator("main article").count()) > 0) return;
    await page.waitForTimeout(200);
  }
}

test("a form that works without JavaScript, on every page", async (t) => {
  const visitor = await here.visitor(t, { screen: NARROW, javascript: false });
  const { page } = visitor;
  await indexed(page);
  for (const path of ["/", "/agenda", "/over-dit-plein", "/en/", "/nergens"]) {
    await page.goto(here.home.url + path);
    assert.equal(await field(page).count(), 1, path);
  }
  await page.goto(here.home.url);
  await field(page).fill("moestuinen");
  await field(page).press("Enter");
  const asked = new URL(page.url());
  assert.deepEqual([asked.pathname, asked.searchParams.get("q")], [SEARCH.nl, "moestuinen"]);
  assert.equal(await field(page).inputValue(), "moestuinen", "what was asked stays in the field");
  assert.ok((await page.locator("main article").count()) >= 3);
  assert.ok((await page.locator("main mark").count()) > 0, "what was looked for is marked");

  await page.getByRole("link", { name: text("nl", "search-kind-events"), exact: true }).click();
  const kinds = await page.locator("main article .tag:first-child").allInnerTexts();
  assert.ok(kinds.length > 0 && kinds.every((kind) => kind === text("nl", "search-one-event")), kinds.join());
  await page.locator("[data-language][hreflang=en]").click();
  assert.equal(new URL(page.url()).search, "?q=moestuinen&kind=event", "the other language has the same question");

  await page.goto(`${here.home.url}${SEARCH.nl}?q=watreton`);
  assert.ok((await page.locator("main").innerText()).includes(text("nl", "search-fit-alike")), "a typing error is forgiven");
  assert.match(await page.locator("main h3").first().innerText(), /waterton/);
  await page.goto(`${here.home.url}${SEARCH.nl}?q=xyzzyxyzzy`);
  assert.ok((await page.locator("main").innerText()).includes(text("nl", "search-try-fewer")), "it says what to try");
  assert.deepEqual(visitor.requestsBeyond([here.home]), []);
});

test("suggestions by keyboard, as a combobox has them", async (t) => {
  const visitor = await here.visitor(t, { screen: DESK });
  const { page } = visitor;
  await indexed(page);
  await page.goto(here.home.url);
  const box = page.getByRole("combobox", { name: text("nl", "search-label") });
  await box.focus();
  await box.pressSequentially("moest");
  await options(page).first().waitFor();
  assert.equal(await box.getAttribute("aria-expanded"), "true");
  assert.match(await page.locator("form[role=search] [role=status]").innerText(), /\d$/, "how many there are is said");
  assert.equal(await box.getAttribute("aria-activedescendant"), null, "nothing is chosen yet");
  assert.deepEqual(await remarks(page), [], "with the list open");

  await box.press("ArrowDown");
  const first = options(page).first();
  assert.equal(await box.getAttribute("aria-activedescendant"), await first.getAttribute("id"));
  assert.equal(await first.getAttribute("aria-selected"), "true");
  await box.press("ArrowUp");
  assert.equal(await box.getAttribute("aria-activedescendant"), null, "back in the field");
  await box.press("Escape");
  assert.equal(await options(page).count(), 0);
  assert.deepEqual([await box.getAttribute("aria-expanded"), await box.inputValue()], ["false", "moest"]);
  await box.press("Escape");
  assert.equal(await box.inputValue(), "", "a second time empties the field");

  await box.pressSequentially("waterton");
  await options(page).first().waitFor();
  await picture(page, "search-suggestions-desk");
  await box.press("ArrowDown");
  await box.press("Enter");
  await page.getByRole("heading", { level: 1, name: /waterton/ }).waitFor();
  assert.match(new URL(page.url()).pathname, /^\/bericht\//, "a suggestion leads to what it names");

  await page.goto(`${here.home.url}/en/`);
  const english = page.getByRole("combobox");
  await english.pressSequentially("koffie");
  await options(page).first().waitFor();
  await page.keyboard.press("Tab");
  await page.waitForFunction(() => document.querySelector("[role=listbox]").hidden);
  await english.press("Enter");
  assert.equal(new URL(page.url()).pathname, SEARCH.en, "without a choice the form is sent");
  assert.deepEqual(visitor.console, []);
});

test("suggestions by hand, and what somebody may not read is not among them", async (t) => {
  const visitor = await here.visitor(t, { screen: PHONE, scheme: "dark" });
  const { page } = visitor;
  await indexed(page);
  await page.goto(here.home.url);
  await field(page).pressSequentially("truus");
  await page.waitForTimeout(600);
  const people = await options(page).locator("small").allInnerTexts();
  assert.ok(!people.includes(text("nl", "search-one-person")), "people are for residents");
  await field(page).fill("");
  await field(page).pressSequentially("wandel");
  await options(page).first().waitFor();
  await picture(page, "search-suggestions-phone-dark");
  const named = (await options(page).first().locator("span").innerText()).trim();
  await options(page).first().click();
  await page.getByRole("heading", { level: 1, name: named }).waitFor();
});

for (const [device, screen] of Object.entries({ phone: { width: 390, height: 844 }, desk: DESK })) {
  for (const scheme of ["light", "dark"]) {
    test(`axe has no remarks on what is found (${device}, ${scheme})`, async (t) => {
      const { page } = await here.visitor(t, { screen, scheme });
      await indexed(page);
      for (const lang of ["nl", "en"]) {
        for (const [name, query] of [["begin", ""], ["found", "?q=koffie+moestuin"], ["alike", "?q=watreton"], ["none", "?q=xyzzyxyzzy"]]) {
          await t.test(`${name}, ${lang}`, async () => {
            await page.goto(here.home.url + SEARCH[lang] + query, { waitUntil: "networkidle" });
            assert.deepEqual(await remarks(page), []);
            assert.ok((await overflow(page)) <= 0, "nobody has to scroll sideways");
            if (lang === "nl") await picture(page, `search-${name}-${device}-${scheme}`, { whole: true });
          });
        }
      }
    });
  }
}

test("a resident finds people, and what is for members", async (t) => {
  const visitor = await here.visitor(t, { screen: PHONE });
  const { page } = visitor;
  await join(visitor, await here.letter(), "Zwaantje Zoekgraag", "square");
  await logIn({ page, village: here.home }, "/mijn-gegevens");
  for (;;) {
    await page.goto(`${here.home.url}${SEARCH.nl}?q=zwaantje`);
    if ((await page.locator("main article").count()) > 0) break;
    await page.waitForTimeout(200);
  }
  assert.equal(await page.locator("main article h3").first().innerText(), "Zwaantje Zoekgraag");
  assert.equal(await page.getByRole("link", { name: text("nl", "search-kind-people"), exact: true }).count(), 1);

  const { page: strange } = await here.visitor(t, { screen: PHONE });
  await strange.goto(`${here.home.url}${SEARCH.nl}?q=zwaantje`);
  assert.equal(await strange.locator("main article").count(), 0);
  assert.equal(await strange.getByRole("link", { name: text("nl", "search-kind-people"), exact: true }).count(), 0);
});
