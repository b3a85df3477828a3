import { expect, it } from 'vitest';
import { type ShownVm, showForVm } from '../../src/config/show-vm.ts';
import { configOf } from './fixture.ts';

const CONFIG = `kind_presets: [veeam-replica]
rules:
  checkpoint-age:
    user: { critical: 5d }
    golden: { info: null, warning: 30d, critical: 60d }
  avhdx-size: { warning: 30GiB }
  memory-state: {}
  undocumented: null
  checkpoint-policy: { types: [production] }
kinds:
  golden: { checkpoint: 'golden*' }
  lab: { checkpoint: 'lab*' }
tags:
  prod: ['sql*']
overrides:
  - tag: prod
    rules:
      checkpoint-age: { user: { warning: 12h } }
      chain-depth: null
  - vm: SQL01
    rules:
      checkpoint-age: { user: { critical: 4d } }
      avhdx-size: { user: { critical: 40GiB } }
  - vm: SQL01
    tag: loud
    rules:
      checkpoint-age: { user: { critical: 6h } }
  - { host: hv09, rules: { checkpoint-count: { warning: 1 } } }
`;

const SQL01: ShownVm = { name: 'SQL01', host: 'hv01', tags: [], rule: null };
const shown = (more: Partial<ShownVm> = {}, yaml = CONFIG) =>
  showForVm(configOf(yaml), { ...SQL01, ...more });

it('shows every option of every rule for one VM, and where it comes from', async () => {
  await expect(shown()).toMatchFileSnapshot('../fixtures/config/show-vm.txt');
});

it('goes by the tags and the host that are given', () => {
  const text = shown({ name: 'WEB07', host: 'HV09', tags: ['Prod'] });
  expect(text).toMatch(/^WEB07 on HV09 · tags: prod \(given\) · overrides: line 16, line 28\n/);
  expect(text).toMatch(/warning {2,}1 {2,}line 28 {2,}overrides\[3\]\.rules\.checkpoint-count\.warning\n/);
  expect(shown({ name: 'WEB07' })).toMatch(/^WEB07 on hv01 · tags: none · overrides: none\n/);
});

it('says which level never shows because a harsher one comes first', () => {
  const age = shown({ rule: 'checkpoint-age', tags: ['loud'] });
  expect(age).toMatch(
    /warning +12h +line 18 +overrides\[0\]\.\S+; never shows: critical at 6h comes first\n/,
  );
  expect(age).toMatch(/info +off +default +1d would never show: warning at 12h comes first\n/);
});

it('shows one rule alone, and rules about hosts as no override changes them', () => {
  const yaml = 'overrides: [{ vm: SQL01, rules: { clock-skew: { warning: 1m } } }]';
  expect(shown({ rule: 'clock-skew' }, yaml).split('\n').slice(2)).toEqual([
    '',
    'clock-skew',
    '  info      off  default',
    '  warning   5m   default',
    '  critical  off  default',
    '',
  ]);
});

it('says of the info of a kind with limits of its own that it is off, whatever holds for users', () => {
  const yaml = `kinds: { golden: { checkpoint: 'golden*' }, lab: { checkpoint: 'lab*' } }
rules: { checkpoint-age: { user: { info: 2d }, golden: { critical: 60d } } }`;
  const age = shown({ rule: 'checkpoint-age' }, yaml);
  expect(age).toMatch(
    /golden +info +off +default\n +warning +3d +default +as for user\n +critical +60d +line 2 /,
  );
  expect(age).toMatch(/lab +info +2d +line 2 +as for user: rules\.checkpoint-age\.user\.info\n/);
});

it('says that it takes no wildcards', () => {
  const note = 'Nothing in --vm is a wildcard: this is what holds for a VM of exactly that name.\n';
  expect(shown({ name: 'SQL*' })).toContain(note);
  expect(shown()).not.toContain(note);
});

it('tries no name patterns on an id, and says that it knows no name', () => {
  const id = '3f1c2d4e-0000-4000-8000-000000000001';
  const config = `overrides: [{ vm: "3f*", rules: { checkpoint-count: null } }, { vm: ${id}, rules: { chain-depth: null } }]`;
  const text = shown({ name: id.toUpperCase() }, config);
  expect(text).toContain('checkpoint-count\n');
  expect(text).toContain('chain-depth: off');
  expect(text).toContain('The name of a VM with this id is not known here');
});

it('keeps a hostile name on one line', () => {
  expect(shown({ name: 'a\nb\u001b[31m', rule: 'undocumented' }).split('\n')).toHaveLength(5);
});
