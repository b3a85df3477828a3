import { describe, expect, it } from 'vitest';
import { explained, judgedBy } from '../core/render/explain-samples.ts';
import { ask } from './http.ts';
import { runningExporter } from './running.ts';

const VIEW = judgedBy('', [
  { vms: [{ name: 'SQL "01" & co', checkpoints: [{ name: 'before 100% CU12', ageMs: 9 * 86_400_000 }] }] },
]);
const PATH = '/api/v1/explain';

async function asked(query: string) {
  await using running = await runningExporter();
  await running.exporter.publish(VIEW);
  const { status, headers, body } = await ask(`${running.url}${PATH}${query}`);
  return { status, code: headers['explain-exit-code'], type: headers['content-type'], text: body.toString() };
}

describe(PATH, () => {
  it('has the text for people, and the exit code for the command', async () => {
    const name = 'before 100% CU12';
    expect(await asked(`?${new URLSearchParams({ what: name })}`)).toEqual({
      status: 200,
      code: '0',
      type: 'text/plain; charset=utf-8',
      text: explained(VIEW, name),
    });
  });

  it.each([
    ['', 400, 'Ask with what=NAME'],
    ['?what=', 400, 'Ask with what=NAME'],
    ['?what=%20', 400, 'Ask with what=NAME'],
    ['?what=a&what=b', 400, 'Ask with what=NAME'],
    [`?what=${'x'.repeat(513)}`, 400, 'No name has more than 512 characters.'],
    [`?what=${'%3F'.repeat(512)}`, 404, 'Nothing here is called "???'],
    ['?what=%00%1b%5b31m', 404, 'Nothing here is called "'],
    ['?what=%ff%fe', 404, 'Nothing here is called "'],
  ])('answers %s with %i and a sentence', async (query, status, sentence) => {
    const answer = await asked(query);
    expect(answer).toMatchObject({ status, code: '1', text: expect.stringContaining(sentence) });
    expect(answer.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('says before the first scan has ended that it cannot tell', async () => {
    await using running = await runningExporter();
    const { status, body } = await ask(`${running.url}${PATH}?what=SQL01`);
    expect([status, body.toString()]).toEqual([
      503,
      'Nothing can be explained: the first scan has not ended yet.\n',
    ]);
  });

  it('answers HEAD with the headers alone, and other methods with 405', async () => {
    await using running = await runningExporter();
    await running.exporter.publish(VIEW);
    const url = `${running.url}${PATH}?what=*`;
    const head = await ask(url, { method: 'HEAD' });
    expect([head.status, head.body.length, Number(head.headers['content-length']) > 0]).toEqual([
      200,
      0,
      true,
    ]);
    const post = await ask(url, { method: 'POST' });
    expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});
