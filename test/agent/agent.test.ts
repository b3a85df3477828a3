import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/units.ts';
import type { VmSpec } from '../builders.ts';
import { until } from '../until.ts';
import { INTERVAL_MS, Machine, settle, withMail } from './agent-under-test.ts';

/** A VM with a checkpoint that is older than three days, but not yet than seven. */
const STALE: VmSpec = { name: 'SQL01', checkpoints: [{ name: 'before patch', ageMs: 4 * DAY_MS }] };
const FINE: VmSpec = { name: 'SQL01', checkpoints: [] };
const SUCCESS = 'hyperv_checkpoint_scan_success{hyperv_host="hv01"}';

it('says by a cron schedule how long it is to the next scan, anew at each', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 20, 5, 30) });
  onTestFinished(() => void vi.useRealTimers());
  const daily = { type: 'cron', cron: '0 6 * * *', timeZone: 'UTC', jitterMs: 0 } as const;
  const machine = new Machine();
  const agent = await machine.startAndScan({ ...withMail(), schedule: daily });
  expect(await agent.metric('hyperv_checkpoint_scan_interval_seconds')).toBe(1800);
  vi.setSystemTime(Date.UTC(2026, 10, 20, 6, 0, 1));
  // The real cron does not fire here, but the watchdog does.
  await machine.time.pass(35 * MINUTE_MS);
  await machine.shows(2);
  expect(await agent.metric('hyperv_checkpoint_scan_interval_seconds')).toBe(86_399);
});

describe('before the first scan has ended', () => {
  it('only the agent speaks of itself, and it is not ready', async () => {
    const machine = new Machine();
    machine.hangs();
    const agent = await machine.start();
    expect((await agent.get('/-/ready')).status).toBe(503);
    expect((await agent.get('/-/healthy')).status).toBe(200);
    const { status, text } = await agent.get('/metrics');
    expect(status).toBe(200);
    expect(text).toContain('hyperv_checkpoint_agent_build_info{');
    expect(text).not.toMatch(/^hyperv_(vm|checkpoint_scan_success|checkpoint_finding)/m);
    expect(await agent.check()).toBe('CHECKPOINTS UNKNOWN - the first scan has not ended yet');
  });

  it('what an earlier life knew is not shown as if it were of now', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    await (await machine.startAndScan()).stop();
    machine.hangs();
    const agent = await machine.start();
    expect((await agent.get('/-/ready')).status).toBe(503);
    expect((await agent.get('/metrics')).text).not.toContain('SQL01');
    expect(await agent.check()).toContain('UNKNOWN');
  });
});

describe('after the first scan', () => {
  it('everything about it is shown, and the agent is ready', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const agent = await machine.startAndScan();
    expect((await agent.get('/-/ready')).status).toBe(200);
    expect(await agent.metric(SUCCESS)).toBe(1);
    const { text } = await agent.get('/metrics');
    expect(text).toMatch(/^hyperv_vm_info\{.*vm="SQL01"/m);
    expect(await agent.check()).toMatch(/^CHECKPOINTS WARNING - SQL01 "before patch" 4d/);
    expect((await agent.get('/')).text).toContain('SQL01');
    expect(machine.post.read()).toEqual(['baseline: watching 1 host: 1 warning']);
  });
});

describe('a scan that fails', () => {
  it('leaves what was known, marked, and resolves nothing', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const agent = await machine.startAndScan();
    machine.post.read();
    machine.fails();
    await agent.nextScan(3);
    expect(await agent.metric(SUCCESS)).toBe(0);
    expect(await agent.metric('hyperv_checkpoint_scans_total{hyperv_host="hv01"}')).toBe(4);
    const failures = 'hyperv_checkpoint_scan_failures_total{hyperv_host="hv01",reason="unreachable"}';
    expect(await agent.metric(failures)).toBe(3);
    expect((await agent.get('/metrics')).text).toContain('vm="SQL01"');
    expect(await agent.check()).toMatch(/^CHECKPOINTS UNKNOWN - hv01 not read/);
    expect((await agent.get('/-/ready')).status).toBe(200);
    expect(machine.post.read()).toEqual([]);
  });

  it('that lasts is mailed, and so is its end, and nothing else', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const agent = await machine.startAndScan();
    machine.post.read();
    machine.fails();
    await agent.nextScan(4);
    expect(machine.post.read()).toEqual([]);
    await agent.nextScan();
    expect(machine.post.read()).toEqual(['new: hv01: host not read']);
    machine.holds(STALE);
    await agent.nextScan();
    expect(machine.post.read()).toEqual(['resolved: hv01: host not read']);
    expect(machine.logged('host was not read')).toHaveLength(1);
    expect(machine.logged('host is read again')).toHaveLength(1);
  });

  it('from the very start is mailed too when it lasts, as the first thing people hear', async () => {
    const machine = new Machine();
    machine.fails('ACCESS_DENIED');
    const agent = await machine.startAndScan();
    expect(await agent.check()).toMatch(/^CHECKPOINTS UNKNOWN - hv01 not read \(access denied\)/);
    expect(await agent.metric(SUCCESS)).toBe(0);
    expect((await agent.get('/metrics')).text).not.toMatch(/^hyperv_vm_/m);
    await agent.nextScan(4);
    expect(machine.post.read()).toEqual([]);
    await agent.nextScan();
    expect(machine.post.read()).toEqual(['baseline: watching 1 host: 1 warning']);
    expect(await agent.check()).toMatch(/^CHECKPOINTS UNKNOWN - hv01 not read/);
  });
});

describe('a scan under way', () => {
  it('shows the whole of the one before until it has ended', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const agent = await machine.startAndScan();
    const before = (await agent.get('/metrics')).text.replace(/^(?!hyperv_vm).*$/gm, '');
    machine.hangs();
    await machine.time.pass(INTERVAL_MS);
    expect(machine.scans).toBe(2);
    expect((await agent.get('/metrics')).text.replace(/^(?!hyperv_vm).*$/gm, '')).toBe(before);
    expect(before).toContain('vm="SQL01"');
    expect(await agent.check()).toMatch(/^CHECKPOINTS WARNING/);
  });
});

describe('what is over', () => {
  it('is told once, after two complete looks that did not find it', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const agent = await machine.startAndScan();
    machine.post.read();
    machine.holds(FINE);
    await agent.nextScan();
    expect(machine.post.read()).toEqual([]);
    await agent.nextScan();
    expect(machine.post.read()).toEqual(['resolved: SQL01: stale checkpoint']);
    await agent.nextScan(2);
    expect(machine.post.read()).toEqual([]);
  });

  it('needs two looks that succeeded, whatever happens between them', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const before = await machine.startAndScan();
    machine.post.read();
    machine.holds(FINE);
    await before.nextScan();
    machine.fails();
    await before.nextScan(2);
    await before.stop();
    const after = await machine.startAndScan();
    expect(machine.post.read()).toEqual([]);
    machine.holds(FINE);
    await after.nextScan();
    expect(machine.post.read()).toEqual(['resolved: SQL01: stale checkpoint']);
  });

  it('is not over when it is back at the second look', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const agent = await machine.startAndScan();
    machine.post.read();
    for (const vm of [FINE, STALE, FINE, STALE]) {
      machine.holds(vm);
      await agent.nextScan();
    }
    expect(machine.post.read()).toEqual([]);
  });
});

describe('a restart', () => {
  it('neither repeats a mail nor forgets what was told', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    await (await machine.startAndScan()).stop();
    expect(machine.post.read()).toEqual(['baseline: watching 1 host: 1 warning']);
    const again = await machine.startAndScan();
    expect(machine.post.read()).toEqual([]);
    machine.holds(FINE);
    await again.nextScan(2);
    expect(machine.post.read()).toEqual(['resolved: SQL01: stale checkpoint']);
  });

  it('delivers once what was saved but not delivered, under the same Message-ID', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    machine.post.answer = 'never answer';
    const before = await machine.startAndScan();
    const owed = before.store.dueMails(machine.time.clock.now()).map(({ mail }) => mail.messageId);
    expect(owed).toHaveLength(1);
    await before.stop();
    machine.post.answer = 'take';
    const after = await machine.startAndScan();
    await after.nextScan();
    expect(machine.post.taken.map(({ messageId }) => messageId)).toEqual(owed);
  });

  it('whose first scan fails shows the old reading, marked as old', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    await (await machine.startAndScan()).stop();
    await machine.time.pass(20 * MINUTE_MS);
    machine.fails('TIMEOUT');
    const agent = await machine.startAndScan();
    expect(await agent.metric(SUCCESS)).toBe(0);
    expect((await agent.get('/metrics')).text).toContain('vm="SQL01"');
    const check = (await agent.get('/check')).text;
    expect(check).toMatch(/^CHECKPOINTS UNKNOWN - hv01 not read/);
    expect(check).toContain('SQL01 "before patch"');
    const page = (await agent.get('/')).text;
    expect(page).toContain('SQL01');
    expect(page).toContain('last good scan 20m ago');
    // The baseline was told in the earlier life.
    expect(machine.post.read()).toEqual(['baseline: watching 1 host: 1 warning']);
  });

  it('after which the host stays unread tells so an hour after the last good reading', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    await (await machine.startAndScan()).stop();
    machine.post.read();
    await machine.time.pass(50 * MINUTE_MS);
    machine.fails();
    const agent = await machine.startAndScan();
    expect(machine.post.read()).toEqual([]);
    await agent.nextScan();
    expect(machine.post.read()).toEqual(['new: hv01: host not read']);
  });
});

describe('an outage of the mail server', () => {
  it('that outlasts the mails ends with everything that is open, told anew', async () => {
    const machine = new Machine();
    machine.holds(FINE);
    const config = withMail();
    const every = { type: 'every', everyMs: 6 * HOUR_MS, jitterMs: 0 } as const;
    await machine.startAndScan({ ...config, schedule: every });
    expect(machine.post.read()).toEqual(['baseline: watching 1 host: nothing found']);
    machine.post.answer = 'refuse connections';
    machine.holds(STALE);
    const days = async (count: number): Promise<void> => {
      for (let scan = 0; scan < 4 * count; scan += 1) {
        const before = machine.views.length;
        await machine.time.pass(6 * HOUR_MS);
        await machine.shows(before + 1);
      }
    };
    await days(4);
    expect(machine.logged('a mail was given up')).toHaveLength(1);
    machine.post.answer = 'take';
    await days(1);
    expect(machine.post.read()).toEqual([
      'worse: SQL01: stale checkpoint',
      'baseline: watching 1 host: 1 critical',
    ]);
    expect(machine.logged('mail was not delivered')).toHaveLength(1);
    expect(machine.logged('mail is delivered again')).toHaveLength(1);
  });
});

describe('stopping', () => {
  it('aborts the scan under way, and frees the port', async () => {
    const machine = new Machine();
    machine.hangs();
    const running = await machine.start();
    await until('a scan', () => machine.scans === 1);
    await running.stop();
    const { port } = new URL(running.agent.url);
    const server = createServer().listen(Number(port), '127.0.0.1');
    await new Promise((resolve, reject) => server.on('listening', resolve).on('error', reject));
    server.close();
    expect(machine.views).toEqual([]);
    expect(machine.log.filter((line) => / (warn|error) /.test(line))).toEqual([]);
  });

  it('leaves the state alone from then on, also when a new configuration had just come', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const running = await machine.startAndScan();
    running.agent.reconfigure(withMail());
    await running.stop();
    await settle();
    await machine.time.pass(2 * HOUR_MS);
    await settle();
    expect(machine.scans).toBe(1);
    expect(machine.logged(' error ')).toEqual([]);
  });
});

describe('a scan that is due while one still runs', () => {
  it('is skipped and counted', async () => {
    const machine = new Machine();
    machine.hangs();
    const running = await machine.start();
    await machine.time.pass(2 * INTERVAL_MS);
    expect(machine.scans).toBe(1);
    expect(await running.metric('hyperv_checkpoint_scans_skipped_total')).toBe(2);
  });
});
