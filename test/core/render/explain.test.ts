import { describe, expect, it } from 'vitest';
import { collectError } from '../../../src/core/collect-error.ts';
import { findingKey } from '../../../src/core/finding.ts';
import { explain } from '../../../src/core/render/explain/explain.ts';
import { QUIET_CHECKPOINT } from '../../../src/core/render/explain/quiet-checkpoint.ts';
import { QUIET_VM } from '../../../src/core/render/explain/quiet-vm.ts';
import { RULES } from '../../../src/core/rules/index.ts';
import { DAY_MS, GIB, HOUR_MS, MINUTE_MS } from '../../../src/core/units.ts';
import { type CheckpointSpec, guid, type HostSpec, NOW, type VmSpec } from '../../builders.ts';
import { HOSTILE_NAMES } from '../../hostile.ts';
import { explained, judgedBy, sha256 } from './explain-samples.ts';

const POLICY = `kind_presets: [rds-pool, veeam-replica]
rules:
  checkpoint-age:
    user: { warning: 2d, critical: 5d }
    golden: { warning: 30d, critical: null }
  undocumented: null
kinds:
  golden: { checkpoint: 'golden*', advice: Ask the training team }
  lab: { checkpoint: 'lab*' }
tags:
  prod: ['sql*']
overrides:
  - tag: prod
    rules:
      checkpoint-age: { user: { warning: 12h } }
  - vm: [SQL01, sql02]
    rules:
      avhdx-size: { user: { critical: 40GiB } }
exceptions:
  - vm: LAB*
    reason: training image
    until: 2026-12-31
    owner: j.doe
max_declared_lifetime: 60d
`;

const SQL01: VmSpec = {
  name: 'SQL01',
  notes: 'owner=j.doe [ckpt:tag=gold]',
  checkpoints: [
    { name: 'before CU12', ageMs: 12 * DAY_MS + 4 * HOUR_MS, layerBytes: 301 * GIB },
    { name: 'try index', ageMs: 14 * HOUR_MS, layerBytes: 16 * GIB, hasMemory: true },
    { name: 'just now', ageMs: 2 * HOUR_MS, layerBytes: 5 * GIB },
  ],
};

const HV01: HostSpec = {
  vms: [
    SQL01,
    {
      name: 'LAB09',
      checkpoints: [
        { name: 'golden image', ageMs: 40 * DAY_MS },
        { name: 'lab start', ageMs: 3 * DAY_MS },
        { name: 'RDV_Rollback', ageMs: 90 * DAY_MS },
      ],
    },
  ],
};

const ofVm = (vm: Partial<VmSpec>, yaml = '', more: Parameters<typeof judgedBy>[2] = {}) =>
  explained(judgedBy(yaml, [{ vms: [{ name: 'SQL01', ...vm }] }], more), 'SQL01');
const ofCheckpoint = (checkpoint: CheckpointSpec, yaml = '') => ofVm({ checkpoints: [checkpoint] }, yaml);

describe('what people read', () => {
  it('says which line sets each limit, why the other rules are quiet, and what would silence it', async () => {
    await expect(explained(judgedBy(POLICY, [HV01]), 'SQL01')).toMatchFileSnapshot('explain/flagged.txt');
  });

  it('says of kinds of the configuration and of presets what makes them so, and what exceptions cover', async () => {
    await expect(explained(judgedBy(POLICY, [HV01]), 'LAB09')).toMatchFileSnapshot('explain/kinds.txt');
  });

  it('says how declared ends count, and the last day that may be declared', async () => {
    const checkpoints = [
      { name: 'past keep-until=2026-11-18', ageMs: 10 * DAY_MS },
      { name: 'later keep-until=2026-12-24 owner=ada', ageMs: 10 * DAY_MS },
      { name: 'too far keep-until=2027-06-01', ageMs: 10 * DAY_MS },
      { name: 'unreadable keep-until=soon', ageMs: 10 * DAY_MS },
      { name: 'too old', ageMs: 80 * DAY_MS },
    ];
    const view = judgedBy(POLICY, [{ vms: [{ name: 'WEB07', checkpoints }] }]);
    await expect(explained(view, 'WEB07')).toMatchFileSnapshot('explain/declared.txt');
  });

  it('measures the last day that may be declared from now where nobody knows when it was taken', () => {
    const spec = { vms: [{ name: 'APP01', checkpoints: [{ name: 'ttl=2d', createdAt: null }] }] };
    expect(explained(judgedBy('', [spec]), 'ttl=2d')).toContain(
      'keep-until=2027-02-17 at the latest (90d from now, max_declared_lifetime)',
    );
  });

  it('does not know what unread notes say', () => {
    const spec: VmSpec = {
      name: 'APP01',
      notes: null,
      guestProductType: 3,
      checkpoints: [{ name: 'x', ageMs: DAY_MS, notes: null }],
      errors: [collectError('PROP_READ_FAILED', 'locked', 'Notes')],
    };
    const text = (more: Partial<VmSpec> = {}, yaml = '') =>
      explained(judgedBy(yaml, [{ vms: [{ ...spec, ...more }] }]), 'APP01');
    for (const line of [
      /^ {2}tags +not known: its notes were not read$/m,
      /^ {2}role +not known: its notes were not read$/m,
      /^ {2}owner +not known: its notes were not read$/m,
      /^ {2}owner +not known, as notes were not read$/m,
      /^ {2}lifetime +not known, as notes were not read: limits by age hold$/m,
      / checkpoint-expired +not known what is declared, as notes were not read$/m,
      / lifetime-ignored +not known what is declared, as notes were not read$/m,
      / guest-role +no role of the VM is known that forbids checkpoints$/m,
    ]) {
      expect(text()).toMatch(line);
      expect(text({ errors: [] })).not.toMatch(line);
    }
    expect(text({}, 'tags: { prod: APP* }')).toMatch(
      /^ {2}tags +prod \(tags\.prod, line 1\); its notes were not read$/m,
    );
  });

  it('does not know the role of a VM whose disks, which may be shared, were not read', () => {
    const role = (disks: null | undefined) => {
      const spec = { name: 'APP01', guestProductType: 3, ...(disks === null ? { disks } : {}) };
      return /^ {2}role +(.*)$/m.exec(explained(judgedBy('', [{ vms: [spec] }]), 'APP01'))?.[1];
    };
    expect(role(undefined)).toBe('none that forbids checkpoints: its guest is a server');
    expect(role(null)).toBe('not known: its disks were not read');
  });

  it('says that a declared end counts only where that is heeded', () => {
    const spec = { vms: [{ name: 'APP01', checkpoints: [{ name: 'ttl=2d', ageMs: DAY_MS }] }] };
    const text = (yaml: string) => explained(judgedBy(yaml, [spec]), 'ttl=2d');
    expect(text('')).toMatch(/lifetime-ignored +the declared end counts\n/);
    expect(text('rules: { checkpoint-expired: null }')).toMatch(
      /lifetime-ignored +the declared end could count\n/,
    );
  });

  it('says that limits by age hold only of what is judged by age', () => {
    const lifetimeOf = (yaml: string, name: string, kind: CheckpointSpec['kind'] = 'user') => {
      const spec = { vms: [{ name: 'APP01', checkpoints: [{ name, ageMs: DAY_MS, kind }] }] };
      return /lifetime +(.*(?:\n {16}.*)*)/.exec(explained(judgedBy(yaml, [spec]), name))?.[1];
    };
    expect(lifetimeOf('', 'a')).toBe('none declared: limits by age hold');
    expect(lifetimeOf('', 'a', 'backup')).toBe('none declared');
    expect(lifetimeOf('rules: { checkpoint-age: null }', 'a')).toBe('none declared');
    expect(lifetimeOf('', 'keep-until=', 'backup')).toBe('"keep-until=" does not count: no date');
    const withoutEnds = 'rules: { checkpoint-expired: null';
    expect(lifetimeOf(`${withoutEnds} }`, 'ttl=2d')).toMatch(
      /; limits by age hold, as checkpoint-expired is off$/,
    );
    expect(lifetimeOf(`${withoutEnds}, checkpoint-age: null }`, 'ttl=2d')).toMatch(
      /:00; checkpoint-expired is off$/,
    );
  });

  it('says what was not read, and what nobody could know', async () => {
    const hosts: readonly HostSpec[] = [
      {
        vms: [
          {
            name: 'APP11',
            state: { code: 3, name: 'Off' },
            checkpointType: null,
            checkpoints: [{ name: 'x', createdAt: null, hasMemory: null, layerBytes: null }],
            errors: [collectError('PROP_READ_FAILED', 'CreationTime is missing', 'x')],
          },
        ],
        failed: collectError('TIMEOUT', 'no answer within 300 s'),
        readAt: NOW - 26 * HOUR_MS,
      },
    ];
    await expect(explained(judgedBy('', hosts), 'APP11')).toMatchFileSnapshot('explain/not-known.txt');
  });

  it('keeps hostile names on one line', async () => {
    const vms = HOSTILE_NAMES.filter((name) => /[\n"\u001b\u202e]/.test(name)).map((name) => ({
      name,
      notes: `owner=${name}`,
      checkpoints: [{ name, notes: `keep-until=${name}`, ageMs: 9 * DAY_MS }],
    }));
    await expect(explained(judgedBy('', [{ vms }]), '*')).toMatchFileSnapshot('explain/hostile.txt');
  });

  it('shows findings about a host with what was not looked at', async () => {
    const hosts = [{ host: 'hv01', readAt: NOW - 26 * HOUR_MS, failed: collectError('ACCESS_DENIED') }];
    const view = judgedBy('rules: { host-unreachable: { critical: 12h } }', hosts);
    await expect(explained(view, 'HV01')).toMatchFileSnapshot('explain/host.txt');
  });
});

describe('what a text names', () => {
  const view = judgedBy(POLICY, [HV01]);
  const headings = (what: string) => explained(view, what).match(/^(Checkpoint|\w+ on|The VM).*$/gm);

  it.each(['SQL01', 'sql0?', ' SQL01\t', guid('SQL01').toUpperCase()])(
    'a VM by "%s", with all of it',
    (what) => {
      expect(headings(what)).toEqual([
        'SQL01 on hv01',
        'The VM as a whole',
        'Checkpoint "before CU12"',
        'Checkpoint "try index"',
        'Checkpoint "just now"',
      ]);
    },
  );

  it.each(['Before CU12', 'before*', guid('SQL01/before CU12/0')])('a checkpoint by "%s"', (what) => {
    expect(headings(what)).toEqual(['SQL01 on hv01', 'Checkpoint "before CU12"']);
  });

  it('a finding by its id, as explain itself shows it, and by its key', () => {
    const age = view.findings.find(
      ({ rule, checkpoint }) => rule === 'checkpoint-age' && checkpoint?.name === 'before CU12',
    );
    if (age === undefined) throw new Error('no finding');
    const id = /older than 5d \(checkpoint-age, ([0-9A-F]{6,})\)/.exec(explained(view, 'SQL01'))?.[1] ?? '';
    for (const what of [id, id.toLowerCase(), findingKey(age)]) {
      expect(headings(what)).toEqual(['SQL01 on hv01', 'Checkpoint "before CU12"']);
    }
  });

  it('a VM that is called like an id rather than a finding', () => {
    const named = judgedBy('', [{ vms: [{ name: 'ABCDEF' }] }]);
    expect(explain(named, 'abcdef', () => 'abcdef0').text).toMatch(/^ABCDEF on hv01\n/);
  });

  it('a finding about the VM as a whole, without its checkpoints', () => {
    const checkpoints = ['a', 'b', 'c', 'd'].map((name) => ({ name, ageMs: HOUR_MS }));
    const many = judgedBy('', [{ vms: [{ name: 'SQL01', checkpoints }] }]);
    const [count] = many.findings;
    const text = explained(many, findingKey(count ?? { rule: 'checkpoint-count', subject: '' }));
    expect(text).toContain('more than 3 checkpoints (checkpoint-count');
    expect(text).not.toContain('Checkpoint "');
  });

  it('the same checkpoint name on several VMs', () => {
    const vms = ['A', 'B'].map((name) => ({ name, checkpoints: [{ name: 'same' }] }));
    expect(explained(judgedBy('', [{ vms }]), 'same').match(/^\w on hv01$/gm)).toEqual([
      'A on hv01',
      'B on hv01',
    ]);
  });

  it('twenty of many, and how many more', () => {
    const vms = Array.from({ length: 25 }, (_, n) => ({ name: `VM${n}` }));
    const text = explained(judgedBy('', [{ vms }]), 'vm*');
    expect(text.match(/^VM\d+ on hv01$/gm)).toHaveLength(20);
    expect(text).toContain('5 more match "vm*"; name one to see it.\n');
  });

  it('nothing, and where it may be all the same', () => {
    expect(explain(view, 'nope', sha256)).toEqual({
      isFound: false,
      text: 'Nothing here is called "nope": no VM, no checkpoint, no finding and no host.\n',
    });
    const failed = collectError('TIMEOUT');
    const partly = judgedBy('', [HV01, { host: 'hv02', failed, readAt: NOW - DAY_MS }]);
    expect(explain(partly, 'nope', sha256).text).toMatch(
      /\nIt may be in what was not looked at: hv02 .*\.\n$/,
    );
    const unread = judgedBy('', [{ unread: true, failed }]);
    expect(explain(unread, 'nope', sha256).text).toMatch(/\nNothing is known: hv01 was not read\.\n$/);
  });
});

describe('why a rule is quiet', () => {
  it.each(RULES)('is said by every rule: $id', (rule) => {
    expect(rule.id in QUIET_CHECKPOINT).toBe(rule.judgeCheckpoint !== undefined);
    expect(rule.id in QUIET_VM).toBe(rule.judgeVm !== undefined);
  });

  it.each<[string, CheckpointSpec, string, string]>([
    [
      'on the limit',
      { name: 'x', ageMs: DAY_MS },
      '',
      'checkpoint-age       1d old; an info in 0s, a warning in 2d',
    ],
    [
      'a kind that is not judged',
      { name: 'x', kind: 'backup' },
      '',
      'checkpoint-age       does not judge backup checkpoints',
    ],
    [
      'a rule that is off',
      { name: 'x' },
      'rules: { checkpoint-age: null }',
      'checkpoint-age       off (rules.checkpoint-age, line 1)',
    ],
    [
      'a kind that is off',
      { name: 'x', kind: 'planned' },
      '',
      'avhdx-size           off for kind planned (default)',
    ],
    [
      'a kind without levels',
      { name: 'RDV_Rollback' },
      'kind_presets: [rds-pool]',
      'checkpoint-age       off for kind rds-pool (preset rds-pool)',
    ],
    ['no creation time', { name: 'x', createdAt: null }, '', 'checkpoint-age       its age is not known'],
    [
      'an end to come',
      { name: 'ttl=3d' },
      '',
      'checkpoint-expired   declared end 2026-11-22 11:30 +01:00; a warning in 2d, critical in 3d (default)',
    ],
    [
      'a size not measured',
      { name: 'x', layerBytes: null },
      '',
      'avhdx-size           layer not measured; above 50 GiB or 10% a warning',
    ],
    [
      'memory not known',
      { name: 'x', hasMemory: null },
      '',
      'production-fallback  not known whether it carries memory',
    ],
    [
      'a level in the same line for all',
      { name: 'x' },
      'rules: { checkpoint-age: { user: { info: null, warning: 2d, critical: 5d } } }',
      '1d old; a warning in 1d, critical in 4d (line 1)',
    ],
  ])('%s', (_, checkpoint, yaml, expected) => {
    expect(ofCheckpoint(checkpoint, yaml)).toContain(expected);
  });

  it('a limit that was crossed after the scan is found by the next one', () => {
    const view = judgedBy('', [
      { vms: [{ name: 'SQL01', checkpoints: [{ name: 'x', ageMs: 3 * DAY_MS }] }] },
    ]);
    const text = explained({ ...view, now: NOW + MINUTE_MS }, 'SQL01');
    expect(text).toContain('info          older than 1d (checkpoint-age');
    expect(text).toContain(
      'a warning since the last scan, the next will say so, critical in 3d 23h (default)',
    );
  });
});

describe('the role of the guest', () => {
  const fact = { guests: new Map([[guid('SQL01'), { seenAt: NOW - 3 * DAY_MS }]]), exceptions: new Map() };
  it.each<[string, Partial<VmSpec>, Parameters<typeof ofVm>[2], string]>([
    ['a running domain controller', { guestProductType: 2 }, {}, 'domain controller: its guest says so now'],
    ['one that is off', {}, { memory: fact }, 'domain controller, as of 3d ago; its guest says nothing now'],
    ['a guest that never spoke', {}, {}, 'not known: the VM is off, or its guest says nothing'],
    ['a server', { guestProductType: 3 }, {}, 'none that forbids checkpoints: its guest is a server'],
    ['a tag', { notes: '[ckpt:never]' }, {}, 'no checkpoints wanted: tag never'],
  ])('of %s', (_, vm, more, expected) => {
    expect(ofVm(vm, '', more)).toContain(`role          ${expected}\n`);
  });
});

describe('where tags come from', () => {
  it('is a line of the configuration, the notes, or both', () => {
    const vm = { notes: '[ckpt:tag=prod, tag=gold]', checkpoints: [] };
    expect(ofVm(vm, 'tags: { Prod: [SQL*] }')).toContain(
      'tags          prod (tags.Prod, line 1; its notes), gold (its notes)\n',
    );
  });
});
