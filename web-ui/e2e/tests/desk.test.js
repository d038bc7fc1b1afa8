// The connectors' desk: letters, a role that two sign, somebody who is removed, moderation and its log, a lost telephone.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join as joinPath } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { remarks } from "../harness/axe.js";
import { DESK, PHONE, Visitor, launch } from "../harness/browser.js";
import { NOTICES_WITHIN_MS, act, connector, known, logIn, resident as joined, writeNews } from "../harness/desk.js";
import { Founded } from "../harness/founded.js";
import { RESULTS, picture } from "../harness/pictures.js";
import { leaks } from "../harness/secrets.js";
import { area, comment, join, overflow, reaches } from "../harness/square.js";
import { text } from "../harness/texts.js";

/** The pages of the desk that are about nothing in particular. */
const PAGES = {
  nl: ["", "/leden", "/uitnodigingen", "/brieven", "/buren", "/kringen", "/organisaties", "/gebieden", "/kastjes"]
    .map((page) => `/beheer${page}`).concat("/logboek"),
  en: ["", "/members", "/invitations", "/letters", "/neighbours", "/circles", "/organisations", "/areas", "/boxes"]
    .map((page) => `/en/desk${page}`).concat("/en/log"),
};

let village;
let browser;
/** Two connectors beside the founder, so that heavy acts take two signatures. */
let trijntje;
let roelof;

before(async () => {
  village = await Founded.start("Kleiheim");
  browser = await launch();
  trijntje = await connector(browser, village, "Trijntje Mulder", { screen: DESK });
  roelof = await resident("Roelof Hekman");
});

after(async () => {
  await browser?.close();
  await village?.stop();
});

/** Somebody who joined with a letter of the founder's. */
const resident = (name, how) => joined(browser, village, name, how);

test("who is no connector stays before the door", async (t) => {
  const stranger = await Visitor.arrive(browser);
  t.after(() => stranger.leave());
  await stranger.page.goto(`${village.url}/beheer/leden`);
  await reaches(area(stranger.page, "login"), "needs-key");
  assert.deepEqual(await remarks(stranger.page), []);
  assert.ok(!(await stranger.page.content()).includes("Trijntje"));

  await roelof.page.goto(`${village.url}/beheer`);
  await roelof.page.locator('form[data-dorpsplein="login"] button').click();
  await roelof.page.getByText(text("nl", "door-not-a-connector")).waitFor();
  assert.equal((await village.register()).connectors, 2);
});

test("letters are made in the connector's browser and each lets one person in", async (t) => {
  const { page } = trijntje;
  await page.goto(`${village.url}/beheer/brieven`);
  const letters = area(page, "letters");
  await letters.locator('[name="count"]').fill("2");
  await letters.locator("form button").click();
  await letters.locator('[data-state="sent"]').waitFor({ timeout: 60_000 });
  const codes = await letters.locator(".letter [data-code]").allInnerTexts();
  assert.equal(codes.length, 2);
  for (const code of codes) {
    assert.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
    assert.deepEqual(leaks(trijntje, Buffer.from(code.replaceAll("-", ""))), [], "the box never sees it");
    assert.deepEqual(leaks(trijntje, Buffer.from(code)), []);
  }
  assert.equal(await letters.locator(".letter svg.qr").count(), 2);
  const number = await letters.locator(".letter [data-number]").first().innerText();
  assert.deepEqual(await remarks(page), []);
  await picture(page, "desk-letters", { whole: true });

  await t.test("printed they are one sheet each, and nothing else", async (t) => {
    await page.emulateMedia({ media: "print" });
    t.after(() => page.emulateMedia({ media: "screen" }));
    for (const hidden of [".menu", ".band", "footer", "h1", "form", "[role=status]"]) {
      for (const element of await page.locator(hidden).all()) assert.ok(!(await element.isVisible()), hidden);
    }
    await picture(page, "desk-letters-print", { whole: true });
    const sheets = (await page.pdf({ path: `${RESULTS}desk-letters.pdf`, format: "A4" })).toString("latin1");
    assert.equal(sheets.match(/\/Type\s*\/Page\b/g).length, 2);
  });

  await t.test("those of the command line are printed the same", async () => {
    const file = joinPath(await mkdtemp(joinPath(tmpdir(), "dorpsplein-letters-")), "letters.html");
    const { keys } = await village.founder("invite", "--count", "2", "--letters", file);
    const sheet = await page.context().newPage();
    t.after(() => sheet.close());
    await sheet.goto(pathToFileURL(file).href);
    assert.deepEqual(
      await sheet.locator("[data-number]").allInnerTexts(),
      keys.map((key) => `${key.slice(0, 4)} ${key.slice(4, 8)}`),
    );
    await picture(sheet, "letters-file", { whole: true });
    const printed = (await sheet.pdf({ path: `${RESULTS}letters-file.pdf`, format: "A4" })).toString("latin1");
    assert.equal(printed.match(/\/Type\s*\/Page\b/g).length, 2);
    await rm(dirname(file), { recursive: true });
  });

  await t.test("a letter is used, and the desk says by whom", async () => {
    const newcomer = await Visitor.arrive(browser);
    t.after(() => newcomer.leave());
    await join(newcomer, `${village.url}/meedoen#${codes[0].replaceAll("-", "")}`, "Jantje Bos");
    await page.goto(`${village.url}/beheer/uitnodigingen`);
    const used = page.locator("li.card", { hasText: number });
    assert.match(await used.innerText(), /Jantje Bos/);
  });

  await t.test("an open one is taken back", async () => {
    const open = page.locator("li.card:has(form[data-act=withdraw-invitation])");
    const before = await open.count();
    await act(open.first(), "withdraw-invitation");
    assert.equal(await open.count(), before - 1);
  });
});

test("from three connectors on, two sign", async (t) => {
  await logIn(trijntje, `/beheer/lid/${roelof.id}`);
  await act(trijntje.page, "role");
  assert.equal((await known(roelof)).role, "connector", "with two connectors one signature is enough");

  const { page } = trijntje;
  const siepie = await resident("Siepie Wolters");
  t.after(() => siepie.leave());
  await logIn(trijntje, `/beheer/lid/${siepie.id}`);
  await page.locator('form[data-act="role"]').waitFor({ state: "attached" });
  assert.ok((await page.locator("main").textContent()).includes(text("nl", "act-heavy")), "it says so beforehand");
  await act(page, "role");
  assert.equal((await known(siepie)).role, "resident", "a proposal has no effect");
  await page.goto(`${village.url}/beheer`);
  await page.getByText(text("nl", "proposal-yours")).waitFor();
  assert.equal(await page.locator('form[data-act="endorse"]').count(), 0, "nobody signs twice");
  await picture(page, "desk-proposal", { whole: true });

  await logIn(roelof, "/beheer");
  assert.deepEqual(await remarks(roelof.page), []);
  await picture(roelof.page, "desk-proposal-phone", { whole: true });
  await act(roelof.page, "endorse");
  assert.equal((await known(siepie)).role, "connector");
  assert.equal((await village.register()).proposals.length, 0);
});

test("somebody who is removed is shown out of the page they have open", async (t) => {
  const bob = await resident("Bob Koopjes");
  t.after(() => bob.leave());
  await logIn(bob, "/mijn-gegevens");
  await logIn(trijntje, `/beheer/lid/${bob.id}`);
  await act(trijntje.page, "remove", { sure: true });
  assert.equal((await known(bob)).present, false);
  await bob.page.locator('[data-area="login"]').waitFor({ timeout: NOTICES_WITHIN_MS });
  assert.ok(!(await bob.page.locator("main").innerText()).includes("Bob Koopjes"));
  await trijntje.page.goto(`${village.url}/beheer/lid/${bob.id}`);
  await trijntje.page.getByText(text("nl", "member-gone")).first().waitFor();
  await picture(trijntje.page, "desk-member-gone", { whole: true });
});

test("a lost telephone is replaced face to face", async (t) => {
  const old = await resident("Grietje Smit");
  t.after(() => old.leave());
  await logIn(old, "/mijn-gegevens");
  const fresh = Object.assign(await Visitor.arrive(browser, { screen: PHONE }), { village });
  t.after(() => fresh.leave());

  const { page } = trijntje;
  await logIn(trijntje, `/beheer/lid/${old.id}`);
  const recover = area(page, "recover");
  await recover.locator("summary").click();
  await recover.locator('[name="device"]').check();
  await recover.locator("form button").click();
  await recover.locator('[data-state="waiting"]').waitFor();
  assert.equal(await recover.locator("svg.qr").count(), 1);
  const link = await recover.locator("[data-link]").innerText();
  await picture(page, "desk-recover", { whole: true });
  await fresh.page.goto(link);
  const theirs = fresh.page.locator("[data-digits]");
  await theirs.waitFor();
  await recover.locator("[data-confirm]").waitFor();
  assert.match(await theirs.innerText(), /^\d{3} ?\d{3}$/);
  assert.equal(await recover.locator("[data-digits]").innerText(), await theirs.innerText());
  assert.deepEqual(await remarks(page), []);
  await recover.locator("[data-confirm]").click();
  await reaches(recover, "sent");

  await fresh.page.locator('[data-state="sent"]').first().waitFor();
  const { devices } = await known(old);
  assert.deepEqual(devices.map(({ state }) => state).sort(), ["active", "retired"]);
  await old.page.locator('[data-area="login"]').waitFor({ timeout: NOTICES_WITHIN_MS });
  await logIn(fresh, "/mijn-gegevens");
  assert.match(await fresh.page.locator("main").innerText(), /Grietje Smit/);
});

test("what connectors do to a message can be seen, and its author can object", async (t) => {
  const sanne = await resident("Sanne Wiersma");
  t.after(() => sanne.leave());
  const item = await writeNews(sanne, "Wie koopt mijn kachel?", "Voor de vierde keer: hij is zo goed als nieuw.");
  const stranger = await Visitor.arrive(browser);
  t.after(() => stranger.leave());
  const { page } = trijntje;
  const acts = (visitor) => visitor.page.locator("main > article > [data-item-acts]");

  await t.test("who only reads is offered nothing", async () => {
    await stranger.page.goto(item, { waitUntil: "networkidle" });
    assert.equal(await acts(stranger).innerText(), "");
    assert.deepEqual(await remarks(stranger.page), []);
  });

  await t.test("pinned, it stands on top", async () => {
    await page.goto(item);
    await acts(trijntje).locator("summary").first().click();
    await act(acts(trijntje), "pin");
    await stranger.page.goto(village.url);
    assert.match(await stranger.page.locator("main article.card").first().innerText(), /Staat bovenaan[^]*Wie koopt mijn kachel/);
  });

  await t.test("a hidden comment leaves its place, and what was said after it still makes sense", async () => {
    await page.goto(item);
    await comment(trijntje, "Is hij van gietijzer?");
    await page.goto(item);
    await comment(trijntje, "Dat vraagt u zelf maar.");
    await page.goto(item);
    const first = page.locator(".thread > li").first();
    await first.locator("[data-item-acts] summary").first().click();
    await act(first, "hide", { reason: "mistake" });
    for (const visitor of [trijntje, stranger]) {
      await visitor.page.goto(item);
      const told = await visitor.page.locator(".thread > li").allInnerTexts();
      assert.equal(told.length, 2);
      assert.ok(told[0].includes(text("nl", "comment-hidden")) && !told[0].includes("gietijzer"), told[0]);
      assert.ok(told[1].includes("Dat vraagt u zelf maar."), told[1]);
      assert.match(await visitor.page.locator("#comments-heading").innerText(), /^1 reactie/);
    }
    assert.deepEqual(await remarks(stranger.page), []);
    await picture(stranger.page, "thread-hidden-phone", { whole: true });
    await stranger.page.locator(".thread > li a").first().click();
    await stranger.page.getByRole("heading", { level: 1, name: text("nl", "gone-hidden") }).waitFor();
    assert.match(await stranger.page.locator("main").innerText(), /Trijntje Mulder/);
    await page.locator(".thread > li a").first().click();
    await page.getByText("Is hij van gietijzer?").waitFor();
  });

  await t.test("hidden, only its author and the connectors read it", async () => {
    await page.goto(item);
    await acts(trijntje).locator("summary").first().click();
    await act(acts(trijntje), "hide", { reason: "spam", note: "Dit staat er nu vier keer." });
    assert.match(await page.locator("main").innerText(), /zo goed als nieuw/, "a connector still reads it");
    await stranger.page.goto(item);
    await stranger.page.getByRole("heading", { level: 1, name: text("nl", "gone-hidden") }).waitFor();
    const told = await stranger.page.locator("main").innerText();
    assert.match(told, /Trijntje Mulder[^]*Reclame[^]*Dit staat er nu vier keer/);
    assert.ok(!told.includes("kachel"));
    assert.deepEqual(await remarks(stranger.page), []);
    await picture(stranger.page, "item-hidden-phone", { whole: true });
    await stranger.page.goto(village.url);
    assert.equal(await stranger.page.getByText("Wie koopt mijn kachel").count(), 0);
  });

  await t.test("its author objects, and the desk hears it", async () => {
    await logIn(sanne, "/mijn-gegevens");
    await sanne.page.goto(item);
    assert.match(await sanne.page.locator("main").innerText(), /zo goed als nieuw/);
    await acts(sanne).locator("summary").first().click();
    assert.deepEqual(await remarks(sanne.page), []);
    await act(acts(sanne), "appeal", { note: "Hij is nog steeds te koop." });
    await page.goto(`${village.url}/beheer`);
    await page.getByText("Hij is nog steeds te koop.").waitFor();
  });

  await t.test("shown again, and then erased by who wrote it", async () => {
    await page.goto(item);
    await acts(trijntje).locator("summary").first().click();
    await act(acts(trijntje), "show", { reason: "mistake" });
    await stranger.page.goto(item);
    await stranger.page.getByRole("heading", { level: 1, name: "Wie koopt mijn kachel?" }).waitFor();
    await sanne.page.goto(item);
    await acts(sanne).locator("summary").first().click();
    assert.ok((await acts(sanne).textContent()).includes(text("nl", "erase-elsewhere")), "it says what will happen");
    await picture(sanne.page, "item-acts-phone", { whole: true });
    await act(acts(sanne), "erase", { sure: true });
    for (const visitor of [sanne, trijntje, stranger]) {
      await visitor.page.goto(item);
      await visitor.page.getByRole("heading", { level: 1, name: text("nl", "gone-erased") }).waitFor();
      assert.ok(!(await visitor.page.content()).includes("kachel"));
    }
    await stranger.page.getByText(text("nl", "receipts-none")).waitFor();
    await picture(stranger.page, "item-erased-phone", { whole: true });
  });

  await t.test("the log tells members who did what and why, and strangers nothing", async () => {
    await page.goto(await writeNews(sanne, "Nep", "Klik hier voor gratis geld."));
    await acts(trijntje).locator("summary").first().click();
    await act(acts(trijntje), "erase", { reason: "unlawful", note: "Oplichting.", sure: true });
    await logIn(sanne, "/logboek");
    const told = await sanne.page.locator("main").innerText();
    assert.match(told, /Gewist[^]*Trijntje Mulder[^]*Het mag niet van de wet[^]*Oplichting/);
    assert.ok(!told.includes("gratis geld") && !told.includes("kachel"));
    await picture(sanne.page, "log-phone", { whole: true });
    await stranger.page.goto(`${village.url}/logboek`);
    await area(stranger.page, "login").waitFor();
    assert.ok(!(await stranger.page.content()).includes("Oplichting"));
  });
});

test("organisations, areas and circles", async () => {
  const { page } = trijntje;
  await logIn(trijntje, "/beheer/gebieden");
  await act(page, "area", { name: "De Wierde" });
  await page.getByRole("heading", { name: "De Wierde" }).waitFor();
  await act(page, "end-area");
  assert.equal(await page.getByRole("heading", { name: "De Wierde" }).count(), 0);
  await page.goto(`${village.url}/beheer/organisaties`);
  await act(page, "organisation", { speaker: roelof.id });
  const [organisation] = (await village.register()).organisations;
  assert.deepEqual(organisation.speakers, [roelof.id]);
  await act(page, "speaker");
  assert.deepEqual((await village.register()).organisations[0].speakers, []);
});

test("every page of the desk reads, for everyone and in both languages", async (t) => {
  const { page } = trijntje;
  await logIn(trijntje, "/beheer");
  for (const lang of ["nl", "en"]) {
    for (const path of [...PAGES[lang], `${PAGES[lang][1].replace(/(leden|members)$/, lang === "nl" ? "lid" : "member")}/${roelof.id}`]) {
      await t.test(`${path}, ${lang}`, async () => {
        await page.goto(village.url + path, { waitUntil: "networkidle" });
        assert.equal(await page.locator("html").getAttribute("lang"), lang);
        assert.equal(await page.locator("h1").count(), 1);
        await page.locator("details.act:not([hidden]) > summary").evaluateAll((all) => all.forEach((one) => one.click()));
        for (const scheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme: scheme });
          assert.deepEqual(await remarks(page), [], scheme);
        }
        await page.setViewportSize(PHONE);
        assert.ok((await overflow(page)) <= 0, "nobody has to scroll sideways");
        if (lang === "nl") await picture(page, `desk${path.replaceAll("/", "-").slice(0, 24)}-dark`, { whole: true });
        await page.emulateMedia({ colorScheme: "light" });
        await page.setViewportSize(DESK);
      });
    }
  }
});
