// When the first words of a page stand on the screen, for somebody who opens it for the first time on an old telephone with a
// bad line: 50 KB/s both ways, two seconds for a round trip, a processor four times slower.
//
//   node bench/painting.js SITE PATH TIMES
//
// Prints one line of JSON: the milliseconds of each time, as the browser itself noted them (Paint Timing).

import { Visitor, launch } from "../harness/browser.js";

const LINE = { offline: false, latency: 2_000, downloadThroughput: 50 * 1024, uploadThroughput: 50 * 1024 };

const [site, path, times] = process.argv.slice(2);
const browser = await launch();
try {
  const measured = [];
  for (let time = 0; time < Number(times); time++) measured.push(await paint());
  console.log(JSON.stringify(measured));
} finally {
  await browser.close();
}

/** Opens the page in a profile that was never here. */
async function paint() {
  const visitor = await Visitor.arrive(browser);
  const { page, context } = visitor;
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  await devtools.send("Network.emulateNetworkConditions", LINE);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.goto(site + path, { waitUntil: "commit", timeout: 60_000 });
  const first = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
  const at = await (await page.waitForFunction(first, undefined, { timeout: 60_000, polling: 100 })).jsonValue();
  await visitor.leave();
  return at;
}
