import { createHash } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Packs a report as the collector script does. */
export function envelopeOf(json: string): string {
  const digest = createHash('sha256').update(json).digest('hex');
  return `<HVCP1 ${json.length} ${digest} ${gzipSync(json).toString('base64')} HVCP>`;
}

/** An executable that behaves like a PowerShell in which the script prints the envelope. */
export function makeShell(folder: string, envelope: string): string {
  writeFileSync(join(folder, 'envelope'), envelope);
  const path = join(folder, 'shell');
  const program = join(import.meta.dirname, 'fake-shell.mjs');
  writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${program}" "${join(folder, 'envelope')}"\n`);
  chmodSync(path, 0o755);
  return path;
}
