import { describe, expect, it } from 'vitest';
import { NO_MEMORY } from '../../../src/core/policy/memory.ts';
import { findVm } from '../../../src/core/preflight/find-vm.ts';
import { judge } from '../../../src/core/rules/index.ts';
import { guid, type HostSpec, inventory, NOW, type VmSpec } from '../../builders.ts';
import { DEFAULT_POLICY } from '../../policy.ts';
import { error } from './asked.ts';

function find(name: string, vms: readonly (VmSpec | string)[], ...others: readonly HostSpec[]) {
  const specs = vms.map((vm) => (typeof vm === 'string' ? { name: vm } : vm));
  const judgement = judge({
    inventory: inventory({ readAt: NOW, vms: specs }, ...others),
    policy: DEFAULT_POLICY,
    memory: NO_MEMORY,
    now: NOW,
  });
  const found = findVm(name, judgement);
  return found.found ? found.seen.vm.id : found.why;
}

describe('the VM that is asked about', () => {
  it.each(['SQL01', 'sql01', ' SQL01 ', guid('SQL01'), guid('SQL01').toUpperCase()])(
    'is the one of exactly this name or id, whatever the case: %s',
    (name) => {
      expect(find(name, ['SQL01', 'SQL012', 'XSQL01'])).toBe(guid('SQL01'));
    },
  );

  it.each(['SQL*', 'SQL0?', '*', ''])('is none for %j: nothing is a wildcard', (name) => {
    expect(find(name, ['SQL01', 'WEB07'])).toMatch(/^no VM of exactly this name or id on hv01/);
  });

  it('is found by a name that looks like a pattern', () => {
    expect(find('web[01]*', ['web[01]*', 'web01'])).toBe(guid('web[01]*'));
  });

  it('is suggested after a slip', () => {
    expect(find('SQL1', ['SQL01', 'WEB07'])).toBe(
      'no VM of exactly this name or id on hv01; did you mean "SQL01"?',
    );
  });

  it('is not known when several have the name: the ids are asked for', () => {
    const twins = [{ name: 'app' }, { name: 'APP', id: 'other-id' }];
    expect(find('app', twins)).toBe(
      `2 VMs are of this name, ask with an id: ${guid('app')} on hv01, other-id on hv01`,
    );
    expect(find('other-id', twins)).toBe('other-id');
  });

  it('lists five of many', () => {
    const many = Array.from({ length: 9 }, (_, index) => ({ name: 'app', id: `id-${index}` }));
    expect(find('app', many)).toMatch(/^9 VMs .* id-4 on hv01 and 4 more$/);
  });

  it('is not known while a host that may hold it was not read', () => {
    const hv02 = { host: 'hv02', unread: true, failed: error('VMMS_STOPPED') };
    expect(find('SQL01', ['WEB07'], hv02)).toBe(
      'no VM of exactly this name or id on hv01; hv02 was not read: the Virtual Machine Management service (vmms) is not running',
    );
    expect(find('WEB07', ['WEB07'], hv02)).toBe(guid('WEB07'));
  });

  it('is not known when its host was read in part, and says so', () => {
    const hv02 = { host: 'hv02', readAt: NOW, errors: [error('RECORD_INVALID')] };
    expect(find('SQL01', ['WEB07'], hv02)).toContain('hv02 was read in part');
  });

  it('is not known when it disappeared during the reading', () => {
    expect(find('SQL01', [{ name: 'SQL01', errors: [error('VM_GONE')] }])).toBe(
      'it disappeared while hv01 was read',
    );
  });

  it('is one VM while two hosts list it on its way from one to the other', () => {
    const hv02 = { host: 'hv02', readAt: NOW - 1, vms: [{ name: 'SQL01' }] };
    expect(find('SQL01', ['SQL01'], hv02)).toBe(guid('SQL01'));
  });

  it('is not the replica of the same id', () => {
    const replica = {
      host: 'hv02',
      readAt: NOW,
      vms: [{ name: 'SQL01', replicationMode: 'replica' as const }],
    };
    expect(find('SQL01', [{ name: 'SQL01', replicationMode: 'primary' }], replica)).toContain('2 VMs');
  });
});
