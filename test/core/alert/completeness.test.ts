import { describe, expect, it } from 'vitest';
import { anyHostRead, observationOf } from '../../../src/core/alert/completeness.ts';
import type { CollectError, ErrorCode } from '../../../src/core/collect-error.ts';
import { collectError } from '../../../src/core/collect-error.ts';
import type { Finding } from '../../../src/core/finding.ts';
import { attributeVms, foldReport, rememberedHost, unreadHost } from '../../../src/core/fold.ts';
import type { CheckpointKind } from '../../../src/core/model.ts';
import type { RuleId } from '../../../src/core/rules/index.ts';
import { GIB } from '../../../src/core/units.ts';
import { finding, guid, type HostSpec, host, inventory, NOW, type VmSpec } from '../../builders.ts';
import { policyOf } from '../../policy.ts';

const READ_AT = NOW - 60_000;
const ofCheckpoint = finding({ vm: 'SQL01', checkpoint: 'patch' });
const NOTES_UNREAD = collectError('PROP_READ_FAILED', null, 'Notes');

function proof(about: Finding, ...hosts: readonly HostSpec[]): number | null {
  return observationOf(inventory(...hosts), []).provenAbsentAt(about);
}

function ruleOf(rule: RuleId, about: Finding = ofCheckpoint): Finding {
  return { ...about, rule };
}

function ofKind(kind: CheckpointKind): Finding {
  return { ...ofCheckpoint, checkpoint: ofCheckpoint.checkpoint && { ...ofCheckpoint.checkpoint, kind } };
}

function unknown(error: CollectError): Partial<VmSpec> {
  return { checkpoints: [{ name: 'patch', kind: 'unknown' }], errors: [error] };
}

function sql01(more: Partial<VmSpec> = {}): HostSpec {
  return { vms: [{ name: 'SQL01', checkpoints: [{ name: 'patch' }], ...more }] };
}

describe('a VM that is there', () => {
  it('proves by its own reading, however badly others were read', () => {
    const bad: VmSpec = { name: 'WEB07', checkpoints: null, errors: [collectError('SNAPSHOT_ENUM_FAILED')] };
    const hosts = [
      { ...sql01(), vms: [...(sql01().vms ?? []), bad], errors: [collectError('ENUMERATION_FAILED')] },
      { host: 'hv02', failed: collectError('TIMEOUT') },
    ];
    expect(proof(ofCheckpoint, ...hosts)).toBe(READ_AT);
  });

  it('proves nothing while it is seen on two hosts and one could not read it', () => {
    const unread: HostSpec = { host: 'hv02', vms: [{ name: 'SQL01', checkpoints: null }] };
    expect(proof(ofCheckpoint, sql01(), unread)).toBeNull();
    expect(proof(ofCheckpoint, sql01(), { ...sql01(), host: 'hv02' })).toBe(READ_AT);
  });

  it('proves nothing by a reading from before the latest attempt, or from before the agent was started', () => {
    expect(proof(ofCheckpoint, { ...sql01(), failed: collectError('TIMEOUT') })).toBeNull();
    const { reading } = host(sql01());
    if (reading === null) throw new Error('no reading');
    const remembered = { at: NOW, hosts: [rememberedHost(reading)] };
    expect(observationOf(remembered, []).provenAbsentAt(ofCheckpoint)).toBeNull();
    expect(anyHostRead(remembered)).toBe(false);
  });

  it('proves nothing about a replica while it could not be read whether it is one', () => {
    const ofReplica = { ...finding({ vm: 'SQL01' }), subject: `vm:${guid('SQL01')}@replica` };
    expect(proof(ofReplica, sql01({ replicationMode: 'replica' }))).toBe(READ_AT);
    expect(proof(ofReplica, sql01({ replicationMode: null }))).toBeNull();
    expect(proof(finding({ vm: 'SQL01' }), sql01({ replicationMode: null }))).toBe(READ_AT);
  });

  it('proves a checkpoint gone by its list of checkpoints alone, though disks were not opened', () => {
    const busy = { name: 'SQL01', checkpoints: [], disks: null, errors: [collectError('BUSY_SKIPPED')] };
    expect(proof(ruleOf('avhdx-size'), { vms: [busy] })).toBe(READ_AT);
    expect(proof(ruleOf('vm-avhdx-total', finding({ vm: 'SQL01' })), { vms: [busy] })).toBeNull();
  });

  it.each<[RuleId, Finding, Partial<VmSpec>, boolean]>([
    ['checkpoint-age', ofCheckpoint, {}, true],
    ['checkpoint-age', ofCheckpoint, { checkpoints: [{ name: 'patch', createdAt: null }] }, false],
    ['checkpoint-age', ofCheckpoint, { checkpoints: null }, false],
    ['checkpoint-age', ofCheckpoint, { errors: [collectError('TIME_IN_FUTURE', null, 'patch')] }, false],
    ['checkpoint-age', ofCheckpoint, { errors: [collectError('TIME_IN_FUTURE', null, 'other')] }, true],
    ['checkpoint-age', ofCheckpoint, { errors: [collectError('VM_GONE')] }, false],
    [
      'checkpoint-age',
      ofCheckpoint,
      { errors: [collectError('PROP_READ_FAILED', null, 'Generation')] },
      true,
    ],
    // What notes and names select is not known without them: a tag, a kind, a declared end.
    ['checkpoint-age', ofCheckpoint, { errors: [NOTES_UNREAD] }, false],
    ['guest-role', ofCheckpoint, { errors: [NOTES_UNREAD] }, false],
    ['checkpoint-expired', ofCheckpoint, { errors: [NOTES_UNREAD] }, false],
    ['checkpoint-age', ofCheckpoint, { errors: [collectError('PROP_READ_FAILED', null, 'Name')] }, false],
    ['checkpoint-age', ofCheckpoint, { checkpoints: [], errors: [NOTES_UNREAD] }, true],
    ['production-fallback', ofCheckpoint, {}, true],
    ['production-fallback', ofCheckpoint, { checkpoints: [{ name: 'patch', hasMemory: null }] }, false],
    ['memory-state', ofCheckpoint, { checkpoints: [{ name: 'patch', hasMemory: null }] }, false],
    ['avhdx-size', ofCheckpoint, {}, true],
    ['avhdx-size', ofCheckpoint, { checkpoints: [{ name: 'patch', layerBytes: null }] }, false],
    ['avhdx-size', ofCheckpoint, { disks: null }, false],
    ['vm-avhdx-total', finding({ vm: 'SQL01' }), {}, true],
    ['vm-avhdx-total', finding({ vm: 'SQL01' }), { checkpoints: [{ name: 'a', layerBytes: null }] }, false],
    ['chain-depth', finding({ vm: 'SQL01' }), {}, true],
    ['chain-depth', finding({ vm: 'SQL01' }), { disks: null }, false],
    ['checkpoint-count', finding({ vm: 'SQL01' }), { checkpoints: null }, false],
    ['vm-critical-state', finding({ vm: 'SQL01' }), { checkpoints: null, disks: null }, true],
    [
      'vm-critical-state',
      finding({ vm: 'SQL01' }),
      { state: { code: -1, name: 'Unknown' }, errors: [collectError('PROP_READ_FAILED', null, 'Notes')] },
      false,
    ],
    // A name is a target as well: "Status quo" has nothing to do with the state.
    [
      'vm-critical-state',
      finding({ vm: 'SQL01' }),
      { errors: [collectError('PROP_READ_FAILED', null, 'Status quo')] },
      true,
    ],
    // What is judged as another kind, only because its own could not be read, is not proven to be fine.
    ['missing-checkpoint', ofKind('missing'), unknown(collectError('TYPE_UNKNOWN', '9', 'patch')), false],
    [
      'checkpoint-age',
      ofKind('user'),
      unknown(collectError('PROP_READ_FAILED', null, 'SnapshotType')),
      false,
    ],
    ['checkpoint-age', ofKind('unknown'), unknown(collectError('TYPE_UNKNOWN', '9', 'patch')), true],
    ['checkpoint-age', ofKind('user'), unknown(collectError('TYPE_UNKNOWN', '9', 'another')), true],
    [
      'checkpoint-age',
      ofKind('automatic'),
      { errors: [collectError('PROP_READ_FAILED', null, 'IsAutomaticCheckpoint')] },
      false,
    ],
    // What notes say behind what is read of them may be the tag that forbids checkpoints.
    ['guest-role', ofCheckpoint, { notes: 'x'.repeat(4097) }, false],
    ['checkpoint-age', ofCheckpoint, { notes: 'x'.repeat(4097) }, true],
    ['scan-incomplete', finding({ vm: 'SQL01' }), { errors: [collectError('TIME_IN_FUTURE')] }, true],
    ['scan-incomplete', finding({ vm: 'SQL01' }), { errors: [collectError('BUSY_SKIPPED')] }, false],
  ])('proves what %s needs, and no more (%#)', (rule, about, vm, isProof) => {
    expect(proof(ruleOf(rule, about), sql01(vm))).toBe(isProof ? READ_AT : null);
  });
});

it.each([
  [0, true],
  [20 * GIB, true],
  [21 * GIB, false],
])(
  'sizes prove all is well though disks of unknown size are below, up to the floor of shares: %d',
  (layerBytes, isProof) => {
    const { reading } = host(sql01({ checkpoints: layerBytes === 0 ? [] : [{ name: 'patch', layerBytes }] }));
    if (reading === null) throw new Error('no reading');
    // Without AVHDX no file of a VM is read, and so the sizes of its disks are not known.
    const files = reading.files.map((file) => ({ ...file, virtualBytes: null }));
    const bare = { ...reading, files: layerBytes === 0 ? [] : files };
    const seen = { at: NOW, hosts: [foldReport(unreadHost('hv01'), bare, attributeVms(bare))] };
    const about = ruleOf('vm-avhdx-total', finding({ vm: 'SQL01' }));
    expect(observationOf(seen, []).provenAbsentAt(about)).toBe(isProof ? READ_AT : null);
  },
);

it.each([
  [[], false],
  [[collectError('PROP_READ_FAILED', null, 'Generation')], false],
  [[NOTES_UNREAD], true],
  [[collectError('PROP_READ_FAILED', null, 'Name')], true],
])('an exception may cover what it did while the VM has %j', (errors, may) => {
  const { exceptions } = policyOf('exceptions: [{ vm: SQL01, reason: agreed, until: 2027-01-01 }]').config;
  const by = { reason: 'agreed', owner: null, untilAt: NOW + 1, line: 1 };
  const seen = observationOf(inventory(sql01({ errors })), [], exceptions);
  expect(seen.mayBeExcepted(ofCheckpoint, by)).toBe(may);
  expect(seen.mayBeExcepted(finding({ vm: 'WEB07' }), by)).toBe(false);
  // One that was taken out of the configuration covers nothing any more.
  expect(seen.mayBeExcepted(ofCheckpoint, { ...by, reason: 'another' })).toBe(false);
  expect(observationOf(inventory(sql01({ errors })), []).mayBeExcepted(ofCheckpoint, by)).toBe(false);
});

describe('a VM that is nowhere', () => {
  const empty = (more: HostSpec = {}): HostSpec => ({ vms: [], ...more });
  const errors = (...codes: readonly CollectError[]): HostSpec => empty({ errors: codes });

  it('is gone when every configured host was read, by the oldest of the readings', () => {
    expect(proof(ofCheckpoint, empty(), empty({ host: 'hv02', readAt: READ_AT - 500 }))).toBe(READ_AT - 500);
  });

  it('is not gone while a host was not read, or not wholly', () => {
    expect(proof(ofCheckpoint, empty(), { host: 'hv02', unread: true })).toBeNull();
    expect(proof(ofCheckpoint, empty(), { host: 'hv02', failed: collectError('TIMEOUT') })).toBeNull();
    expect(proof(ofCheckpoint, errors(collectError('ENUMERATION_FAILED')))).toBeNull();
    expect(proof(ofCheckpoint)).toBeNull();
  });

  it('is not gone when its own record could not be read; the record of another VM does not matter', () => {
    const code: ErrorCode = 'RECORD_INVALID';
    expect(proof(ofCheckpoint, errors(collectError(code, null, guid('SQL01').toUpperCase())))).toBeNull();
    expect(proof(ofCheckpoint, errors(collectError(code, null, guid('WEB07'))))).toBe(READ_AT);
    expect(proof(ofCheckpoint, errors(collectError(code, null, 'vms[3]')))).toBeNull();
  });

  it('is gone though a fact about the host could not be read', () => {
    expect(proof(ofCheckpoint, errors(collectError('FACT_FAILED')))).toBe(READ_AT);
  });
});

describe('a host', () => {
  const skew = ruleOf('clock-skew', finding({ host: 'hv01' }));

  it('proves by any reading of its own', () => {
    expect(proof(skew, { errors: [collectError('ENUMERATION_FAILED')] })).toBe(READ_AT);
    expect(proof(skew, { failed: collectError('TIMEOUT') }, { host: 'hv02' })).toBeNull();
  });

  it('has nothing to say any more when it is no longer configured', () => {
    expect(proof(skew, { host: 'hv02', failed: collectError('TIMEOUT') })).toBe(READ_AT);
  });
});

it('an alert of a rule that is no more ends by whole readings', () => {
  const old = { ...finding({ vm: 'SQL01' }), rule: 'some-old-rule' as RuleId };
  expect(proof(old, sql01())).toBe(READ_AT);
  expect(proof(old, sql01({ disks: null }))).toBeNull();
});
