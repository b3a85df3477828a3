import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/units.ts';
import type { VmSpec } from '../builders.ts';
import { INTERVAL_MS, Machine, settle, withMail, withoutMail } from './agent-under-test.ts';

/** A VM with a checkpoint that is older than three days, but not yet than seven. */
const STALE: VmSpec = { name: 'SQL01', checkpoints: [{ name: 'before patch', ageMs: 4 * DAY_MS }] };

describe('a new configuration', () => {
  const strict = 'rules: { checkpoint-age: { user: { warning: 1d, critical: 2d } } }\n';

  it('is judged by at once, without reading again', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const running = await machine.startAndScan();
    machine.post.read();
    running.agent.reconfigure(withMail(strict));
    await machine.shows(2);
    expect(machine.scans).toBe(1);
    expect(await running.check()).toMatch(/^CHECKPOINTS CRITICAL/);
    expect(machine.post.read()).toEqual(['worse: SQL01: stale checkpoint']);
  });

  it('also judges the scan under way when it came', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const running = await machine.startAndScan();
    machine.post.read();
    const slow = Promise.withResolvers<void>();
    machine.scan = async () => {
      await slow.promise;
      return machine.reading([STALE]);
    };
    await machine.time.pass(INTERVAL_MS);
    running.agent.reconfigure(withMail(strict));
    await machine.shows(2);
    slow.resolve();
    await machine.shows(3);
    expect(await running.check()).toMatch(/^CHECKPOINTS CRITICAL/);
    expect(machine.post.read()).toEqual(['worse: SQL01: stale checkpoint']);
  });

  it('takes effect before the first scan has ended', async () => {
    const machine = new Machine();
    const slow = Promise.withResolvers<void>();
    machine.scan = async () => {
      await slow.promise;
      return machine.reading([STALE]);
    };
    const running = await machine.start();
    running.agent.reconfigure(withMail(strict));
    await settle();
    expect(machine.views).toEqual([]);
    slow.resolve();
    await machine.shows(1);
    expect(await running.check()).toMatch(/^CHECKPOINTS CRITICAL/);
  });

  it('that was refused leaves the rules as they were and shows in the metrics', async () => {
    const reloaded = 'hyperv_checkpoint_config_last_reload_successful';
    const machine = new Machine();
    machine.holds(STALE);
    const running = await machine.startAndScan();
    expect(await running.metric(reloaded)).toBe(1);
    running.agent.configRefused();
    await running.nextScan();
    expect(await running.metric(reloaded)).toBe(0);
    expect(await running.check()).toMatch(/^CHECKPOINTS WARNING/);
    running.agent.reconfigure(withMail());
    await machine.shows(3);
    expect(await running.metric(reloaded)).toBe(1);
  });

  it('with another address to listen on says that it needs a restart, and goes on at the old one', async () => {
    const machine = new Machine();
    const running = await machine.startAndScan();
    const config = withMail();
    running.agent.reconfigure({ ...config, web: { ...config.web, host: '127.0.0.2' } });
    expect(machine.logged('web.listen')).toEqual([
      expect.stringContaining('warn web.listen was changed; it takes effect at the next start'),
    ]);
    await machine.shows(2);
    expect((await running.get('/-/healthy')).status).toBe(200);
    running.agent.reconfigure(config);
    await machine.shows(3);
    expect(machine.logged('web.listen')).toHaveLength(1);
  });

  it('with another interval is kept to, and said in the metrics', async () => {
    const machine = new Machine();
    const running = await machine.startAndScan();
    running.agent.reconfigure({
      ...withMail(),
      schedule: { type: 'every', everyMs: HOUR_MS, jitterMs: 0 },
    });
    await machine.shows(2);
    expect(await running.metric('hyperv_checkpoint_scan_interval_seconds')).toBe(3600);
    await machine.time.pass(45 * MINUTE_MS);
    expect(machine.scans).toBe(1);
    await machine.time.pass(15 * MINUTE_MS);
    expect(machine.scans).toBe(2);
  });

  it('that turns mail on begins with a baseline', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const running = await machine.startAndScan(withoutMail());
    await running.nextScan();
    expect(machine.post.read()).toEqual([]);
    running.agent.reconfigure(withMail());
    await machine.shows(3);
    expect(machine.post.read()).toEqual(['baseline: watching 1 host: 1 warning']);
    await running.nextScan();
    expect(machine.post.read()).toEqual([]);
  });

  it('that calls the host by another name shows it as not scanned until it is', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const running = await machine.startAndScan();
    running.agent.reconfigure({ ...withMail(), hosts: ['hv01.example.com'] });
    await machine.shows(2);
    expect(await running.check()).toBe('CHECKPOINTS UNKNOWN - hv01.example.com not scanned yet');
    expect(machine.post.read()).toEqual(['baseline: watching 1 host: 1 warning']);
  });
});
