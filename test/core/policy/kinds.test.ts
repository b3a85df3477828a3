import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/core/units.ts';
import { type CheckpointSpec, inventory, NOW } from '../../builders.ts';
import { findingsIn, policyOf } from '../../policy.ts';

/** The kinds that the checkpoints of a VM get, in their order. */
function kindsOf(yaml: string, vm: string, checkpoints: readonly CheckpointSpec[]): readonly string[] {
  const classified = policyOf(yaml).classify(inventory({ vms: [{ name: vm, checkpoints }] }));
  return (classified.hosts[0]?.vms[0]?.vm.checkpoints ?? []).map(({ kind }) => kind);
}

describe('kinds of checkpoints', () => {
  it('are found by name, notes or VM, whatever the case, everything else literal', () => {
    const yaml = `
kinds:
  golden: { checkpoint: ["GOLDEN*", "[img]"] }
  noted: { notes: "*keep for audit*" }
`;
    expect(
      kindsOf(yaml, 'A', [
        { name: 'golden image' },
        { name: '[IMG]' },
        { name: 'i' },
        { name: 'x', notes: 'Keep for AUDIT 2026' },
        { name: 'not golden' },
      ]),
    ).toEqual(['golden', 'golden', 'user', 'noted', 'user']);
    expect(kindsOf('kinds: { lab: { vm: "lab?" } }', 'LAB1', [{ name: 'x' }])).toEqual(['lab']);
    expect(kindsOf('kinds: { lab: { vm: "lab?" } }', 'LAB10', [{ name: 'x' }])).toEqual(['user']);
  });

  it('need every list that is given', () => {
    const yaml = 'kinds: { golden: { vm: "lab*", checkpoint: "golden*" } }';
    expect(kindsOf(yaml, 'LAB1', [{ name: 'golden' }, { name: 'x' }])).toEqual(['golden', 'user']);
    expect(kindsOf(yaml, 'SQL1', [{ name: 'golden' }])).toEqual(['user']);
  });

  it('leave what Hyper-V says of backups, replicas and the rest alone, unless told otherwise', () => {
    const all = ['user', 'automatic', 'unknown', 'backup', 'replica', 'planned', 'missing'].map((kind) => ({
      name: kind,
      kind,
    }));
    expect(kindsOf('kinds: { own: { vm: "*" } }', 'A', all)).toEqual([
      'own',
      'own',
      'own',
      'backup',
      'replica',
      'planned',
      'missing',
    ]);
    expect(kindsOf('kinds: { own: { vm: "*", of: backup } }', 'A', all).slice(0, 4)).toEqual([
      'user',
      'automatic',
      'unknown',
      'own',
    ]);
  });

  it('let the last definition that matches hold, the file over presets', () => {
    const yaml = `
kind_presets: rds-pool
kinds: { a: { vm: "*" }, b: { checkpoint: "RDV*" } }
`;
    expect(kindsOf(yaml, 'VDI-1', [{ name: 'RDV_Rollback' }, { name: 'x' }])).toEqual(['b', 'a']);
  });

  it('keep a restore point of a replica from being a forgotten checkpoint', () => {
    const vms = [{ name: 'SQL01_replica', checkpoints: [{ name: 'Restore Point 1', ageMs: 20 * DAY_MS }] }];
    const found = (yaml: string) =>
      findingsIn(inventory({ readAt: NOW, vms }), NOW, { policy: policyOf(yaml) });
    expect(found('').map(({ rule, severity }) => [rule, severity])).toEqual([['checkpoint-age', 'critical']]);
    expect(found('kind_presets: veeam-replica')).toEqual([]);
  });
});
