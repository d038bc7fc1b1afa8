// The connectors' desk, about more than people: a treaty and a circle of two villages, each with a box and a desk of its
// own; boxes, organisations and areas.

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";

import { remarks } from "../harness/axe.js";
import { DESK, PHONE, Visitor, launch } from "../harness/browser.js";
import { act, card, cardSays, connector, logIn, resident as joined } from "../harness/desk.js";
import { Founded } from "../harness/founded.js";
import { eventually } from "../harness/patience.js";
import { picture } from "../harness/pictures.js";
import { arrives } from "../harness/square.js";
import { text } from "../harness/texts.js";

let kleiheim;
let zandhoek;
let browser;
/** The connector of each village beside its founder. Zwaan is abroad, with her clock. */
let hinke;
let zwaan;

before(async () => {
  [kleiheim, zandhoek] = await Promise.all([Founded.start("Kleiheim"), Founded.start("Zandhoek")]);
  await kleiheim.agreeWith(zandhoek);
  browser = await launch();
  hinke = await connector(browser, kleiheim, "Hinke Terpstra", { screen: DESK });
  zwaan = await connector(browser, zandhoek, "Zwaantje Bolhuis", { screen: PHONE, timezone: "Pacific/Auckland" });
});

after(async () => {
  await browser?.close();
  await kleiheim?.stop();
  await zandhoek?.stop();
});

/** The number of a village. */
const idOf = async (village) => (await village.founder("status")).neighbourhood_id;

/** The village's wall clock at the last second of 30 June 2027: summer time. */
const JUNE_ENDS = Date.UTC(2027, 5, 30, 21, 59, 59);

test("a treaty is ended, offered and accepted, each at a desk of its own", async (t) => {
  const sjoerd = await zandhoek.villager("sjoerd");
  const post = async (title) => (await sjoerd.does("resident", "post", "--title", title, "--audience", "neighbours")).item;
  const reader = await Visitor.arrive(browser);
  t.after(() => reader.leave());
  await arrives(reader.page, `${kleiheim.url}/bericht/${await post("Wie heeft er een ladder?")}`, "Wie heeft er een ladder?");
  const { page } = hinke;
  let missed;

  await t.test("ended at the one, it rests at the other", async () => {
    await logIn(hinke, "/beheer/buren");
    assert.ok((await card(page, "Zandhoek").innerText()).includes(text("nl", "treaty-active")));
    await act(card(page, "Zandhoek"), "end-treaty");
    assert.ok((await card(page, "Zandhoek").innerText()).includes(text("nl", "treaty-received")), "theirs still stands");
    assert.equal(await page.locator('form[data-act="end-treaty"]').count(), 0, "there is nothing of ours to end");
    await cardSays(zwaan, "/beheer/buren", "Kleiheim", text("nl", "treaty-offered"));
    missed = await post("Dit blijft in Zandhoek");
    await reader.page.goto(`${kleiheim.url}/over-dit-plein`);
    assert.equal(await reader.page.getByText(text("nl", "treaty-active")).count(), 0);
  });

  await t.test("offered anew by number", async () => {
    await act(page.locator("section:has(#offer)"), "treaty", { with: await idOf(zandhoek), until: "2027-06-30" });
    assert.ok((await card(page, "Zandhoek").innerText()).includes(text("nl", "treaty-offered")), "now it is their turn");
    await cardSays(zwaan, "/beheer/buren", "Kleiheim", text("nl", "treaty-received"));
    await zwaan.page.goto(`${zandhoek.url}/beheer`);
    await zwaan.page.getByText("Kleiheim wil afspreken").waitFor();
    assert.deepEqual(await remarks(zwaan.page), []);
    assert.equal((await fetch(`${kleiheim.url}/api/v1/items/${missed}`)).status, 404);
  });

  await t.test("accepted at the other desk, it holds at both", async () => {
    await logIn(zwaan, "/beheer/buren");
    await zwaan.page.locator("summary", { hasText: text("nl", "treaty-accept") }).click();
    assert.deepEqual(await remarks(zwaan.page), []);
    await picture(zwaan.page, "desk-treaty-accept-phone", { whole: true });
    await act(card(zwaan.page, "Kleiheim"), "treaty");
    assert.ok((await card(zwaan.page, "Kleiheim").innerText()).includes(text("nl", "treaty-active")));
    await cardSays(hinke, "/beheer/buren", "Zandhoek", text("nl", "treaty-active"));
    assert.match(await card(page, "Zandhoek").innerText(), /tot en met woensdag 30 juni 2027|tot en met 30 juni 2027/);
    await arrives(reader.page, `${kleiheim.url}/bericht/${missed}`, "Dit blijft in Zandhoek");
    await reader.page.goto(`${zandhoek.url}/over-dit-plein`);
    assert.match(await reader.page.locator("main").innerText(), /Kleiheim[^]*Burenafspraak loopt/);
  });
});

test("a circle is founded, let in to, joined, left and ended", async (t) => {
  const { page } = hinke;
  const theirs = zwaan.page;
  const circles = async (village) => (await village.register()).circles;
  await logIn(hinke, "/beheer/kringen");
  await act(page, "found-circle", { name: "Dorpen aan de Wierde" });
  const founded = card(page, "Dorpen aan de Wierde");
  assert.match(await founded.innerText(), /Begonnen door Kleiheim/);

  await t.test("a neighbour is let in once", async () => {
    await act(founded, "admit", { neighbourhood: { label: "Zandhoek" } });
    assert.match(await founded.innerText(), new RegExp(`Zandhoek[^]*${text("nl", "circle-invited")}`));
    assert.equal(await founded.locator('form[data-act="admit"]').count(), 0, "nobody is left to let in");
    await page.locator("details.act:not([hidden]) > summary").evaluateAll((all) => all.forEach((one) => one.click()));
    assert.deepEqual(await remarks(page), []);
    await picture(page, "desk-circle-founder", { whole: true });
  });

  await t.test("who was let in joins, and both see it", async () => {
    await cardSays(zwaan, "/beheer/kringen", "Dorpen aan de Wierde", text("nl", "circle-admitted"));
    assert.deepEqual(await remarks(theirs), []);
    await picture(theirs, "desk-circle-admitted-phone", { whole: true });
    await act(card(theirs, "Dorpen aan de Wierde"), "join-circle");
    assert.equal(await theirs.getByText(text("nl", "circle-admitted")).count(), 0);
    assert.equal((await circles(zandhoek))[0].name, "Dorpen aan de Wierde");
    await eventually("the founder sees who joined", async () => {
      await page.reload();
      return !(await founded.innerText()).includes(text("nl", "circle-invited"));
    });
    assert.match(await founded.innerText(), /Zandhoek/);
  });

  await t.test("left, and shown out", async () => {
    await act(card(theirs, "Dorpen aan de Wierde"), "leave-circle");
    assert.deepEqual(await circles(zandhoek), []);
    await cardSays(hinke, "/beheer/kringen", "Dorpen aan de Wierde", text("nl", "circle-invited"));
    await act(founded, "leave-circle", { neighbourhood: { label: "Zandhoek" } });
    assert.deepEqual((await circles(kleiheim))[0].admitted, []);
    assert.equal(await founded.locator('form[data-act="admit"]').count(), 1, "they can be let in again");
  });

  await t.test("ended", async () => {
    await act(founded, "end-circle");
    await page.getByText(text("nl", "circles-none")).waitFor();
    assert.ok((await circles(kleiheim)).every(({ ended }) => ended));
    await eventually("gone there as well", async () => {
      await logIn(zwaan, "/beheer/kringen");
      return (await theirs.getByText(text("nl", "circles-none")).count()) > 0;
    });
  });
});

test("a box is certified, renewed and retired, with days as they are in the village", async () => {
  const { page } = zwaan;
  const key = generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
  const box = async () => (await zandhoek.register()).boxes.find((one) => one.key === key);
  const one = page.locator("article.card").filter({ hasText: key });
  await logIn(zwaan, "/beheer/kastjes");
  const before = await page.locator("article.card").count();
  await act(page.locator("section:has(#add)"), "certify", { key, until: "2027-06-30" });
  assert.equal((await box()).expires, JUNE_ENDS, "though her own clock is in Auckland");
  assert.equal(await page.locator("article.card").count(), before + 1);
  assert.match(await one.innerText(), /30 juni 2027/);
  await act(one, "certify", { until: "2027-12-31" });
  assert.equal((await box()).expires, Date.UTC(2027, 11, 31, 22, 59, 59), "winter time");
  assert.equal(await page.locator("article.card").count(), before + 1, "it is still one box");
  assert.match(await one.innerText(), /31 december 2027/);
  await page.locator("details:not([hidden]) > summary").evaluateAll((all) => all.forEach((summary) => summary.click()));
  assert.deepEqual(await remarks(page), []);
  await picture(page, "desk-boxes-phone", { whole: true });
  await page.reload();
  await act(one, "retire-box");
  assert.equal(await box(), undefined);
  assert.equal(await one.count(), 0);
  assert.equal(await page.locator("article.card").count(), before);
});

test("a day that is none is asked for again", async () => {
  const { page } = zwaan;
  await logIn(zwaan, "/beheer/kastjes");
  const adding = page.locator("section:has(#add)");
  await adding.locator("summary").click();
  const form = adding.locator('form[data-act="certify"]');
  await form.locator('[name="key"]').fill("00".repeat(32));
  await form.locator('[name="until"]').evaluate((input) => { input.type = "text"; input.value = "gisteren"; });
  await form.locator("button").click();
  await adding.locator('[data-state="refused"]').waitFor();
  assert.equal((await zandhoek.register()).boxes.length, 1);
});

test("somebody more speaks for an organisation, and then no longer", async (t) => {
  const [douwe, maaike] = [await joined(browser, kleiheim, "Douwe Postma"), await joined(browser, kleiheim, "Maaike Sikma")];
  t.after(() => Promise.all([douwe.leave(), maaike.leave()]));
  const { page } = hinke;
  const speakers = async () => (await kleiheim.register()).organisations[0].speakers;
  await logIn(hinke, "/beheer/organisaties");
  await act(page.locator("section:has(#add)"), "organisation", { speaker: douwe.id });
  const one = page.locator("article.card").first();
  await act(one.locator('[data-area="act"]:has([name="speaks"][value="yes"])'), "speaker", { resident: maaike.id });
  assert.deepEqual((await speakers()).toSorted(), [douwe.id, maaike.id].toSorted());
  assert.match(await one.innerText(), /Douwe Postma/);
  assert.match(await one.innerText(), /Maaike Sikma/);
  assert.deepEqual(await remarks(page), []);
  await picture(page, "desk-organisations", { whole: true });
  await act(one.locator("li", { hasText: "Douwe Postma" }), "speaker");
  assert.deepEqual(await speakers(), [maaike.id]);
  assert.equal(await one.locator("li", { hasText: "Douwe Postma" }).count(), 0);
});

test("a part of the village gets a name of its own, and loses it", async () => {
  const { page } = zwaan;
  const names = async () => (await zandhoek.register()).areas.map(({ name }) => name);
  await logIn(zwaan, "/beheer/gebieden");
  await act(page, "area", { name: "Het Oosteinde" });
  await page.locator("details.act:not([hidden]) > summary").first().click();
  assert.deepEqual(await remarks(page), []);
  assert.deepEqual(await names(), ["Het Oosteinde"]);
  await act(card(page, "Het Oosteinde"), "end-area");
  assert.deepEqual(await names(), []);
  await page.getByText(text("nl", "areas-none")).waitFor();
});
