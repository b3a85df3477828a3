import { expect, it } from 'vitest';
import { demoPolicyText } from '../../src/cli/demo-policy.ts';
import { createDemoCollector, DEMO_HOSTS } from '../../src/collector/demo/demo-collector.ts';
import { inventoryOfReports } from '../../src/core/judged-view.ts';
import { vmFacts } from '../../src/core/policy/vm-facts.ts';
import { HOUR_MS } from '../../src/core/units.ts';
import { NOW } from '../builders.ts';
import { policyOf, viewAt } from '../policy.ts';

const policy = policyOf(demoPolicyText(NOW));

async function demoAfter(hours: number) {
  const now = NOW + hours * HOUR_MS;
  const collector = createDemoCollector({ now: () => now, monotonicMs: () => now }, NOW);
  const signal = new AbortController().signal;
  const reports = await Promise.all(DEMO_HOSTS.map((host) => collector.collect(host, signal)));
  return viewAt(inventoryOfReports(reports, now), now, policy);
}

it('has everything that the policy knows in the first two days of its fleet', async () => {
  const views = await Promise.all([0, 1, 30].map(demoAfter));
  const rules = new Set(views.flatMap(({ findings }) => findings.map(({ rule }) => rule)));
  expect([...rules]).toEqual(
    expect.arrayContaining([
      ...['checkpoint-age', 'checkpoint-expired', 'lifetime-ignored', 'guest-role', 'undocumented'],
      ...['memory-state', 'production-fallback', 'checkpoint-policy', 'uncovered-disk', 'exception-ending'],
    ]),
  );
  const [first] = views;
  if (first === undefined) throw new Error('no view');
  const vms = first.inventory.hosts.flatMap((host) => host.vms.map(({ vm }) => vm));
  const kinds = new Set(vms.flatMap(({ checkpoints }) => checkpoints?.map(({ kind }) => kind) ?? []));
  expect([...kinds]).toEqual(
    expect.arrayContaining(['user', 'automatic', 'backup', 'replica', 'rds-pool', 'golden']),
  );
  const facts = vms.map((vm) => vmFacts(vm, first));
  expect(new Set(facts.map(({ role }) => role))).toEqual(
    new Set([null, 'domain-controller', 'guest-cluster', 'never']),
  );
  expect(new Set(facts.flatMap(({ tags }) => tags))).toEqual(new Set(['prod', 'lab', 'never']));
  expect(first.findings.some(({ exception }) => exception !== null)).toBe(true);
});
