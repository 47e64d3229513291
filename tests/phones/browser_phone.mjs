// JsSIP, SIP.js or the desk's own page in headless Chromium as an agent's phone, moved by lines of JSON: serves a page at
// 127.0.0.1, opens it, and passes on what the test says. What they do stands in jssip_page.js, sipjs_page.js, desk_page.js.

import { createRequire } from "node:module";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const settings = JSON.parse(process.argv[2]);
const theirs = createRequire(join(settings.modules, "index.js"));
const esbuild = theirs("esbuild");
const { chromium } = theirs("playwright-core");
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
  "--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns", "--ignore-certificate-errors",
  "--autoplay-policy=no-user-gesture-required",
];

const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const here = dirname(fileURLToPath(import.meta.url));
const script = esbuild.buildSync({
  entryPoints: [join(here, { JsSip: "jssip_page.js", SipJs: "sipjs_page.js", DeskPage: "desk_page.js" }[settings.make])],
  bundle: true, format: "iife", globalName: "made", write: false, nodePaths: [settings.modules], logLevel: "error",
}).outputFiles[0].text;

const server = createServer((asked, answer) => {
  const isScript = asked.url === "/phone.js";
  answer.setHeader("content-type", isScript ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8");
  answer.end(isScript ? script : '<!doctype html><title>phone</title><script src="/phone.js"></script>');
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));

const running = await chromium.launchServer({ executablePath: "/usr/bin/chromium", args: FLAGS, headless: true });
const browser = await chromium.connect(running.wsEndpoint());

// The whole machine sleeps, as far as the browser is concerned: all its processes stand still.
const SLEEP_MS = 10_000;
const everything = -running.process().pid;
function sleep() {
  process.kill(everything, "SIGSTOP");
  setTimeout(() => { process.kill(everything, "SIGCONT"); tell({ happened: "awake" }); }, SLEEP_MS);
}

const page = await browser.newPage();
page.on("console", (line) => process.stderr.write(line.text() + "\n"));
page.on("pageerror", (error) => process.stderr.write(String(error) + "\n"));
await page.exposeFunction("happened", (what, why) => tell({ happened: what, why }));
const ear = join(settings.folder, "heard.raw");
await page.exposeFunction("heard", (samples) => appendFileSync(ear, Buffer.from(samples, "base64")));
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.evaluate((told) => made.switchOn(told), settings);
tell({ happened: "on" });

for await (const line of createInterface({ input: process.stdin })) {
  const { do: what, to } = JSON.parse(line);
  if (what === "sleep") {
    sleep();
    tell({ done: what, why: null });
    continue;
  }
  try {
    if (what === "reload") {
      await page.reload();
      await page.evaluate((told) => made.switchOn(told), settings);
      tell({ done: what, why: null });
      continue;
    }
    await page.evaluate(([what, to]) => made.does(what, to), [what, to]);
    tell({ done: what, why: null });
  } catch (why) {
    tell({ done: what, why: why.message.split("\n")[0] });
  }
}
await running.close();
process.exit(0);
