import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

const COMMON = {
  absWorkingDir: ROOT,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Bundles the agent into a folder, with what it reads beside itself. @returns the files that went into it. */
export async function bundleAgent(folder: string, revision: string): Promise<readonly string[]> {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: { 'checkpoint-agent': 'src/main.ts' },
    outdir: folder,
    splitting: true,
    target: 'node24',
    define: { BUILD_REVISION: JSON.stringify(revision) },
    // Some dependencies are CommonJS and ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  cpSync(join(ROOT, 'src/collector/powershell'), join(folder, 'powershell'), { recursive: true });
  return Object.keys(metafile.inputs);
}

/**
 * Bundles the Windows service host into a folder. It needs koffi beside it ({@link placeKoffi}), which stays out
 * because its native part has to be found by its own loader.
 * @returns the files that went into it.
 */
export async function bundleServiceHost(folder: string): Promise<readonly string[]> {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: { 'service-host': 'service/host/main.ts' },
    outdir: folder,
    // Older than the agent's: the tests run it on a Node.js that Wine can start as it is.
    target: 'node22',
    external: ['koffi'],
  });
  return Object.keys(metafile.inputs);
}
