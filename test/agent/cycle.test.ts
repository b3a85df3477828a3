import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/core/units.ts';
import { guid, type VmSpec } from '../builders.ts';
import { HOSTILE_NAMES } from '../hostile.ts';
import { until } from '../until.ts';
import { INTERVAL_MS, Machine, settle, withMail } from './agent-under-test.ts';
import { breakWrites } from './full-disk.ts';

const STALE: VmSpec = { name: 'SQL01', checkpoints: [{ name: 'before patch', ageMs: 4 * DAY_MS }] };
const FINE: VmSpec = { name: 'SQL01', checkpoints: [] };
const SUCCESS = 'hyperv_checkpoint_scan_success{hyperv_host="hv01"}';

describe('a state that cannot be written', () => {
  it('leaves metrics, page and check going, and the mail owed until it can', async () => {
    const machine = new Machine();
    const running = await machine.startAndScan();
    expect(machine.post.read()).toEqual(['baseline: watching 1 host: nothing found']);
    const mend = breakWrites(machine.stateDir);
    machine.holds(STALE);
    await running.nextScan(2);
    expect(await running.metric(SUCCESS)).toBe(1);
    expect(await running.check()).toMatch(/^CHECKPOINTS WARNING - SQL01/);
    expect((await running.get('/')).text).toContain('SQL01');
    expect(machine.post.read()).toEqual([]);
    expect(machine.logged('alerts could not be stored; nothing was mailed')[0]).toContain('no room');
    const failures = 'hyperv_checkpoint_notifications_failed_total{channel="email",reason="other"}';
    expect(await running.metric(failures)).toBeGreaterThan(0);
    mend();
    await running.nextScan();
    expect(machine.post.read()).toEqual(['new: SQL01: stale checkpoint']);
    await running.nextScan();
    expect(machine.post.read()).toEqual([]);
  });

  it('is told to the log and to the event log when it begins and when it ends, and once each', async () => {
    const machine = new Machine();
    const running = await machine.startAndScan();
    const mend = breakWrites(machine.stateDir);
    await running.nextScan(3);
    expect(machine.events).toEqual([
      expect.stringMatching(/^stateFailing: The state cannot be written: .*no room/),
    ]);
    machine.holds(STALE);
    await running.nextScan(3);
    expect(machine.events.slice(1)).toEqual([
      expect.stringMatching(/^stateFailing: The state cannot be written, and nothing is mailed: .*no room/),
    ]);
    const failures = [
      'alerts could not be stored; nothing was mailed',
      'the last report could not be stored',
    ];
    for (const failure of failures) expect(machine.logged(failure)).toHaveLength(1);
    mend();
    await running.nextScan(2);
    expect(machine.events.slice(2)).toEqual(['stateRecovered: The state is written again.']);
    for (const what of ['alerts', 'report'])
      expect(machine.logged(`${what} can be stored again`)).toHaveLength(1);
  });

  it('keeps the word owed also about what began and ended meanwhile, and lies about neither', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const running = await machine.startAndScan();
    machine.post.read();
    const mend = breakWrites(machine.stateDir);
    machine.holds(FINE, { ...STALE, name: 'WEB07' });
    await running.nextScan(2);
    machine.holds(FINE);
    await running.nextScan(2);
    mend();
    expect(machine.post.read()).toEqual([]);
    await running.nextScan();
    // Of WEB07 nobody ever heard.
    expect(machine.post.read()).toEqual(['resolved: SQL01: stale checkpoint']);
  });

  it('does not let a mail go out twice that was sent but could not be recorded', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    machine.post.answer = 'refuse connections';
    const running = await machine.startAndScan();
    machine.post.answer = 'take';
    const mend = breakWrites(machine.stateDir);
    await running.nextScan(2);
    expect(machine.post.read()).toEqual(['baseline: watching 1 host: 1 warning']);
    mend();
    await running.nextScan(2);
    expect(machine.post.read()).toEqual([]);
    expect(running.store.outboxState().length).toBe(0);
  });

  it('even when it is gone altogether stops neither scans nor the metrics', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const running = await machine.startAndScan();
    machine.post.read();
    running.store.close();
    machine.holds(STALE, { ...STALE, name: 'WEB07' });
    await running.nextScan(2);
    expect((await running.get('/metrics')).text).toContain('vm="WEB07"');
    expect(await running.check()).toMatch(/^CHECKPOINTS WARNING/);
    expect(machine.post.read()).toEqual([]);
    await running.agent.stop();
  });
});

describe('a fault of the program', () => {
  it('in the collector is logged, and the next scan is another chance', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const running = await machine.startAndScan();
    machine.scan = () => {
      throw new Error('what nobody thought of');
    };
    await machine.time.pass(INTERVAL_MS);
    await settle();
    expect(machine.logged('scan failed unexpectedly')).toEqual([
      expect.stringContaining('what nobody thought of'),
    ]);
    expect((await running.get('/metrics')).text).toContain('vm="SQL01"');
    await machine.time.pass(INTERVAL_MS);
    await settle();
    // A second time only to the log.
    const failed = 'scanFailed: A scan has failed by a fault of the agent: what nobody thought of';
    expect(machine.events).toEqual([failed]);
    machine.holds(STALE, { ...STALE, name: 'WEB07' });
    await running.nextScan();
    expect((await running.get('/metrics')).text).toContain('vm="WEB07"');
    expect(machine.events).toEqual([failed, 'scanRecovered: What is found is shown again.']);
  });

  it('that lasts makes the check unknown once the last reading is too old', async () => {
    const machine = new Machine();
    machine.holds(FINE);
    const running = await machine.startAndScan();
    machine.scan = () => {
      throw new Error('what nobody thought of');
    };
    await machine.time.pass(3 * INTERVAL_MS);
    expect(await running.check()).toMatch(/^CHECKPOINTS OK/);
    await machine.time.pass(INTERVAL_MS);
    expect(await running.check()).toBe('CHECKPOINTS UNKNOWN - hv01 scanned 1h ago');
  });

  it('while showing a view neither ends the watch nor loses or repeats a mail', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    let isBroken = true;
    const running = await machine.start(withMail(), {
      onView() {
        if (isBroken) throw new Error('cannot show');
      },
    });
    await machine.shows(1);
    expect(machine.logged('scan failed unexpectedly')).toEqual([expect.stringContaining('cannot show')]);
    expect(machine.post.read()).toEqual(['baseline: watching 1 host: 1 warning']);
    isBroken = false;
    await running.nextScan();
    expect(machine.post.read()).toEqual([]);
  });
});

describe('names full of traps', () => {
  it('pass through state, mail, metrics, page, check and log, and a restart', async () => {
    const machine = new Machine();
    const vms = HOSTILE_NAMES.map((name, n) => ({
      name,
      id: guid(`vm ${n}`),
      notes: name,
      checkpoints: [{ name, ageMs: 4 * DAY_MS }],
    }));
    machine.holds(...vms);
    const before = await machine.startAndScan();
    const found = `baseline: watching 1 host: ${HOSTILE_NAMES.length} warning`;
    expect(machine.post.read()).toEqual([found]);
    const metrics = async (agent: typeof before): Promise<number> =>
      (await agent.get('/metrics')).text.split('\n').filter((line) => line.startsWith('hyperv_vm_info{'))
        .length;
    expect(await metrics(before)).toBe(HOSTILE_NAMES.length);
    expect((await before.get('/')).status).toBe(200);
    expect(await before.check()).toMatch(/^CHECKPOINTS WARNING - [^\u0000-\u001f|]+$/);
    await before.stop();
    const after = await machine.startAndScan();
    expect(await metrics(after)).toBe(HOSTILE_NAMES.length);
    machine.holds();
    await after.nextScan(2);
    expect(machine.post.read()).toEqual([
      `summary: ${HOSTILE_NAMES.length} VMs: ${HOSTILE_NAMES.length} resolved`,
    ]);
    expect(machine.log.filter((line) => / (warn|error) /.test(line))).toEqual([]);
    expect(machine.log.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  });
});

describe('clocks', () => {
  it('that are set forward by an hour or back by one neither mail nor resolve anything', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const running = await machine.startAndScan();
    machine.post.read();
    for (const step of [3_600_000, -7_200_000, 3_600_000]) {
      machine.time.stepWallClock(step);
      await running.nextScan();
      expect(await running.metric(SUCCESS)).toBe(1);
    }
    expect(await running.check()).toMatch(/^CHECKPOINTS WARNING - SQL01 "before patch" 4d/);
    expect(machine.post.read()).toEqual([]);
    expect(machine.scans).toBe(4);
  });

  it('whose step lies between two looks do not keep an end from being told', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const running = await machine.startAndScan();
    machine.post.read();
    machine.holds(FINE);
    await running.nextScan();
    machine.time.stepWallClock(-INTERVAL_MS - 1);
    await running.nextScan();
    await until('the mail', () => machine.post.taken.length > 0);
    expect(machine.post.read()).toEqual(['resolved: SQL01: stale checkpoint']);
  });
});
