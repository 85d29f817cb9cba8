import { readFileSync } from "node:fs";
import { toHtml } from "./blocks.ts";
import type { Results } from "./results.ts";
import { sectionOf } from "./sections.ts";
import { vaeSection } from "./vae.ts";

/** The figures and tables as one HTML page that loads nothing. */
export function renderPage(results: Results, only: readonly string[]): string {
  const css = readFileSync(new URL("page.css", import.meta.url), "utf8");
  const vae = only.includes("vae") ? `<section><h2>A discrete VAE of digits</h2>${toHtml(vaeSection())}</section>` : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gradient estimators on standard problems</title>
<style>${css}</style>
</head>
<body>
<main>
<h1>Gradient estimators on standard problems</h1>
<p>reparam ${results.version}, seed ${results.seed}${results.quick ? ". A QUICK RUN: a tenth of the steps, not for publication" : ""}.</p>
${results.problems.map((each) => `<section><h2>${each.title}</h2>${toHtml(sectionOf(each))}</section>`).join("\n")}
${vae}
</main>
</body>
</html>
`;
}
