import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { placeKoffi } from '../../tools/koffi.ts';
import { isMissing } from '../peers.ts';
import { windowsNodeForWine } from './nodes.ts';
import { windowsPath } from './prefix.ts';
import { reportedEvents, WITH_EVENTS } from './reported-events.ts';
import { bootWine } from './wine.ts';

const ROTATED = {
  files: { 'agent.log': [10], 'agent.1.log': [7, 8, 9], 'agent.2.log': [4, 5, 6] },
  refusals: [],
};

/** As Windows numbers them: EVENTLOG_ERROR_TYPE and so on. */
const [ERROR, WARNING, INFORMATION] = [1, 2, 4];

it.skipIf(isMissing('wine64'))(
  'on Windows the log rotates whoever reads it, and the event log is handed source, type, number and text',
  async () => {
    const wine = await bootWine();
    try {
      const folder = join(wine.home, 'logging');
      mkdirSync(folder);
      await placeKoffi(folder);
      await build({
        entryPoints: { probe: join(import.meta.dirname, 'logging-probe.ts') },
        outdir: folder,
        outExtension: { '.js': '.mjs' },
        bundle: true,
        format: 'esm',
        platform: 'node',
        external: ['koffi'],
      });
      const node = await windowsNodeForWine();
      const { code, out, err } = await wine.runTraced(
        WITH_EVENTS,
        node,
        windowsPath(join(folder, 'probe.mjs')),
        windowsPath(folder),
      );
      expect(code, err).toBe(0);
      expect(reportedEvents(err)).toEqual([
        { source: 'checkpoint-agent-test', type: INFORMATION, id: 100, text: 'The agent has started.' },
        {
          source: 'checkpoint-agent-test',
          type: WARNING,
          id: 200,
          text: 'hv01 was not read: Zugriff verweigert – 拒',
        },
        { source: 'checkpoint-agent-test', type: ERROR, id: 900, text: 'The service has failed.' },
      ]);
      const { readOlder, ...happened } = JSON.parse(out);
      expect(happened).toEqual({
        alone: ROTATED,
        node: ROTATED,
        delete: ROTATED,
        write: ROTATED,
        writeOlder: ROTATED,
        events: [],
      });
      // A reader that lets nobody write its file stops rotation; up to twice the length everything is kept.
      expect(readOlder.files['agent.1.log']).toEqual([1, 2, 3]);
      expect(readOlder.files['agent.log']).toEqual([4, 5, 6, 7, 8, 9]);
      expect(readOlder.refusals).toEqual(['it is full and cannot be renamed: another program keeps it open']);
    } finally {
      await wine.end();
    }
  },
  600_000,
);
