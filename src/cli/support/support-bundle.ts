import { plainText } from '../../core/render/plain-text.ts';
import { formatBytes } from '../../core/units.ts';
import { USUAL_TIMEOUT_MS } from '../doctor/doctor.ts';
import { gather } from '../doctor/gather.ts';
import { type DoctorWorld, REAL_DOCTOR_WORLD } from '../doctor/world.ts';
import { untilInterrupted } from '../interrupt.ts';
import type { CliIo } from '../io.ts';
import { showProgress } from '../read-hosts.ts';
import { isThere, writeWholeFile } from '../whole-file.ts';
import { manifestText } from './manifest.ts';
import type { Part } from './part.ts';
import { type BundleOptions, bundleParts } from './parts.ts';
import { createScrubber, type Scrubber } from './scrub.ts';
import { knownSecrets } from './secrets.ts';
import { type ZipEntry, zip } from './zip.ts';

export interface SupportRequest extends BundleOptions {
  /** Where the archive goes; relative to the working directory. */
  readonly file: string;
  readonly config: string | null;
  readonly stateDir: string | null;
  readonly timeoutMs: number | null;
  /** Replace a file that is there. */
  readonly force: boolean;
}

const PATH_LENGTH = 1000;

/**
 * Puts into one archive what somebody needs who is to help from afar, without secrets. What cannot be had is left out and
 * said. Exit codes: 0 written, 1 not written.
 */
export async function supportBundle(
  request: SupportRequest,
  io: CliIo,
  world: DoctorWorld = REAL_DOCTOR_WORLD,
): Promise<number> {
  const { file, force, timeoutMs } = request;
  const shown = plainText(file, PATH_LENGTH);
  // Before everything is asked, which may take minutes.
  if (!force && (await isThere(file))) return tellThere(shown, io);
  const interrupt = untilInterrupted();
  const endProgress = showProgress('Looking', io);
  const limits = { timeoutMs: timeoutMs ?? USUAL_TIMEOUT_MS, isTimeoutGiven: timeoutMs !== null };
  try {
    const gathered = await gather({ ...request, ...limits, events: true }, io, world, interrupt.signal);
    const parts = await bundleParts(gathered, request, io);
    endProgress();
    const at = world.clock.now();
    const entries = entriesOf(parts, createScrubber(knownSecrets(gathered.loaded, io)), {
      at,
      isAnonymous: request.anonymise,
    });
    const archive = zip(entries, at);
    if (!force && (await isThere(file))) return tellThere(shown, io);
    const problem = await writeWholeFile(file, archive);
    if (problem !== null) {
      io.stderr.write(`${shown} could not be written: ${plainText(problem, PATH_LENGTH)}\n`);
      return 1;
    }
    io.stdout.write(`${entries[0]?.bytes.toString() ?? ''}\n`);
    io.stdout.write(
      `Written to ${shown} (${formatBytes(archive.length)}). Look inside before you send it.\n`,
    );
    return 0;
  } finally {
    endProgress();
    interrupt.dispose();
  }
}

/** The files without secrets, and before them the manifest. */
export function entriesOf(
  parts: readonly Part[],
  scrubber: Scrubber,
  { at, isAnonymous }: { readonly at: number; readonly isAnonymous: boolean },
): readonly ZipEntry[] {
  const files = parts.flatMap((part) =>
    'leftOut' in part ? [] : [{ ...part, bytes: bytesOf(part.content, scrubber) }],
  );
  const manifest = manifestText({
    at,
    isAnonymous,
    files: files.map(({ name, about, bytes }) => ({ name, about, bytes: bytes.length })),
    leftOut: parts.flatMap((part) => ('leftOut' in part ? [{ name: part.name, why: part.leftOut }] : [])),
  });
  return [
    { name: 'MANIFEST.txt', bytes: Buffer.from(scrubber.text(manifest)) },
    ...files.map(({ name, bytes }) => ({ name, bytes })),
  ];
}

type Content = Extract<Part, { content: unknown }>['content'];

function bytesOf(content: Content, scrubber: Scrubber): Buffer {
  if (content.type === 'text') return Buffer.from(scrubber.text(content.text));
  return Buffer.from(`${JSON.stringify(scrubber.value(content.value), null, 1)}\n`);
}

function tellThere(shown: string, { stderr }: CliIo): number {
  stderr.write(`${shown} is there already; --force replaces it\n`);
  return 1;
}
