import { describe, expect, it } from 'vitest';
import { postflight } from '../../../src/core/postflight/postflight.ts';
import { type Answer, answerNothing } from '../../../src/core/preflight/answer.ts';
import { preflight } from '../../../src/core/preflight/preflight.ts';
import { answerJson } from '../../../src/core/render/answer-json.ts';
import { answerText } from '../../../src/core/render/answer-text.ts';
import { DAY_MS, GIB, HOUR_MS } from '../../../src/core/units.ts';
import type { VmSpec } from '../../builders.ts';
import { asked, error, volume } from '../preflight/asked.ts';

const BEFORE_PATCH = { name: 'before patch', ageMs: 12 * DAY_MS, layerBytes: 24 * GIB };

const sure = (vm: Partial<VmSpec>, free = 300): Answer =>
  preflight(asked(vm, { volumes: [volume('C:\\', { freeBytes: free * GIB })] }), false);

const HOSTILE = '\u001b[31mred\n\u202egnp.exe "x"';

const SAMPLES: Readonly<Record<string, Answer>> = {
  yes: sure({}),
  cautions: sure({ checkpoints: [BEFORE_PATCH], guestProductType: null }),
  no: sure({ operationalStatus: [2, 32772], checkpoints: [BEFORE_PATCH], checkpointType: 5 }, 3),
  'not-known': preflight(
    asked(
      { operationalStatus: [], errors: [error('PROP_READ_FAILED', 'OperationalStatus')] },
      { volumes: [volume('C:\\', { totalBytes: null, freeBytes: null, error: error('VOLUME_FAILED') })] },
    ),
    false,
  ),
  'no-such-vm': answerNothing(
    'preflight',
    'SQL1',
    'no VM of exactly this name or id on hv01; did you mean "SQL01"?',
  ),
  'gone-and-merged': postflight(asked({ checkpoints: [{ name: 'nightly', kind: 'backup' }] }), null),
  'not-yet': postflight(asked({ checkpoints: [{ ...BEFORE_PATCH, ageMs: 3 * HOUR_MS }] }), 'before patch'),
  hostile: preflight(
    asked(
      {
        name: HOSTILE,
        state: { code: 10, name: HOSTILE },
        checkpoints: [{ ...BEFORE_PATCH, name: HOSTILE.repeat(9) }],
      },
      { volumes: [volume('C:\\', { freeBytes: 300 * GIB })] },
    ),
    false,
  ),
};

describe('an answer', () => {
  it.each(Object.entries(SAMPLES))('reads well: %s', async (name, answer) => {
    await expect(answerText(answer)).toMatchFileSnapshot(`answer/${name}.txt`);
  });

  it.each(['cautions', 'not-known', 'no-such-vm', 'gone-and-merged'])('is data: %s', async (name) => {
    const answer = SAMPLES[name];
    if (answer === undefined) throw new Error(name);
    await expect(`${JSON.stringify(answerJson(answer), null, 2)}\n`).toMatchFileSnapshot(
      `answer/${name}.json.txt`,
    );
  });

  it('lets no name from outside break a line or turn the text around', () => {
    const { hostile } = SAMPLES;
    if (hostile === undefined) throw new Error('hostile');
    expect(answerText(hostile)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(answerText(hostile).trimEnd().split('\n')).toHaveLength(hostile.checks.length + 2);
  });

  it('gives whole bytes', () => {
    const written = JSON.stringify(answerJson(sure({ checkpoints: [{ ...BEFORE_PATCH, layerBytes: 7 }] })));
    expect(JSON.parse(written).volumes[0].bytesPerDay).toBe(1);
  });
});
