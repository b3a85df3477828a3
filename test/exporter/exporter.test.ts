import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createExporter } from '../../src/exporter/exporter.ts';
import { SERVER_LIMITS } from '../../src/exporter/server.ts';
import { finding, view } from '../builders.ts';
import { ask } from './http.ts';
import { runningExporter } from './running.ts';

const ONE_VM = view(
  [{ vms: [{ name: 'SQL01', checkpoints: [{ name: 'before patch' }] }] }],
  [finding({ vm: 'SQL01' })],
);

describe('/metrics', () => {
  it('has only the metrics of the agent itself before the first scan', async () => {
    await using running = await runningExporter();
    const { status, headers, body } = await ask(`${running.url}/metrics`);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body.toString()).toContain('hyperv_checkpoint_agent_build_info{');
    expect(body.toString()).not.toContain('hyperv_vm_');
    expect(body.toString()).not.toContain('hyperv_checkpoint_scan_success');
  });

  it('has the same text plain and packed', async () => {
    await using running = await runningExporter();
    await running.exporter.publish(ONE_VM);
    const plain = await ask(`${running.url}/metrics`);
    const packed = await ask(`${running.url}/metrics`, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(packed.headers['content-encoding']).toBe('gzip');
    const stable = (body: Buffer) =>
      body
        .toString()
        .split('\n')
        .filter((line) => /^hyperv_/.test(line));
    expect(stable(zlib.gunzipSync(packed.body))).toEqual(stable(plain.body));
    expect(stable(plain.body)).toContainEqual(expect.stringMatching(/^hyperv_vm_info\{.*vm="SQL01"/));
    expect(Number(packed.headers['content-length'])).toBe(packed.body.length);
  });

  it.each([
    ['gzip', true],
    ['gzip, deflate, br', true],
    ['deflate, GZIP;q=0.5', true],
    ['*', true],
    ['', false],
    ['br', false],
    ['gzip;q=0', false],
    ['*;q=0', false],
    ['gzip;q=0, *', false],
    ['identity, gzip;q=0.5', false],
    ['gzip;q=nonsense', false],
  ])('answers "Accept-Encoding: %s" packed: %s', async (encoding, isPacked) => {
    await using running = await runningExporter();
    await running.exporter.publish(ONE_VM);
    const { headers } = await ask(`${running.url}/metrics`, { headers: { 'Accept-Encoding': encoding } });
    expect(headers['content-encoding'] === 'gzip').toBe(isPacked);
    expect(headers.vary).toBe('Accept-Encoding');
  });

  it('shows the old view until the new one is wholly rendered', async () => {
    await using running = await runningExporter();
    await running.exporter.publish(ONE_VM);
    const many = Array.from({ length: 2000 }, (_, n) => ({ name: `VM${n}`, checkpoints: [{ name: 'x' }] }));
    let isDone = false;
    const publishing = running.exporter.publish(view([{ vms: many }])).then(() => {
      isDone = true;
    });
    const counts = new Set<number>();
    while (!isDone) {
      const { body } = await ask(`${running.url}/metrics`);
      counts.add(body.toString().match(/^hyperv_vm_info\{/gm)?.length ?? 0);
    }
    await publishing;
    const { body } = await ask(`${running.url}/metrics`);
    counts.add(body.toString().match(/^hyperv_vm_info\{/gm)?.length ?? 0);
    expect([...counts].sort()).toEqual([1, 2000]);
  });

  it('shows views in the order in which they were published', async () => {
    await using running = await runningExporter();
    const many = Array.from({ length: 500 }, (_, n) => ({ name: `VM${n}` }));
    await Promise.all([running.exporter.publish(view([{ vms: many }])), running.exporter.publish(ONE_VM)]);
    const { body } = await ask(`${running.url}/metrics`);
    expect(body.toString().match(/^hyperv_vm_info\{/gm)).toHaveLength(1);
  });

  it('counts afresh what the agent did, between two scans as well', async () => {
    await using running = await runningExporter();
    await running.exporter.publish(ONE_VM);
    running.selfMetrics.scanSkipped();
    const { body } = await ask(`${running.url}/metrics`);
    expect(body.toString()).toContain('\nhyperv_checkpoint_scans_skipped_total 1\n');
  });
});

describe('/check', () => {
  it('has the text for a monitoring server and the exit code for the command', async () => {
    await using running = await runningExporter();
    const before = await ask(`${running.url}/check`);
    expect(before.headers['check-exit-code']).toBe('3');
    expect(before.body.toString()).toBe('CHECKPOINTS UNKNOWN - the first scan has not ended yet\n');
    await running.exporter.publish(ONE_VM);
    const after = await ask(`${running.url}/check`);
    expect(after.headers['check-exit-code']).toBe('1');
    expect(after.body.toString()).toMatch(/^CHECKPOINTS WARNING - SQL01 /);
    const filtered = await ask(`${running.url}/check?vm=NONE*&critical=3d`);
    expect(filtered.body.toString()).toMatch(/^CHECKPOINTS UNKNOWN - no VM matches "NONE\*"/);
    const wrong = await ask(`${running.url}/check?colour=red`);
    expect(wrong).toMatchObject({ status: 200 });
    expect(wrong.body.toString()).toBe('CHECKPOINTS UNKNOWN - unknown option "colour"\n');
  });
});

describe('the other paths', () => {
  it('say whether the agent lives and whether it has scanned', async () => {
    await using running = await runningExporter();
    const status = async (path: string) => (await ask(running.url + path)).status;
    expect([await status('/-/healthy'), await status('/-/ready')]).toEqual([200, 503]);
    await running.exporter.publish(view([{ unread: true }]));
    expect(await status('/-/ready')).toBe(503);
    await running.exporter.publish(
      view([{ unread: true, failed: { code: 'TIMEOUT', detail: null, target: null } }]),
    );
    expect([await status('/-/healthy'), await status('/-/ready')]).toEqual([200, 200]);
  });

  it('give status and findings as JSON', async () => {
    await using running = await runningExporter();
    const before = await ask(`${running.url}/api/v1/findings`);
    expect([before.status, JSON.parse(before.body.toString())]).toEqual([
      503,
      { schema: 1, error: expect.any(String) },
    ]);
    const failed = { code: 'ACCESS_DENIED', detail: 'denied', target: null } as const;
    await running.exporter.publish({
      ...ONE_VM,
      inventory: {
        ...ONE_VM.inventory,
        hosts: [...ONE_VM.inventory.hosts, ...view([{ host: 'hv02', unread: true, failed }]).inventory.hosts],
      },
    });
    const { headers, body } = await ask(`${running.url}/api/v1/findings`);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    await expect(body.toString()).toMatchFileSnapshot('findings.json.txt');
    const status = await ask(`${running.url}/api/v1/status`);
    await expect(status.body.toString()).toMatchFileSnapshot('status.json.txt');
  });

  it('count nothing of hosts that were never read, which is not zero', async () => {
    await using running = await runningExporter();
    const failed = { code: 'TIMEOUT', detail: null, target: null } as const;
    await running.exporter.publish(view([{ unread: true, failed }]));
    const { body } = await ask(`${running.url}/api/v1/status`);
    expect(JSON.parse(body.toString())).toMatchObject({ findings: null, things: null });
  });

  it('count findings one by one, and things once at their worst', async () => {
    await using running = await runningExporter();
    const about = { vm: 'SQL01', checkpoint: 'before patch' };
    const found = [finding(about), finding(about, { rule: 'avhdx-size', severity: 'critical' })];
    await running.exporter.publish({ ...ONE_VM, findings: found });
    const { body } = await ask(`${running.url}/api/v1/status`);
    expect(JSON.parse(body.toString())).toMatchObject({
      findings: { critical: 1, warning: 1, info: 0 },
      things: { critical: 1, warning: 0, info: 0 },
    });
  });

  it('answer HEAD with the headers alone, other methods with 405, other paths with 404', async () => {
    await using running = await runningExporter();
    await running.exporter.publish(ONE_VM);
    for (const path of ['/', '/metrics', '/check', '/api/v1/status']) {
      const head = await ask(running.url + path, { method: 'HEAD' });
      expect([path, head.status, head.body.length]).toEqual([path, 200, 0]);
      expect(Number(head.headers['content-length'])).toBeGreaterThan(0);
      const post = await ask(running.url + path, { method: 'POST' });
      expect([path, post.status, post.headers.allow]).toEqual([path, 405, 'GET, HEAD']);
    }
    for (const path of ['/nothing', '/metrics/', '//', '/%2e%2e/etc/passwd', '/__proto__']) {
      expect([path, (await ask(running.url + path)).status]).toEqual([path, 404]);
    }
  });

  it('allow browsers nothing that a page of text does not need', async () => {
    await using running = await runningExporter();
    await running.exporter.publish(ONE_VM);
    const { headers, body } = await ask(`${running.url}/`);
    const style = /<style>(.*)<\/style>/s.exec(body.toString())?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).toContain(`'sha256-${hash}'`);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri/,
      ),
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('tell of a fault of the program without any of its details', async () => {
    const mails = () => {
      throw new Error('secret detail');
    };
    await using running = await runningExporter({ mails });
    const { status, body } = await ask(`${running.url}/`);
    expect([status, body.toString()]).toEqual([500, 'The agent has a fault; its log says more.\n']);
    expect(running.faults).toEqual([new Error('secret detail')]);
  });
});

describe('a bad client', () => {
  async function socketTo(url: string): Promise<Socket> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => {});
    return socket;
  }

  it('that never ends its request is cut off, and others are answered meanwhile', async () => {
    await using running = await runningExporter({
      limits: { ...SERVER_LIMITS, headersMs: 50, requestMs: 50 },
    });
    const slow = await Promise.all(Array.from({ length: 50 }, () => socketTo(running.url)));
    const closed = Promise.all(slow.map((socket) => once(socket, 'close')));
    for (const socket of slow) {
      socket.resume();
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
    }
    expect((await ask(`${running.url}/-/healthy`)).status).toBe(200);
    await closed;
  });

  it('that does not take its answer is cut off', async () => {
    await using running = await runningExporter({ limits: { ...SERVER_LIMITS, responseMs: 200 } });
    const vms = Array.from({ length: 3000 }, (_, n) => ({ name: `VM${n}`, checkpoints: [{ name: 'x' }] }));
    await running.exporter.publish(view([{ vms }]));
    const stalled = await socketTo(running.url);
    stalled.pause();
    for (let n = 0; n < 20; n++) stalled.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    const closed = once(stalled, 'close');
    // Only time can tell: the agent waits this long for a reader that reads nothing.
    await new Promise((resolve) => setTimeout(resolve, 400));
    stalled.resume();
    await closed;
    expect(stalled.bytesRead).toBeLessThan(20 * 1_000_000);
  });

  it('that sends nonsense gets an error, and the server goes on', async () => {
    await using running = await runningExporter();
    for (const nonsense of [
      '\0\0\0\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
    ]) {
      const socket = await socketTo(running.url);
      const answer = once(socket, 'data');
      socket.write(nonsense);
      expect(String((await answer)[0])).toMatch(/^HTTP\/1.1 4\d\d /);
      socket.destroy();
    }
    expect((await ask(`${running.url}/-/healthy`)).status).toBe(200);
    expect(running.faults).toEqual([]);
  });
});

describe(createExporter, () => {
  it('says which address is in use, and what to change', async () => {
    await using running = await runningExporter();
    const port = Number(new URL(running.url).port);
    await expect(runningExporter({ web: { host: '127.0.0.1', port, externalUrl: null } })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port}: the port is in use, perhaps by another agent. Stop that program, or give another port in web.listen.`,
    );
  });

  it('says when the machine has no such address', async () => {
    await expect(
      runningExporter({ web: { host: '203.0.113.7', port: 0, externalUrl: null } }),
    ).rejects.toThrow('cannot listen on 203.0.113.7:0: this machine has no such address.');
  });

  it('ends although connections are kept open', async () => {
    const running = await runningExporter();
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    socket.resume();
    socket.write('GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    const closed = once(socket, 'close');
    await running.exporter.close();
    await closed;
    await expect(ask(`${running.url}/-/healthy`)).rejects.toThrow('ECONNREFUSED');
    await running.exporter.close();
  });
});
