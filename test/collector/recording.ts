import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchReport } from '../../src/collector/collector.ts';
import { createNodePowerShell } from '../../src/collector/node-powershell.ts';
import { loadScript } from '../../src/collector/scripts.ts';
import { MIB, SECOND_MS } from '../../src/core/units.ts';
import { scenarioNames, standInDigest } from '../hyperv/stand-in.ts';
import { MACHINE } from './shells.ts';
import { prepareStandInShell } from './stand-in-shell.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const RECORDINGS = join(ROOT, 'test', 'fixtures', 'recordings');
const SCRIPT = await loadScript('inventory');
const SCENARIOS = join(ROOT, 'test', 'hyperv', 'scenarios');

/** Scenarios in which no report is ever made. */
const UNANSWERED: ReadonlySet<string> = new Set(['get-vm-hangs']);

/** Which script and stand-in a report was made with. It stands in the report itself, which can be replayed as it is. */
export interface Origin {
  readonly scenario: string;
  readonly script: string;
  readonly standIn: string;
}

export function recordedScenarios(): readonly string[] {
  return scenarioNames().filter((name) => !UNANSWERED.has(name));
}

export function recordingPath(scenario: string): string {
  return join(RECORDINGS, `${scenario}.json`);
}

/** The recordings there are, whether or not their scenarios still are. */
export function existingRecordings(): readonly string[] {
  return readdirSync(RECORDINGS)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

export function originOf(scenario: string): Origin {
  return {
    scenario: `${scenario} ${digestOf(readFileSync(join(SCENARIOS, `${scenario}.json`), 'utf8'))}`,
    script: digestOf(SCRIPT),
    standIn: standInDigest().slice(0, 16),
  };
}

function digestOf(text: string): string {
  // A checkout on Windows may have other line ends.
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex').slice(0, 16);
}

/** Runs the script on a scenario with a real PowerShell. Gives the document, freed of what differs from run to run. */
export async function makeRecording(scenario: string): Promise<Record<string, unknown>> {
  const shell = await prepareStandInShell(scenario);
  try {
    const runner = createNodePowerShell(shell, MACHINE);
    // Waiting for a disk that never answers takes nearly half of it.
    const timeoutMs = scenario === 'get-vhd-hangs' ? 25 * SECOND_MS : 60 * SECOND_MS;
    const config = { powershell: shell, timeoutMs, maxReportBytes: 64 * MIB };
    const raw = await fetchReport({ runner, config }, new AbortController().signal);
    if (!raw.ok) throw new Error(`${scenario}: no report: ${raw.error.code} ${raw.error.detail}`);
    return { recording: originOf(scenario), ...normalised(JSON.parse(raw.text)) };
  } finally {
    await shell.dispose();
  }
}

function normalised(report: Record<string, unknown>): Record<string, unknown> {
  const collector = Object(report.collector);
  const stages = Object.keys(Object(collector.timings));
  return {
    ...report,
    scanId: '00000000-0000-4000-8000-000000000000',
    startedAt: report.finishedAt,
    collector: { ...collector, ps: '7', timings: Object.fromEntries(stages.map((stage) => [stage, 1])) },
  };
}

/** As it is written to a file: small differences stay small. */
export function toText(recording: Record<string, unknown>): string {
  return `${JSON.stringify(recording, null, 1)}\n`;
}
