import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorInfo } from '../../../src/core/collect-error.ts';
import { escapeHtml, html } from '../../../src/core/render/html.ts';
import { renderPage } from '../../../src/core/render/page/page.ts';
import { PAGE_STYLE } from '../../../src/core/render/page/style.ts';
import { DAY_MS, GIB, HOUR_MS, MINUTE_MS } from '../../../src/core/units.ts';
import { finding, guid, NOW, view } from '../../builders.ts';
import { hostileName } from '../../hostile.ts';

const DENIED = { code: 'ACCESS_DENIED', detail: 'Access is denied.', target: null } as const;

describe(renderPage, () => {
  it('shows what is wrong, how the hosts were read, and what was not looked at', async () => {
    const of = view(
      [
        {
          vms: [
            {
              name: 'SQL01',
              checkpoints: [{ name: 'before patch', ageMs: 12 * DAY_MS, layerBytes: 301 * GIB }],
            },
            { name: 'APP11', checkpoints: [{ name: 'x', layerBytes: null }] },
            { name: 'DC01' },
          ],
        },
        { host: 'hv02', vms: [{ name: 'WEB07' }], failed: DENIED, readAt: NOW - 3 * HOUR_MS },
        { host: 'hv03', unread: true, failed: DENIED },
      ],
      [
        finding(
          { vm: 'SQL01', checkpoint: 'before patch' },
          { severity: 'critical', reason: 'older than 7d' },
        ),
        finding({ vm: 'APP11' }, { reason: 'more than 3 checkpoints' }),
        finding({ host: 'hv03' }, { reason: 'not read for more than 1h' }),
      ],
    );
    const mails = [
      {
        subject: '[Hyper-V checkpoints] SQL01: stale checkpoint',
        file: 'demo-mail/0002.eml',
        state: 'worse',
      },
    ];
    await expect(renderPage({ version: '1.2.3', view: of, mails })).toMatchFileSnapshot('page.html');
  });

  it('says so before the first scan, and when all is well', () => {
    expect(renderPage({ version: '1', view: null, mails: null })).toContain(
      'The first scan has not ended yet.',
    );
    const fine = renderPage({ version: '1', view: view([{ vms: [{ name: 'A' }] }]), mails: null });
    expect(fine).toContain('Nothing is wrong');
    expect(fine).toContain('Everything was looked at.');
  });

  it('does not say that nothing is wrong when something was not looked at', () => {
    const page = renderPage({ version: '1', view: view([{ unread: true, failed: DENIED }]), mails: null });
    expect(page).not.toContain('Nothing is wrong');
    expect(page).toContain('access denied');
  });

  it('shows no zeros of hosts that were never read', () => {
    const page = renderPage({
      version: '1',
      view: view([{ host: 'vm', unread: true, failed: DENIED }]),
      mails: null,
    });
    expect(page).toContain('<title>Nothing is known: vm was not read · Hyper-V checkpoints</title>');
    expect(page).toContain('Nothing is known: vm was not read</strong></p>');
    expect(page).toContain('Not known: nothing was looked at.');
    expect(page).not.toContain('0 critical');
    expect(page).not.toContain('As of');
  });

  it('says none only of what was looked at', () => {
    const hosts = [{ vms: [{ name: 'A' }] }, { host: 'hv02', unread: true, failed: DENIED }];
    const page = renderPage({ version: '1', view: view(hosts), mails: null });
    expect(page).toContain('<p>None in what was looked at.</p>');
    expect(page).toContain('<title>0 critical, 0 warning, 1 not looked at · ');
    expect(renderPage({ version: '1', view: view([{ vms: [{ name: 'A' }] }]), mails: null })).toContain(
      '<p>None.</p>',
    );
  });

  it('marks what is known from an earlier scan, and says why the host was not read and what to do', () => {
    const failed = { vms: [{ name: 'WEB07' }], failed: DENIED, readAt: NOW - 98 * MINUTE_MS };
    const found = [
      finding({ vm: 'WEB07' }, { host: 'hv02' }),
      finding({ host: 'hv02' }, { reason: 'not read for more than 1h' }),
    ];
    const of = view([{ vms: [{ name: 'A' }] }, { host: 'hv02', ...failed }], found);
    const page = renderPage({ version: '1', view: of, mails: null });
    expect(page).toContain('<td>WEB07</td><td>hv02 <span class="dim">as of 1h 38m ago</span></td>');
    expect(page).toContain('<summary>not read for more than 1h: access denied (Access is denied.)</summary>');
    expect(page).toContain('for the hosts that were read; hv02: as of 1h 38m ago.');
    expect(page.split(escapeHtml(errorInfo('ACCESS_DENIED').advice))).toHaveLength(3);
  });

  it('shows no value that looks like the limit it is above', () => {
    const sql = {
      name: 'SQL01',
      checkpoints: [{ name: 'x', ageMs: 3 * DAY_MS + 1000, layerBytes: 200 * GIB + 1 }],
    };
    const about = { vm: 'SQL01', checkpoint: 'x' };
    const of = view(
      [{ vms: [sql] }],
      [
        finding(about, { threshold: { unit: 'ms', value: 3 * DAY_MS } }),
        finding(about, { rule: 'avhdx-size', threshold: { unit: 'bytes', value: 200 * GIB } }),
      ],
    );
    const page = renderPage({ version: '1', view: of, mails: null });
    expect(page).toContain('<td class="number">just over 3d</td><td class="number">just over 200.0 GiB</td>');
  });

  it('tells VMs of the same name apart', () => {
    const id = guid('A');
    const of = view([{ vms: [{ name: 'A' }, { name: 'a', id: '33334444-0' }] }], [finding({ vm: 'A' })]);
    const page = renderPage({ version: '1', view: of, mails: null });
    expect(page).toContain(`<td>A (${id.slice(0, 8)})</td>`);
  });

  it('says how many checkpoints are without findings', () => {
    const of = view(
      [{ vms: [{ name: 'A', checkpoints: [{ name: 'x' }, { name: 'y' }, { name: 'z' }] }] }],
      [finding({ vm: 'A', checkpoint: 'x' })],
    );
    expect(renderPage({ version: '1', view: of, mails: null })).toContain(
      '3 checkpoints, 2 of them without findings.',
    );
  });

  it('does not say that nothing is wrong when nobody has looked for too long', () => {
    const of = view([{ vms: [{ name: 'A' }] }]);
    const page = renderPage({ version: '1', view: { ...of, now: NOW + HOUR_MS }, mails: null });
    expect(page).not.toContain('Nothing is wrong');
    expect(page).toContain('hv01: scanned 1h 1m ago: too old to rely on');
  });

  it('lets no name become markup', () => {
    const skeleton = (page: string) =>
      page
        .replace(PAGE_STYLE, '')
        .match(/<[^>]*>/g)
        ?.map((tag) => tag.replace(/="[^"]*"/g, ''));
    const pageOf = (name: string) =>
      renderPage({
        version: '1',
        view: view(
          [
            {
              vms: [{ name, checkpoints: [{ name, layerBytes: null }] }],
              errors: [{ ...DENIED, detail: name || 'x' }],
            },
          ],
          [finding({ vm: name, checkpoint: name }, { reason: name, message: name, advice: name || 'x' })],
        ),
        mails: [{ subject: name, file: name, state: name }],
      });
    const plain = skeleton(pageOf('plain'));
    fc.assert(
      fc.property(hostileName, (name) => {
        expect(skeleton(pageOf(name))).toEqual(plain);
      }),
    );
  });

  it('stays readable with very many findings', () => {
    const findings = Array.from({ length: 2000 }, (_, n) => finding({ vm: `VM${n}` }));
    const page = renderPage({ version: '1', view: view([{}], findings), mails: null });
    expect(page.match(/class="mark/g)).toHaveLength(500);
    expect(page).toContain('… and 1500 more');
  });
});

describe(html, () => {
  it('escapes text, keeps markup, joins lists and leaves nothing out', () => {
    const items = ['<b>', '&'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul title="${'"\''}">${items}${null}${3}</ul>`.markup).toBe(
      '<ul title="&quot;&#39;"><li>&lt;b&gt;</li><li>&amp;</li>3</ul>',
    );
  });

  it('escapes so that the text is read back', () => {
    const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
    fc.assert(
      fc.property(fc.string(), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"']/);
        expect(escaped.replace(/&([^;]+);/g, (_, name) => entities[name] ?? '?')).toBe(text);
      }),
    );
  });
});
