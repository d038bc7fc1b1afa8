// The reason for everything: someone writes here, the neighbours read it and answer, and anyone can check who said it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { DESK, PHONE } from "../harness/browser.js";
import { picture } from "../harness/pictures.js";
import { leaks, privateKeyOf } from "../harness/secrets.js";
import { setting } from "../harness/setting.js";
import { area, arrives, comment, dayFromNow, join, reaches, verdict, writeEvent } from "../harness/square.js";

const EVENT = {
  title: "Soep en verhalen bij het haardvuur",
  starts_date: dayFromNow(3),
  starts_time: "17:30",
  ends_time: "20:00",
  place: "De Deel, achter de kerk",
  body: "Er staat een grote pan erwtensoep op het vuur.\nNeem een kom mee, en een verhaal.",
  audience: "neighbours",
};
const ANSWER = "Wat een goed plan. Wij komen met z’n vieren en nemen roggebrood mee.";

const here = setting();

test("two villages, one evening", async (t) => {
  const writer = await here.visitor(t, { screen: DESK });
  const answerer = await here.visitor(t, { screen: PHONE });
  let path; // of the event, the same on both sites

  await t.test("a newcomer joins by the link of an invitation", async () => {
    await join(writer, here.home.invitation, "Marijke Wolters");
  });

  await t.test("and writes an event for the neighbours", async () => {
    path = await writeEvent(writer, here.home, EVENT);
    await writer.page.goto(here.home.url + path);
    const main = writer.page.locator("main");
    await main.getByRole("heading", { level: 1, name: EVENT.title }).waitFor();
    assert.match(await main.innerText(), /Marijke Wolters/);
    assert.match(await main.innerText(), /17\.30/);
    await writer.remember();
  });

  await t.test("it stands on the neighbours' site, as coming from the neighbours", async () => {
    await arrives(answerer.page, here.away.url + path, EVENT.title);
    const main = answerer.page.locator("main");
    assert.match(await main.innerText(), new RegExp(`van de buren:\\s+${here.home.name}`));
    await answerer.page.goto(`${here.away.url}/agenda`);
    await answerer.page.getByRole("link", { name: EVENT.title }).waitFor();
    await picture(answerer.page, "neighbours-agenda-phone");
  });

  await t.test("a neighbour joins over there and answers", async () => {
    await join(answerer, here.away.invitation, "Sjoerd Dijkema");
    await answerer.page.goto(here.away.url + path);
    await comment(answerer, ANSWER);
  });

  await t.test("the answer stands at home, as coming from the neighbours", async () => {
    await arrives(writer.page, here.home.url + path, ANSWER);
    const answer = writer.page.locator(".thread li").filter({ hasText: ANSWER });
    assert.match(await answer.innerText(), /Sjoerd Dijkema/);
    assert.match(await answer.innerText(), new RegExp(`van de buren:\\s+${here.away.name}`));
    await writer.remember();
    await picture(writer.page, "event-desktop");
  });

  await t.test("'Wie zegt dit?' checks the event and the answer, on both sites", async () => {
    for (const { page, site } of [{ page: answerer.page, site: here.away }, { page: writer.page, site: here.home }]) {
      for (const what of ["main > article", ".thread li"]) {
        await page.goto(site.url + path);
        await page.locator(what).first().locator('a[href$="/wie-zegt-dit"]').click();
        await reaches(verdict(page), "verified");
        const answers = page.locator('.operations [data-state="verified"]');
        assert.equal(await answers.count(), await page.locator("[data-operation]").count());
        for (const answer of await answers.all()) assert.ok(await answer.isVisible());
      }
    }
    await writer.remember();
    await picture(writer.page, "proof-desktop");
    await picture(answerer.page, "proof-phone");
  });

  await t.test("the private key never leaves, nor does the secret of the invitation", async () => {
    const device = await writer.page.evaluate(async () => {
      const main = document.querySelector("main");
      return main.querySelector('[data-role="item"] [data-claim="device"]').dataset.value;
    });
    // The last page was the proof of the answer, by the other device: go to that of the event.
    await writer.page.goto(here.home.url + path);
    await writer.page.locator('main > article a[href$="/wie-zegt-dit"]').click();
    await reaches(verdict(writer.page), "verified");
    const own = await writer.page.locator('[data-role="item"] [data-claim="device"]').getAttribute("data-value");
    assert.notEqual(own, device, "two people wrote, with two devices");

    const key = await privateKeyOf(writer.page, own);
    const invitation = Buffer.from(new URL(here.home.invitation).hash.slice(1));
    assert.equal(invitation.length, 12);
    assert.ok(writer.requests.some(({ method, body }) => method === "POST" && body?.length > 0), "posts are on record");
    assert.deepEqual(leaks(writer, key), [], "the private key");
    assert.deepEqual(leaks(writer, invitation), [], "the secret of the invitation");
    assert.deepEqual(writer.requestsBeyond([here.home, here.away]), [], "requests to others");
  });
});

test("a secret that slips out would be noticed", async (t) => {
  const visitor = await here.visitor(t);
  await visitor.page.goto(here.home.url);
  const secret = Buffer.from("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", "hex");
  assert.deepEqual(leaks(visitor, secret), []);
  await visitor.page.evaluate((hex) => console.log(`key ${hex}`), secret.toString("hex"));
  await visitor.page.evaluate((base64) => fetch("/api/v1/status", { headers: { "x-test": base64 } }), secret.toString("base64"));
  await visitor.page.evaluate(async (bytes) => {
    await fetch("/api/v1/operations", { method: "POST", body: new Uint8Array(bytes) });
  }, [...secret]);
  const found = leaks(visitor, secret).join("; ");
  assert.match(found, /hexadecimal in console/);
  assert.match(found, /base64 in headers/);
  assert.match(found, /raw bytes in body/);
});

test("somebody without a key is shown the way in", async (t) => {
  const visitor = await here.visitor(t);
  await visitor.page.goto(`${here.home.url}/schrijven`);
  await reaches(area(visitor.page, "write"), "needs-key");
  assert.ok(!(await visitor.page.locator('form[data-dorpsplein="write"]').isVisible()));
  await visitor.page.locator('[data-area="write"] [data-state="needs-key"] a').click();
  await reaches(area(visitor.page, "join"), "needs-invitation");
});
