import { defineConfig, type Plugin } from "vite";

/** The development server inserts its styles into the page, which the policy of the finished page forbids. */
const allowInsertedStyles: Plugin = {
  name: "allow-inserted-styles",
  apply: "serve",
  transformIndexHtml: (html) => html.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
};

export default defineConfig({
  // Addresses relative to the page: the files work from any folder of any server.
  base: "./",
  build: { modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  plugins: [allowInsertedStyles],
});
