import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';
import { openEventSource } from '../../service/host/event-source.ts';
import { createEventWriter } from '../../service/host/event-writer.ts';
import { createLogFile } from '../../src/agent/log-file.ts';
import { olderPath } from '../../src/agent/log-rotation.ts';

// Runs on Windows, and says on standard output what happened there. @see logging.test.ts
const SHARE = { read: 1, write: 2, delete: 4 } as const;
const [, , folder = ''] = process.argv;
const clock = { now: Date.now, monotonicMs: () => 0 };
const kernel = koffi.load('kernel32.dll');
const createFile = kernel.func(
  'void * __stdcall CreateFileW(str16 path, uint32 access, uint32 share, void *security, uint32 how, uint32 flags, void *template)',
);
const closeHandle = kernel.func('int __stdcall CloseHandle(void *handle)');

/** Opens a file for reading as a program does that shares this much of it. @returns what closes it */
function hold(path: string, share: number): () => void {
  const [genericRead, openExisting] = [0x80000000, 3];
  const handle = createFile(path, genericRead, share, null, openExisting, 0, null);
  return () => void closeHandle(handle);
}

/** Ten lines into files of three, while somebody holds those of these numbers, of which 0 is the present one. */
function rotated(name: string, numbers: readonly number[], open: (path: string) => () => void) {
  const home = join(folder, name);
  mkdirSync(home);
  const path = join(home, 'agent.log');
  const file = createLogFile(path, { maxBytes: 30, maxFiles: 2 }, { clock });
  const releases: (() => void)[] = [];
  const held = new Set<string>();
  const refusals: string[] = [];
  for (let line = 1; line <= 10; line += 1) {
    const why = file.append(`line ${String(line).padStart(3)}\n`);
    if (why !== null) refusals.push(why);
    for (const number of numbers) {
      const target = number === 0 ? path : olderPath(path, number);
      if (!existsSync(target) || held.has(target)) continue;
      held.add(target);
      releases.push(open(target));
    }
  }
  const files = Object.fromEntries(
    readdirSync(home).map((each) => [
      each,
      readFileSync(join(home, each), 'utf8').match(/\d+/g)?.map(Number) ?? [],
    ]),
  );
  for (const release of releases) release();
  file.close();
  return { files, refusals };
}

const withNode = (path: string): (() => void) => {
  const descriptor = openSync(path, 'r');
  return () => closeSync(descriptor);
};
const everything = SHARE.read | SHARE.write | SHARE.delete;
const said: string[] = [];
const events = createEventWriter(await openEventSource('checkpoint-agent-test'), (text) => said.push(text));
events.tell('started', 'The agent has started.');
events.heard({
  type: 'event',
  id: 200,
  severity: 'warning',
  text: 'hv01 was not read: Zugriff verweigert – 拒',
});
events.tell('crashed', 'The service has failed.');

console.log(
  JSON.stringify({
    alone: rotated('alone', [], withNode),
    node: rotated('node', [0, 1, 2], withNode),
    delete: rotated('delete', [0, 1, 2], (path) => hold(path, everything)),
    write: rotated('write', [0, 1, 2], (path) => hold(path, SHARE.read | SHARE.write)),
    writeOlder: rotated('write-older', [1], (path) => hold(path, SHARE.read | SHARE.write)),
    readOlder: rotated('read-older', [1], (path) => hold(path, SHARE.read)),
    events: said,
  }),
);
