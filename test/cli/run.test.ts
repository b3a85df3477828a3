import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { configName } from '../../src/cli/run.ts';
import { loadConfig } from '../../src/config/load.ts';
import { itElsewhere } from '../skip-on-windows.ts';

itElsewhere(
  'the log names the file in force, or says in words that there is none and where it would be',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'run-cli-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'agent.yml');
    const named = (given: string | null) => {
      const env = { XDG_CONFIG_HOME: folder };
      const loaded = loadConfig({ path: given, env, platform: process.platform, cwd: folder });
      if (!loaded.ok) throw new Error('it can be used');
      return configName(loaded);
    };
    expect(named(null)).toBe(
      `the defaults; there is no ${join(folder, 'hyperv-checkpoint-agent/agent.yml')}`,
    );
    writeFileSync(path, 'web: { listen: 127.0.0.1:9754 }\n');
    expect(named(path)).toBe(path);
  },
);
