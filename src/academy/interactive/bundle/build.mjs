// Builds the scripts of interactive pages into ../share/bundle: small files with a hash in their names, compressed.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = join(here, "../share/bundle");

// Of Lumino, ipywidgets needs a small part: it is taken from Lumino's own sources. Only tabs need the bar of tabs.
const lumino = {
  name: "lumino",
  setup(build) {
    build.onResolve({ filter: /^@lumino\/widgets$/ }, ({ importer }) => ({
      path: join(here, importer.endsWith("tabpanel.js") ? "src/lumino-tabs.js" : "src/lumino.js"),
    }));
  },
};

// anywidget is published for AMD loaders only: its last line hands the module over, and that is what we import.
const anywidget = {
  name: "anywidget",
  setup(build) {
    build.onLoad({ filter: /anywidget[\\/]dist[\\/]index\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const handedOver = /\ndefine\(\["@jupyter-widgets\/base"\], (\w+)\);\s*$/;
      if (!handedOver.test(text)) throw new Error("anywidget is put together in another way than this build knows");
      return { contents: text.replace(handedOver, "\nexport default $1;\n") };
    });
  },
};

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["src/page.js"],
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  write: true,
  metafile: true,
  legalComments: "none", // the licences stand in licences.txt
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  mainFields: ["module", "main"],
  define: { "process.env.NODE_ENV": '"production"' },
  alias: {
    jquery: "cash-dom",
    "sanitize-html": "./src/sanitize.js",
  },
  plugins: [lumino, anywidget],
  logLevel: "warning",
});

const built = Object.keys(metafile.outputs);
const page = built.find((name) => metafile.outputs[name].entryPoint === "src/page.js");
const behind = metafile.outputs[page].imports.filter(({ kind }) => kind === "import-statement");
const manifest = { page: basename(page), with_page: behind.map(({ path }) => basename(path)) };

const names = new Set(built.map((name) => basename(name)));
mkdirSync(out, { recursive: true });
for (const name of readdirSync(out)) if (!names.has(name)) rmSync(join(out, name));
for (const name of names) {
  const body = readFileSync(join(out, name));
  writeFileSync(join(out, `${name}.br`), brotliCompressSync(body));
  writeFileSync(join(out, `${name}.gz`), gzipSync(body, { level: 9 }));
}

const packageOf = (input) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[0];
const licence = (folder) => {
  const found = readdirSync(join(here, folder)).find((name) => /^licen[cs]e/i.test(name));
  const { name, version, license } = JSON.parse(readFileSync(join(here, folder, "package.json"), "utf8"));
  return `${name} ${version} (${license})\n\n${found ? readFileSync(join(here, folder, found), "utf8") : ""}`;
};
const folders = new Set(Object.keys(metafile.inputs).map(packageOf).filter(Boolean));
writeFileSync(join(out, "licences.txt"), [...folders].sort().map(licence).join(`\n${"-".repeat(72)}\n\n`));
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest)}\n`); // last: where it stands, the rest does too
