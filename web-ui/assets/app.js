// Starts the browser's module, which makes keys, signs and checks. Pages read fine without it.
// The names below get the hash of their content when the box is built.
import init, { start } from "./browser.js";

await init();
await start();
