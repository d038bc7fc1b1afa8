// What every test file needs: two neighbourhoods and a browser, started before its tests and gone after them.

import { after, before } from "node:test";

import { Visitor, launch } from "./browser.js";
import { Village } from "./village.js";

/**
 * Prepares a test file. Use the result inside tests only: it is filled before the first one runs.
 * @param {object} [how]
 * @param {string[]} [how.browserFlags]
 * @param {(here: object) => Promise<void>} [how.prepare] what the file itself wants done before its first test
 */
export function setting({ browserFlags = [], prepare } = {}) {
  let village;
  const here = {
    /** @type {import("./village.js").Site} The neighbourhood where things are written. */
    home: undefined,
    /** @type {import("./village.js").Site} The neighbours. */
    away: undefined,
    browser: undefined,
    /** A fresh invitation to the neighbourhood where things are written. */
    letter: () => village.letter(here.home),
    /** A new visitor, who leaves when the test ends. */
    async visitor(t, how) {
      const visitor = await Visitor.arrive(here.browser, how);
      t.after(() => visitor.leave());
      return visitor;
    },
  };
  before(async () => {
    village = await Village.start();
    [here.home, here.away] = village.sites;
    here.browser = await launch(browserFlags);
    await prepare?.(here);
  });
  after(async () => {
    await here.browser?.close();
    await village?.stop();
  });
  return here;
}
