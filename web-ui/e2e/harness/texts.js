// The texts of the site, from the same files the box reads.

import { readFileSync, readdirSync } from "node:fs";

const LOCALES = new URL("../../locales/", import.meta.url);

/** A plain text of the site: one line without variables. */
export function text(lang, id) {
  const folder = new URL(`${lang}/`, LOCALES);
  for (const name of readdirSync(folder)) {
    const line = readFileSync(new URL(name, folder), "utf8").split("\n").find((line) => line.startsWith(`${id} = `));
    if (line) return line.slice(id.length + 3);
  }
  throw new Error(`there is no text ${id} in ${lang}`);
}
