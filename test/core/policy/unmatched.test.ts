import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../../src/core/inventory.ts';
import { compileNearest } from '../../../src/core/policy/nearest-name.ts';
import { unmatchedPatterns } from '../../../src/core/policy/unmatched.ts';
import { matchesWildcard } from '../../../src/core/wildcard.ts';
import { guid, inventory } from '../../builders.ts';
import { policyOf } from '../../policy.ts';

const RULES = 'rules: { checkpoint-count: { warning: 5 } }';
const OFFICE = inventory(
  {
    host: 'hv01',
    vms: [
      {
        name: 'SQL-01',
        notes: '[ckpt:tag=prod]',
        checkpoints: [{ name: 'before CU12', notes: 'for j.doe' }],
      },
      { name: 'LAB09', checkpoints: [{ name: 'golden' }] },
    ],
  },
  { host: 'hv02', vms: [{ name: 'WEB-01' }] },
);

/** `line path: message` of each. */
function told(yaml: string, read: Inventory = OFFICE): readonly string[] {
  return unmatchedPatterns(policyOf(yaml), read).map(
    ({ source: { line, path }, message }) => `${line} ${path}: ${message}`,
  );
}

describe('patterns that match nothing', () => {
  it('are told with their place and the name that was probably meant', () => {
    expect(
      told(`
kinds:
  image:
    checkpoint: gloden*
    vm: ['LAB*', 'TRAINING*']
    notes: '*ticket*'
tags: { web: [WEB-1, 'WEB*'] }
overrides:
  - vm: SQl-O1*
    ${RULES}
  - ${`{ host: hv1, ${RULES} }`}
  - ${`{ tag: [prod, prd], ${RULES} }`}
exceptions:
  - checkpoint: befor CU12
    kind: [user, backup]
    reason: x
    until: 2026-12-31
`),
    ).toEqual([
      '4 kinds.image.checkpoint: "gloden*" matches no checkpoint at present; nearest is "golden"',
      '5 kinds.image.vm: "TRAINING*" matches no VM',
      '6 kinds.image.notes: "*ticket*" matches the notes of no checkpoint at present',
      '7 tags.web: "WEB-1" matches no VM; nearest is "WEB-01"',
      '9 overrides[0].vm: "SQl-O1*" matches no VM; nearest is "SQL-01"',
      '11 overrides[1].host: "hv1" matches no host; nearest is "hv01"',
      '12 overrides[2].tag: "prd" is no tag of any VM; nearest is "prod"',
      '14 exceptions[0].checkpoint: "befor CU12" matches no checkpoint at present; nearest is "before CU12"',
      '15 exceptions[0].kind: "backup" is the kind of no checkpoint at present',
    ]);
  });

  it('are a host by its full name, which is known by its name in the configuration', () => {
    expect(told(`overrides: [{ host: HV01.corp.example, ${RULES} }]`)).toEqual([
      '1 overrides[0].host: "HV01.corp.example" matches no host; nearest is "hv01"',
    ]);
  });

  it('are none where a name, an id, a tag or a note answers, whatever the case', () => {
    const checkpoint = guid('LAB09/golden/0');
    expect(
      told(`
kinds: { image: { checkpoint: GOLD*, vm: lab??, notes: '*J.DOE' } }
tags: { lab: ${guid('LAB09').toUpperCase()}, Web: web* }
overrides: [{ tag: [prod, LAB, web], host: HV*, ${RULES} }]
exceptions: [{ vm: lab09, kind: image, checkpoint: ['${checkpoint}', golden], reason: x, until: 2026-12-31 }]
`),
      // Only the golden one of LAB09 could be an image, and its notes say nothing.
    ).toEqual([
      '5 exceptions[0]: covers no checkpoint at present: vm, kind and checkpoint each match something, but nothing matches all of them',
    ]);
  });

  it('are not looked for among what presets bring', () => {
    expect(told('kind_presets: [veeam-replica, rds-pool, vagrant]')).toEqual([]);
  });

  it('know a kind by the name of a VM alone, as kinds do', () => {
    expect(told(`kinds: { image: { vm: ${guid('LAB09')} } }`)).toHaveLength(1);
    expect(told(`overrides: [{ vm: ${guid('LAB09')}, ${RULES} }]`)).toEqual([]);
  });

  it('are said once: not of a tag or a kind that nothing has for a reason said elsewhere', () => {
    expect(
      told(`
kinds: { image: { checkpoint: nothing* } }
tags: { dmz: nowhere* }
overrides: [{ tag: dmz, ${RULES} }]
exceptions: [{ kind: image, reason: x, until: 2026-12-31 }]
`),
    ).toEqual([
      '2 kinds.image.checkpoint: "nothing*" matches no checkpoint at present',
      '3 tags.dmz: "nowhere*" matches no VM',
    ]);
  });
});

describe('a look at machines alone', () => {
  it('leaves out checkpoints, which come and go', () => {
    const yaml = 'kinds: { image: { checkpoint: gloden*, vm: TRAINING* } }';
    const messages = unmatchedPatterns(policyOf(yaml), OFFICE, 'machines').map(({ message }) => message);
    expect(messages).toEqual([expect.stringMatching(/^"TRAINING\*" matches no VM/)]);
  });
});

describe('lists that match only one by one', () => {
  it('name no VM', () => {
    expect(
      told(`overrides: [{ vm: SQL*, host: hv01, ${RULES} }, { vm: SQL*, host: hv02, ${RULES} }]`),
    ).toEqual(['1 overrides[1]: names no VM: vm and host each match something, but nothing matches both']);
    expect(
      told(
        `exceptions: [{ vm: '*', host: hv02, tag: prod, checkpoint: golden, reason: x, until: 2026-12-31 }]`,
      ),
    ).toEqual([
      '1 exceptions[0]: names no VM: vm, host and tag each match something, but nothing matches all of them',
    ]);
  });

  it('cover no checkpoint', () => {
    expect(told('exceptions: [{ vm: SQL*, checkpoint: golden, reason: x, until: 2026-12-31 }]')).toEqual([
      '1 exceptions[0]: covers no checkpoint at present: vm and checkpoint each match something, but nothing matches both',
    ]);
    expect(told('exceptions: [{ vm: LAB*, checkpoint: golden, reason: x, until: 2026-12-31 }]')).toEqual([]);
  });

  it('are not told of when one of them matches nothing at all', () => {
    expect(told(`overrides: [{ vm: ORACLE*, host: hv02, ${RULES} }]`)).toEqual([
      '1 overrides[0].vm: "ORACLE*" matches no VM',
    ]);
  });
});

describe('what was not read', () => {
  const yaml = `
overrides: [{ vm: ORACLE*, ${RULES} }]
exceptions: [{ checkpoint: tidy, reason: x, until: 2026-12-31 }]`;
  const error = { code: 'SNAPSHOT_ENUM_FAILED', detail: null, target: null } as const;

  it.each([
    ['a host was never read', inventory({ vms: [{ name: 'A' }] }, { host: 'hv02', unread: true })],
    ['the last attempt failed', inventory({ vms: [{ name: 'A' }], failed: { ...error, code: 'TIMEOUT' } })],
    [
      'a VM may be missing',
      inventory({ vms: [{ name: 'A' }], errors: [{ ...error, code: 'RECORD_INVALID' }] }),
    ],
    ['there is no host', inventory()],
  ])('keeps all of it silent when %s', (_, read) => {
    expect(told(yaml, read)).toEqual([]);
  });

  it('keeps what is said of checkpoints silent when those of a VM are not known', () => {
    const read = inventory({ vms: [{ name: 'A', checkpoints: null, errors: [error] }] });
    expect(told(yaml, read)).toEqual(['2 overrides[0].vm: "ORACLE*" matches no VM']);
  });

  it('is no disk that could not be measured', () => {
    const read = inventory({ vms: [{ name: 'A', checkpoints: [{ name: 'x', layerBytes: null }] }] });
    expect(told(yaml, read)).toHaveLength(2);
  });
});

describe(compileNearest, () => {
  it.each([
    ['SQl-O1*', ['WEB-01', 'SQL-02', 'SQL-01'], 'SQL-01'],
    ['prod-sql*', ['web', 'prd-sql-01'], 'prd-sql-01'],
    ['*sqlsvr*', ['old-sqlsrv-7'], 'old-sqlsrv-7'],
    ['SQL??', ['SQL001'], 'SQL001'],
    ['SQL 01', ['sql_01'], 'sql_01'],
    ['*', ['a'], null],
    ['a*', ['b', 'c'], null],
    ['', [''], null],
    ['ORACLE', ['SQL-01', 'WEB-01'], null],
    ['x'.repeat(1000), ['y', 'x'.repeat(1000)], null],
  ])('%s', (pattern, names, meant) => {
    expect(compileNearest(names)(pattern)).toBe(meant);
  });

  it('is the name itself where the pattern matches it', () => {
    const piece = fc.constantFrom('*', '?', 'a', 'b', '-');
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => `abc${pieces.join('')}`),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-'), maxLength: 10 }).map((text) => `abc${text}`),
        (pattern, name) => {
          fc.pre(matchesWildcard(pattern, name));
          // A question mark may stand for a hyphen, which counts for nothing.
          const isWhole = !(pattern.includes('?') && name.includes('-'));
          if (isWhole) expect(compileNearest([name])(pattern)).toBe(name);
        },
      ),
    );
  });
});

it('tells what no name matches, and nothing else', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 1, maxLength: 5 });
  const pattern = fc
    .array(fc.constantFrom('*', '?', 'a', 'b', '-'), { minLength: 1, maxLength: 5 })
    .map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { minLength: 1, maxLength: 5 }),
      fc.uniqueArray(pattern, { minLength: 1, maxLength: 5 }),
      (names, patterns) => {
        const read = inventory({ vms: names.map((each) => ({ name: each })) });
        const yaml = `overrides: [{ vm: ${JSON.stringify(patterns)}, ${RULES} }]`;
        const found = unmatchedPatterns(policyOf(yaml), read).map((each) => each.pattern);
        expect(found).toEqual(patterns.filter((each) => !names.some((text) => matchesWildcard(each, text))));
      },
    ),
    { numRuns: 200 },
  );
});
