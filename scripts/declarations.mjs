// Rolls the declarations that tsc wrote to build/types up into dist/lib/index.d.ts: what the public index exports, and nothing
// else. Then compares them with the report in src/lib/index.api.md, in which a change of the public API shows in review.
// With --update it writes the report.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const ENTRY = "build/types/lib/index.d.ts";
const ROLLUP = "dist/lib/index.d.ts";
const REPORT = "index.api.md";
// API Extractor does not copy this line. Programs that name no types of their own find those of Node.js by it.
const REFERENCE = '/// <reference types="node" />\n\n';
// The constructor of McastError is internal, so it is not declared. Without a private one, the class would inherit that of Error,
// and a program could compile `new McastError("text")`, which throws.
const ERROR_CLASS = "class McastError extends Error {\n";
const PRIVATE = "    private constructor();\n";
// The package has one release stage, so names carry no tag for it.
const UNUSED = ["ae-missing-release-tag"];
const CHANGED = "The public API differs from src/lib/index.api.md: look at the change, and run npm run api to accept it.";

/** Writes the declarations, and returns what is wrong with them: a line for each name without documentation, and so on. */
export function declarations({ update = false } = {}) {
  mkdirSync("build/report", { recursive: true });
  const faults = [];
  Extractor.invoke(config(), {
    localBuild: update,
    messageCallback: (message) => {
      message.handled = true;
      if (["verbose", "info", "none"].includes(message.logLevel) || UNUSED.includes(message.messageId)) return;
      const isReport = message.messageId.startsWith("console-api-report");
      if (isReport && update) return;
      faults.push(isReport ? CHANGED : `${message.messageId}: ${message.text}`);
    },
  });
  const rolled = readFileSync(ROLLUP, "utf8");
  if (!rolled.includes(ERROR_CLASS)) faults.push(`${ROLLUP} has no "${ERROR_CLASS}"`);
  const head = rolled.startsWith(REFERENCE) ? "" : REFERENCE;
  writeFileSync(ROLLUP, head + rolled.replace(ERROR_CLASS, ERROR_CLASS + PRIVATE));
  return faults;
}

function config() {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: resolve("."),
      mainEntryPointFilePath: resolve(ENTRY),
      newlineKind: "lf",
      compiler: {
        overrideTsconfig: {
          compilerOptions: { target: "es2022", lib: ["es2022"], module: "node20", types: ["node"], strict: true },
          files: [ENTRY],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: REPORT,
        reportFolder: resolve("src/lib"),
        reportTempFolder: resolve("build/report"),
      },
      docModel: { enabled: false },
      tsdocMetadata: { enabled: false },
      dtsRollup: { enabled: true, untrimmedFilePath: resolve(ROLLUP) },
      messages: { extractorMessageReporting: { default: { logLevel: "warning" } } },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve("package.json"),
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!existsSync(ENTRY)) throw new Error(`${ENTRY} is missing: run npm run build`);
  for (const fault of declarations({ update: process.argv.includes("--update") })) console.error(fault);
}
