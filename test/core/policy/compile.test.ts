import { describe, expect, it } from 'vitest';
import { sourceKey } from '../../../src/core/policy/resolve-rule.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/units.ts';
import { policyOf } from '../../policy.ts';

const sql = { vm: { id: 'x', name: 'SQL01' }, host: 'hv01', tags: ['prod'] };
const lab = { vm: { id: 'y', name: 'LAB01' }, host: 'hv02', tags: [] };

describe('thresholds of a VM', () => {
  it('are those of the rules, unless an override names the VM, its host or a tag of it', () => {
    const policy = policyOf(`
rules: { checkpoint-age: { user: { warning: 3d, critical: 7d } } }
overrides:
  - { vm: "sql*", rules: { checkpoint-age: { user: { critical: 5d } } } }
  - { host: hv02, rules: { checkpoint-count: null } }
  - { tag: prod, rules: { chain-depth: { warning: 2 } } }
`);
    expect(policy.rulesFor(sql)['checkpoint-age']?.user).toEqual({
      info: DAY_MS,
      warning: 3 * DAY_MS,
      critical: 5 * DAY_MS,
    });
    expect(policy.rulesFor(sql)['chain-depth']?.warning).toBe(2);
    expect(policy.rulesFor(sql)['checkpoint-count']).not.toBeNull();
    expect(policy.rulesFor(lab)['checkpoint-count']).toBeNull();
    expect(policy.rulesFor(lab)['checkpoint-age']?.user?.critical).toBe(7 * DAY_MS);
  });

  it('follow the order of the file: of each level the last match holds, and others stay', () => {
    const policy = policyOf(`
overrides:
  - { vm: "*", rules: { checkpoint-age: { user: { warning: 1d, critical: 2d } } } }
  - { vm: SQL01, rules: { checkpoint-age: { user: { warning: 6h } } } }
  - { vm: "SQL*", rules: { checkpoint-age: { user: { warning: 12h } } } }
`);
    expect(policy.rulesFor(sql)['checkpoint-age']?.user).toEqual({
      info: null,
      warning: 12 * HOUR_MS,
      critical: 2 * DAY_MS,
    });
    const levels = policy.resolvedFor(sql).get('checkpoint-age');
    expect(levels?.sources.get(sourceKey('user', 'warning'))).toEqual({
      path: 'overrides[2].rules.checkpoint-age.user.warning',
      line: 5,
    });
    expect(levels?.sources.get(sourceKey('user', 'critical'))?.line).toBe(3);
  });

  it('must all match within one override', () => {
    const policy = policyOf('overrides: [{ vm: "sql*", host: hv02, rules: { chain-depth: null } }]');
    expect(policy.rulesFor(sql)['chain-depth']).not.toBeNull();
  });

  it('can turn a rule on again that the rules turned off, with the levels it had', () => {
    const policy = policyOf(`
rules: { checkpoint-count: null, memory-state: null }
overrides:
  - { tag: prod, rules: { checkpoint-count: { warning: 1 }, memory-state: { severity: warning } } }
`);
    expect(policy.rules['checkpoint-count']).toBeNull();
    expect(policy.rulesFor(sql)['checkpoint-count']).toEqual({ info: null, warning: 1, critical: 10 });
    expect(policy.rulesFor(sql)['memory-state']).toEqual({ severity: 'warning' });
  });

  it('give the levels below a rule to user and automatic checkpoints, also in an override', () => {
    const policy = policyOf(
      'overrides: [{ vm: SQL01, rules: { checkpoint-age: { warning: 1h, critical: 2h } } }]',
    );
    const rule = policy.rulesFor(sql)['checkpoint-age'];
    expect([rule?.user?.warning, rule?.automatic?.warning, rule?.planned?.warning]).toEqual([
      HOUR_MS,
      HOUR_MS,
      DAY_MS,
    ]);
  });
});

describe('kinds of the configuration', () => {
  it('are judged as user checkpoints until something else is written about them', () => {
    const policy = policyOf(`
kinds: { golden: { checkpoint: "golden*" }, lab: { vm: "lab*" } }
rules: { checkpoint-age: { user: { warning: 2d }, lab: { warning: 30d, critical: null } } }
`);
    const rule = policy.rules['checkpoint-age'];
    expect(rule?.golden).toEqual({ info: DAY_MS, warning: 2 * DAY_MS, critical: 7 * DAY_MS });
    expect(rule?.lab).toEqual({ info: null, warning: 30 * DAY_MS, critical: null });
  });

  it('can be left alone by null', () => {
    const policy = policyOf(
      '{ kinds: { golden: { checkpoint: "g*" } }, rules: { checkpoint-age: { golden: null } } }',
    );
    expect(policy.rules['checkpoint-age']?.golden).toBeUndefined();
  });

  it('can have any name, also one that every object of JavaScript knows', () => {
    const kind = 'constructor';
    const policy = policyOf(
      `{ kinds: { ${kind}: { checkpoint: "g*" } }, rules: { avhdx-size: { ${kind}: null } } }`,
    );
    expect(policy.rules['avhdx-size']?.[kind]).toBeUndefined();
    expect(policy.rules['checkpoint-age']?.[kind]?.warning).toBe(3 * DAY_MS);
  });

  it('bring their own advice, and presets theirs', () => {
    const policy = policyOf('{ kind_presets: rds-pool, kinds: { golden: { vm: "*", advice: Ask us } } }');
    expect(policy.removalAdvice('golden')).toBe('Ask us. Never delete .avhdx files by hand.');
    expect(policy.removalAdvice('rds-pool')).toContain('Remote Desktop');
    expect(policy.removalAdvice('user')).toContain('Remove-VMCheckpoint');
  });
});

describe('checkpoints of unknown kind', () => {
  const ageOf = (yaml: string) => policyOf(yaml).rules['checkpoint-age']?.unknown;

  it.each([
    ['rules: { checkpoint-age: { user: { warning: 1d, critical: 2d } } }', [1, 2]],
    ['rules: { checkpoint-age: { warning: 1d, critical: 2d } }', [1, 2]],
    ['rules: { checkpoint-age: { user: { warning: 1d, critical: 2d }, unknown: { critical: 5d } } }', [1, 5]],
    ['rules: { checkpoint-age: { automatic: { warning: 1d } } }', [3, 7]],
  ])(
    'are judged as those of users, but for what is written about them: %s',
    (yaml, [warning = 0, critical = 0]) => {
      expect(ageOf(yaml)).toMatchObject({ warning: warning * DAY_MS, critical: critical * DAY_MS });
    },
  );
});

describe('presets', () => {
  it('bring limits of their own, which the file may overrule', () => {
    expect(policyOf('kind_presets: rds-pool').rules['checkpoint-age']?.['rds-pool']).toBeUndefined();
    const policy = policyOf(
      '{ kind_presets: rds-pool, rules: { checkpoint-age: { rds-pool: { warning: 90d } } } }',
    );
    expect(policy.rules['checkpoint-age']?.['rds-pool']).toEqual({
      info: null,
      warning: 90 * DAY_MS,
      critical: null,
    });
  });

  it('loosen the rules about whole VMs for the VMs that they name', () => {
    const policy = policyOf('kind_presets: veeam-replica');
    const replica = { vm: { id: 'z', name: 'SQL01_replica' }, host: 'hv01', tags: [] };
    expect(policy.rulesFor(replica)['checkpoint-count']?.warning).toBe(45);
    expect(policy.rulesFor(replica)['vm-avhdx-total']).toBeNull();
    expect(policy.rulesFor(sql)['checkpoint-count']?.warning).toBe(3);
  });

  it.each([
    ['null', null],
    ['{ warning: 5 }', { info: null, warning: 45, critical: 48 }],
  ])(
    'turn no rule on for these VMs that the file has turned off: checkpoint-count %s',
    (written, expected) => {
      const policy = policyOf(`{ kind_presets: veeam-replica, rules: { checkpoint-count: ${written} } }`);
      const replica = { vm: { id: 'z', name: 'SQL01_replica' }, host: 'hv01', tags: [] };
      expect(policy.rulesFor(replica)['checkpoint-count']).toEqual(expected);
    },
  );
});

describe('tags', () => {
  it('come from the configuration by name, and from notes, each once', () => {
    const policy = policyOf('tags: { prod: ["sql*"], Db: SQL01, other: "x*" }');
    expect(policy.tagsOf({ id: '1', name: 'SQL01' }, ['gold', 'db'])).toEqual(['prod', 'db', 'gold']);
    expect(policy.tagsOf({ id: '2', name: 'WEB01' }, [])).toEqual([]);
  });
});
