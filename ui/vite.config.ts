import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

const dist = join(import.meta.dirname, "../wall/static/dist");

/** Pages compare this with what the server greets them with, and reload for a newer one. */
function buildTime(): Plugin {
  return {
    name: "build-time",
    apply: "build",
    closeBundle() {
      const build = Number(process.env["SOURCE_DATE_EPOCH"] ?? Math.floor(Date.now() / 1000));
      mkdirSync(dist, { recursive: true });
      writeFileSync(join(dist, "build.json"), `${JSON.stringify({ build })}\n`);
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [buildTime()],
  build: {
    outDir: dist,
    emptyOutDir: true,
    target: ["chrome109", "safari16.4"],
    manifest: "manifest.json",
    license: { fileName: "license.md" },
    // Nothing may become a data: URL: the pages' security policy loads from this server alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { demo: "src/demo/main.ts", wall: "src/wall/main.tsx", desk: "src/desk/main.tsx", join: "src/join/main.tsx", overlay: "src/overlay/main.tsx", stage: "src/stage/main.tsx" } },
  },
});
