// Looks at every page of a built catalog as people do. Arguments: folder of the site, its address, a folder for chromium.
"use strict";
const fs = require("fs");
const path = require("path");
const zlib = require("zlib");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [site, base, profiles] = process.argv.slice(2);
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
let failed = 0;

function verdict(problems, what) {
  if (problems.length) failed++;
  console.log((problems.length ? "FAIL  " : "PASS  ") + what);
  problems.slice(0, 20).forEach((p) => console.log("      " + p));
}

function pagesBelow(folder, prefix = "") {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((e) => {
    if (e.isDirectory()) return pagesBelow(path.join(folder, e.name), prefix + e.name + "/");
    return e.name.endsWith(".html") ? [prefix + e.name] : [];
  }).sort();
}
// Rules have a page each, all from one template: every tenth stands for the others.
const pages = pagesBelow(site).filter((page, n) => !/^rules\/[A-Z]{2}\d{4}\//.test(page) || n % 10 === 0);
// One page of each kind for what need not be asked of each page.
const kinds = new Map();
for (const page of pages) {
  const kind = page.split("/")[0] + "/" + page.split("/").length + (page.includes("/values/") ? "v" : "");
  if (!kinds.has(kind)) kinds.set(kind, page);
}
const some = [...kinds.values(), ...pages.filter((p) => /virtual-machines\/index|k3s-store\/index|vm-orchestrator\/index/.test(p))];

let n = 0;
async function browser(options, work) {
  const context = await chromium.launchPersistentContext(path.join(profiles, String(n++)), {
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium", headless: true, args: flags, ...options,
  });
  try {
    return await work(await context.newPage());
  } finally {
    await context.close();
  }
}

const url = (page) => base + "/" + page.split("/").map(encodeURIComponent).join("/");
const file = (page) => "file://" + site + "/" + page.split("/").map(encodeURIComponent).join("/");

async function audit(page, name) {
  await page.evaluate(axe);
  const result = await page.evaluate((tags) => window.axe.run(document, { runOnly: { type: "tag", values: tags } }), tags);
  return result.violations.map((v) => `${name}: ${v.id}: ${v.nodes[0].target} ${v.nodes[0].failureSummary.split("\n")[1] || ""}`);
}

(async () => {
  const light = await browser({ bypassCSP: true, colorScheme: "light", viewport: { width: 1280, height: 900 } }, async (page) => {
    const found = [];
    for (const name of pages) {
      await page.goto(url(name));
      found.push(...await audit(page, name));
    }
    return found;
  });
  verdict(light, `axe finds nothing on ${pages.length} pages, light, 1280 px`);

  const dark = await browser({ bypassCSP: true, colorScheme: "dark", viewport: { width: 1280, height: 900 } }, async (page) => {
    const found = [];
    for (const name of some) {
      await page.goto(url(name));
      found.push(...await audit(page, name));
    }
    return found;
  });
  verdict(dark, `axe finds nothing on ${some.length} pages, dark`);

  const [narrow, wide] = await browser({ bypassCSP: true, viewport: { width: 320, height: 700 } }, async (page) => {
    const found = [], wide = [];
    for (const name of pages) {
      await page.goto(url(name));
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > 320) wide.push(`${name}: ${width} px`);
      if (some.includes(name)) found.push(...await audit(page, name));
    }
    return [found, wide];
  });
  verdict(narrow, `axe finds nothing on ${some.length} pages at 320 px`);
  verdict(wide, `none of ${pages.length} pages scrolls sideways at 320 px`);

  const [outside, errors, many] = await browser({}, async (page) => {
    const outside = [], errors = [], many = [];
    let requests = 0, name = "";
    page.on("request", (r) => {
      requests++;
      if (!r.url().startsWith(base + "/") && !r.url().startsWith("data:")) outside.push(`${name}: ${r.url()}`);
    });
    page.on("console", (m) => { if (m.type() === "error") errors.push(`${name}: ${m.text()}`); });
    page.on("pageerror", (e) => errors.push(`${name}: ${e.message}`));
    for (name of pages) {
      requests = 0;
      await page.goto(url(name), { waitUntil: "networkidle" });
      if (requests > 4) many.push(`${name}: ${requests}`);
    }
    return [outside, errors, many];
  });
  verdict(outside, "no request leaves the site");
  verdict(errors, "no page breaks its policy or has an error");
  verdict(many, "no page needs more than 4 requests");

  const bare = await browser({ javaScriptEnabled: false }, async (page) => {
    const found = [];
    for (const name of pages) {
      await page.goto(file(name));
      if (await page.locator("h1").count() !== 1) found.push(`${name}: not one h1`);
      if (await page.locator("[data-copy]:visible, [data-theme-switch]:visible").count()) found.push(`${name}: a button that does nothing`);
    }
    await page.goto(file("index.html"));
    await page.locator(".list a").first().click();
    if (!/profiles/.test(page.url()) || await page.locator("#stack .slab").count() === 0) found.push("home does not lead to a stack");
    await page.locator("#stack .slab").first().click();
    if (!/#layer-/.test(page.url())) found.push("a slab does not lead to its layer");
    return found;
  });
  verdict(bare, "without JavaScript, from file://: every page, from home to a layer");

  const scripted = await browser({ viewport: { width: 1280, height: 900 } }, async (page) => {
    const found = [];
    page.on("console", (m) => { if (m.type() === "error") found.push(m.text()); });
    await page.goto(file("index.html"));
    const margin = await page.evaluate(() => getComputedStyle(document.body).marginTop);
    if (margin !== "0px") found.push("the style sheet is not there");
    await page.keyboard.press("/");
    await page.keyboard.type("virtual");
    await page.waitForSelector(".found li");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/virtual-machines/);
    const before = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.locator("[data-theme-switch]").click();
    const after = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    if (before === after) found.push("the theme does not change");
    await page.goto(file("profiles/index.html") + "?q=tag:gold");
    await page.waitForSelector(".results a");
    return found;
  });
  verdict(scripted, "with JavaScript, from file://: search by keyboard, theme, list of matches");

  const open = await browser({ bypassCSP: true }, async (page) => {
    await page.goto(url("profiles/index.html") + "?q=k3s");
    await page.waitForSelector(".results a");
    await page.locator("input[type=search]").fill("edge");
    await page.waitForSelector(".found li");
    await page.keyboard.press("ArrowDown");
    return audit(page, "search");
  });
  verdict(open, "axe finds nothing in an open search");

  const heavy = [];
  for (const name of pages) {
    const size = zlib.gzipSync(fs.readFileSync(path.join(site, name)), { level: 9 }).length;
    if (size > 20480 && !name.includes("/values/")) heavy.push(`${name}: ${size} bytes`);
  }
  for (const name of fs.readdirSync(path.join(site, "assets"))) {
    const size = zlib.gzipSync(fs.readFileSync(path.join(site, "assets", name)), { level: 9 }).length;
    if (/^(style|catalog)\./.test(name) && size > 8192) heavy.push(`${name}: ${size} bytes`);
  }
  verdict(heavy, "pages are at most 20 kB, style and script at most 8 kB, gzipped");
  process.exit(failed ? 1 : 0);
})().catch((error) => {
  console.log("FAIL  " + error.stack);
  process.exit(1);
});
