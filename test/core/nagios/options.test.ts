import { describe, expect, it } from 'vitest';
import { parseCheckOptions } from '../../../src/core/nagios/options.ts';

describe(parseCheckOptions, () => {
  it('has defaults: the findings decide, everything is looked at', () => {
    expect(parseCheckOptions([])).toEqual({
      ok: true,
      options: {
        thresholds: null,
        vms: [],
        hosts: [],
        maxAgeMs: null,
        verbosity: 0,
        maxLines: 20,
        perfdataPerVm: false,
      },
    });
  });

  it('takes ranges in the unit of the metric', () => {
    const age = parseCheckOptions([['critical', '7d']]);
    expect(age).toMatchObject({
      options: { thresholds: { metric: 'age', warning: null, critical: { end: 604_800 } } },
    });
    const size = parseCheckOptions([
      ['metric', 'size'],
      ['warning', '50GiB'],
    ]);
    expect(size).toMatchObject({
      options: { thresholds: { metric: 'size', warning: { end: 53_687_091_200 } } },
    });
  });

  it.each([
    [[['warning', '3x']], 'warning: "3x" is no age such as 3d or 1d12h:7d'],
    [
      [
        ['metric', 'size'],
        ['critical', '3d'],
      ],
      'critical: "3d" is no size such as 50GiB or 10GiB:200GiB',
    ],
    [
      [
        ['metric', 'weight'],
        ['critical', '3'],
      ],
      'metric: "weight" is none of age, size, count',
    ],
    [
      [
        ['warning', '7d'],
        ['critical', '3d'],
      ],
      'warning 7d is above critical 3d: it would never warn',
    ],
    [
      [
        ['metric', 'count'],
        ['warning', '~:11'],
        ['critical', ':10'],
      ],
      'warning ~:11 is above critical :10: it would never warn',
    ],
    [[['metric', 'size']], 'metric needs -w or -c'],
    [[['max-age', 'soon']], 'max-age: "soon" is no duration such as 45m or 2h'],
    [[['max-lines', '-1']], 'max-lines: "-1" is no whole number'],
    [[['colour', 'red']], 'unknown option "colour"'],
    [
      [
        ['warning', '1'],
        ['warning', '2'],
      ],
      'warning was given more than once',
    ],
    [[['vm', '']], 'vm and host take patterns of 1 to 300 characters'],
  ] as [pairs: [string, string][], problem: string][])('refuses %j', (pairs, problem) => {
    expect(parseCheckOptions(pairs)).toEqual({ ok: false, problem });
  });

  it.each([
    ['3d', '3d'],
    ['5:10', '5'],
    ['@10:20', '5'],
    ['10:', '5:'],
  ])('takes warning %s beside critical %s', (warning, critical) => {
    expect(
      parseCheckOptions([
        ['warning', warning],
        ['critical', critical],
      ]),
    ).toMatchObject({ ok: true });
  });
});
