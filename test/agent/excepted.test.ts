import { expect, it } from 'vitest';
import { DAY_MS } from '../../src/core/units.ts';
import { Machine, withMail } from './agent-under-test.ts';

const EXCEPTED = 'exceptions: [{ vm: LAB09, reason: training image, until: 2026-12-31, owner: j.doe }]\n';

it('an exception of the configuration is seen everywhere and raises nothing, until it is taken out', async () => {
  const machine = new Machine();
  const golden = { name: 'golden', ageMs: 9 * DAY_MS };
  machine.holds({ name: 'LAB09', checkpoints: [golden] }, { name: 'SQL01' });
  const running = await machine.startAndScan(withMail(EXCEPTED));
  await running.nextScan();
  expect(machine.post.read()).toEqual(['baseline: watching 1 host: nothing found']);
  expect(await running.check()).toBe(
    'CHECKPOINTS OK - 1 checkpoint on 1 of 2 VMs, oldest 9d, 1.0 GiB, 1 excepted',
  );
  expect((await running.get('/')).text).toContain('<a href="#excepted">1 excepted</a>');
  expect(await running.metric('hyperv_checkpoint_exceptions{state="covering"}')).toBe(1);
  expect(await running.metric('hyperv_checkpoint_alerts{severity="critical",state="excepted"}')).toBe(1);
  expect(machine.logged(' info judged ')).toEqual([
    expect.stringMatching(/ critical=0 warning=0 info=0 excepted=1\n$/),
  ]);
  await running.stop();

  // The same state, another configuration.
  const again = await machine.startAndScan(withMail());
  expect(machine.post.read()).toEqual(['new: LAB09: stale checkpoint']);
  expect(await again.check()).toMatch(/^CHECKPOINTS CRITICAL - LAB09 "golden" 9d/);
  expect(machine.logged(' info judged ').at(-1)).toMatch(/ critical=1 warning=0 info=0\n$/);
});

it('counts nothing in the log while nothing is known', async () => {
  const machine = new Machine();
  machine.fails();
  await machine.startAndScan();
  expect(machine.logged(' info judged ')).toEqual([]);
});
