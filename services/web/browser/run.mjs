// Runs a TypeScript file of this folder as Vite reads it: node browser/run.mjs <file> [options]
import { runnerImport } from 'vite';

const [file] = process.argv.splice(2, 1);
await runnerImport(new URL(file, import.meta.url).pathname, { configFile: false, root: import.meta.dirname });
