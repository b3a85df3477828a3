import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readReport } from '../src/collector/report.ts';
import type { Finding } from '../src/core/finding.ts';
import { inventoryOfReports, judgedView } from '../src/core/judged-view.ts';
import type { HostReport } from '../src/core/model.ts';
import { evaluateCheck } from '../src/core/nagios/evaluate.ts';
import { parseCheckOptions } from '../src/core/nagios/options.ts';
import { exitCode } from '../src/core/nagios/result.ts';
import { compilePolicy } from '../src/core/policy/compile.ts';
import type { PolicyMemory } from '../src/core/policy/memory.ts';
import { renderCheck } from '../src/core/render/nagios.ts';
import { plainText } from '../src/core/render/plain-text.ts';
import { MINUTE_MS } from '../src/core/units.ts';
import type { AgentView } from '../src/core/view.ts';
import { configOf, HV01 } from './config/fixture.ts';

const FOLDER = new URL('cases/', import.meta.url);
const NAMES = readdirSync(FOLDER, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

/** The agent's clock when it looks, a minute after the reports were made. */
const NOW = Date.UTC(2026, 10, 20, 10, 31);

function textOf(name: string, file: string): string | null {
  try {
    return readFileSync(new URL(`${name}/${file}`, FOLDER), 'utf8');
  } catch {
    return null;
  }
}

async function reportOf(text: string): Promise<HostReport> {
  const read = await readReport(text, { host: 'hv01', readAt: null, durationMs: null });
  return read.ok
    ? read.reading
    : { status: 'failed', host: 'hv01', failedAt: NOW - MINUTE_MS, durationMs: 1000, error: read.error };
}

function memoryOf(text: string | null): PolicyMemory {
  const { guests = {}, exceptions = {} } = text === null ? {} : JSON.parse(text);
  return { guests: new Map(Object.entries(guests)), exceptions: new Map(Object.entries(exceptions)) };
}

async function viewOf(name: string): Promise<AgentView> {
  const config = configOf(textOf(name, 'agent.yml') ?? '', { ...HV01, now: NOW });
  const report = await reportOf(textOf(name, 'report.json') ?? '');
  return judgedView(inventoryOfReports([report], NOW), {
    policy: compilePolicy(config.policy),
    memory: memoryOf(textOf(name, 'memory.json')),
    scanIntervalMs: 15 * MINUTE_MS,
    now: NOW,
  });
}

/** `critical checkpoint-age SQL01 "before patch" (user): older than 7d`. */
function lineOf(finding: Finding): string {
  const { severity, rule, vm, checkpoint, host, reason, exception, owner } = finding;
  const about = checkpoint === null ? '' : ` "${checkpoint.name}" (${checkpoint.kind})`;
  const more = [
    ...(owner === null ? [] : [`owner ${owner}`]),
    ...(exception === null ? [] : [`excepted: ${exception.reason}`]),
  ];
  const line = `${severity} ${rule} ${vm?.name ?? (host === '' ? 'the configuration' : host)}${about}: ${reason}`;
  return plainText(`${line}${more.length === 0 ? '' : ` [${more.join('; ')}]`}`, 400);
}

function expectedText(view: AgentView): string {
  const options = parseCheckOptions(new URLSearchParams());
  if (!options.ok) throw new Error('no options are fine');
  const result = evaluateCheck(view, options.options);
  const findings = view.findings.map(lineOf);
  return [
    ...(findings.length === 0 ? ['no findings'] : findings),
    '',
    `${renderCheck(result).split(/[\n|]/, 1)[0]?.trim()}`,
    `exit ${exitCode(result)}`,
    '',
  ].join('\n');
}

describe('what is found, situation by situation', () => {
  it.each(NAMES)('%s', async (name) => {
    await expect(expectedText(await viewOf(name))).toMatchFileSnapshot(`cases/${name}/expected.txt`);
  });

  it('holds a sentence about each situation', () => {
    const untold = NAMES.filter((name) => !/^# \S.{15,}/.test(textOf(name, 'agent.yml') ?? ''));
    expect(untold).toEqual([]);
  });

  it('has enough of them to be a picture of the field', () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(60);
  });
});
