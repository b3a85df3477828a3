import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayReport } from '../../../src/collector/replay.ts';
import { coverageGaps } from '../../../src/core/coverage.ts';
import { inventoryOfReports } from '../../../src/core/judged-view.ts';
import { NO_MEMORY } from '../../../src/core/policy/memory.ts';
import { postflight } from '../../../src/core/postflight/postflight.ts';
import { preflight } from '../../../src/core/preflight/preflight.ts';
import { answerText } from '../../../src/core/render/answer-text.ts';
import { judge } from '../../../src/core/rules/index.ts';
import type { SeenVm } from '../../../src/core/rules/seen.ts';
import { DEFAULT_POLICY } from '../../policy.ts';

const scenarios = globSync('test/fixtures/recordings/*.json');

async function seenIn(path: string) {
  const report = await replayReport(path);
  const now = report.status === 'read' ? report.readAt : 0;
  const inventory = inventoryOfReports([report], now);
  const { seen } = judge({ inventory, policy: DEFAULT_POLICY, memory: NO_MEMORY, now });
  return seen.vms.map((each) => ({ seen: each, policy: DEFAULT_POLICY, now }));
}

/** What was not looked at, but for what nobody can look at. */
function gapsOf({ host, vm, chain }: SeenVm): readonly string[] {
  return coverageGaps({ inventory: { at: 0, hosts: [{ ...host, vms: [{ vm, chain }] }] } })
    .flatMap(({ errors }) => errors.map(({ code }) => code))
    .filter((code) => code !== 'VHDSET_UNMEASURED');
}

describe.each(scenarios.map((path) => [basename(path, '.json'), path]))('every VM of %s', (_, path) => {
  it('gets no yes while anything about it was not looked at', async () => {
    for (const asked of await seenIn(path)) {
      if (gapsOf(asked.seen).length > 0) expect(preflight(asked, false).verdict).not.toBe('yes');
    }
  });

  it('gets an answer with a line for each check', async () => {
    for (const asked of await seenIn(path)) {
      for (const answer of [preflight(asked, false), postflight(asked, null)]) {
        expect(answerText(answer).trimEnd().split('\n')).toHaveLength(answer.checks.length + 2);
      }
    }
  });

  it('is not gone and merged while it runs on AVHDX files beside ordinary or no checkpoints', async () => {
    for (const asked of await seenIn(path)) {
      const { chain, vm } = asked.seen;
      const kept = (vm.checkpoints ?? []).filter(({ kind }) => kind !== 'user' && kind !== 'automatic');
      if (chain.atLeastDepth > 0 && kept.length === 0)
        expect(postflight(asked, null).verdict).not.toBe('yes');
    }
  });
});
