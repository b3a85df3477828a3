import { type Event, GIB, MIB, playHistory, type WrittenFile, type WrittenVm } from './build.ts';
import type { Scenario } from './scenario.ts';

export interface GenerateOptions {
  readonly vms: number;
  /** The share of machines that have checkpoints. */
  readonly suspectRatio: number;
  /** The same seed gives the same host. */
  readonly seed: number;
}

const NOW = Date.parse('2026-03-02T09:00:00Z');
const HOUR = 3_600_000;

/** A host of any size for load tests: most machines have one disk and nothing else, some have one to three checkpoints. */
export function generateScenario({ vms, suspectRatio, seed }: GenerateOptions): Scenario {
  const random = randomFrom(seed);
  const machines: WrittenVm[] = [];
  const files: WrittenFile[] = [];
  const suspects = Math.round(vms * suspectRatio);
  for (let index = 0; index < vms; index++) {
    const name = `vm${String(index + 1).padStart(5, '0')}`;
    // Spread evenly, so that every size has its share of suspects and none of them comes in one lump.
    const isSuspect = Math.floor((index * suspects) / vms) !== Math.floor(((index + 1) * suspects) / vms);
    const sizeBytes = Math.round(10 + random() * 90) * GIB;
    const folder = index % 2 === 0 ? 'C:\\VMs' : 'D:\\VMs';
    const { vm, files: own } = playHistory(
      { name, state: random() < 0.9 ? 'Running' : 'Off' },
      [{ slot: 'SCSI:0:0', path: `${folder}\\${name}\\${name}.vhdx`, sizeBytes, virtualBytes: 127 * GIB }],
      isSuspect ? checkpointHistory(random) : [],
    );
    machines.push(vm);
    files.push(...own);
  }
  return {
    title: `${vms} generated machines, ${suspects} of them with checkpoints`,
    volumes: [
      { root: 'C:\\', sizeBytes: 900_000 * GIB, freeBytes: 400_000 * GIB },
      { root: 'D:\\', sizeBytes: 900_000 * GIB, freeBytes: 100_000 * GIB },
    ],
    vms: machines,
    files,
  };
}

function checkpointHistory(random: () => number): readonly Event[] {
  const count = 1 + Math.floor(random() * 3);
  let hoursAgo = 24 * count + Math.floor(random() * 24 * 60);
  return Array.from({ length: count }, (_, index): Event => {
    hoursAgo -= 12;
    const at = new Date(NOW - hoursAgo * HOUR).toISOString();
    return { take: `checkpoint ${index + 1}`, at, writes: Math.round(4 + random() * 20_000) * MIB };
  });
}

/** Mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
