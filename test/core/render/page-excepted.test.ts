import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderPage } from '../../../src/core/render/page/page.ts';
import { PAGE_STYLE } from '../../../src/core/render/page/style.ts';
import type { AgentView } from '../../../src/core/view.ts';
import { finding, view } from '../../builders.ts';
import { hostileName } from '../../hostile.ts';
import { ALL_EXCEPTED, LAB09, PARTLY_EXCEPTED, viewOf } from '../excepted.ts';

const pageOf = (of: AgentView): string => renderPage({ version: '1.2.3', view: of, mails: null });

describe('what exceptions cover', () => {
  it('has a section of its own below what is wrong', async () => {
    await expect(pageOf(PARTLY_EXCEPTED)).toMatchFileSnapshot('page-excepted.html');
  });

  it('is counted in the first line, with a link, and raises no alarm there', () => {
    const page = pageOf(ALL_EXCEPTED);
    expect(page).toContain(
      '<strong class="fine">Nothing is wrong but what is excepted</strong>: 0 critical, 0 warning, <a href="#excepted">1 excepted</a> on 2 VMs',
    );
    expect(page).toContain('<title>0 critical, 0 warning · ');
    expect(page).toContain('<p>None.</p>');
    expect(page).toContain('1 checkpoint, 0 of them without findings.');
  });

  it('is a row for each exception of a thing', () => {
    const about = { vm: 'LAB09', checkpoint: 'golden' };
    const until = (reason: string) => ({ reason, untilAt: 0, owner: null, line: null });
    const page = pageOf(
      view(
        [{ vms: [LAB09] }],
        [
          finding(about, { exception: until('training image') }),
          finding(about, { rule: 'avhdx-size', exception: until('new disk is ordered') }),
        ],
      ),
    );
    expect(page).toContain('<a href="#excepted">1 excepted</a>');
    expect(
      page.match(/<td>(?:training image|new disk is ordered)<\/td><td data-label="owner">–<\/td>/g),
    ).toHaveLength(2);
  });

  it('has no section where there are no exceptions', () => {
    expect(pageOf(view([{ vms: [LAB09] }]))).not.toContain('excepted');
  });

  it('is there also when nobody could read the host this time', () => {
    const failed = { code: 'TIMEOUT', detail: null, target: null } as const;
    const of = viewOf([], { others: [{ host: 'hv02', vms: [LAB09], failed }] });
    expect(pageOf(of)).toContain('<a href="#excepted">1 excepted</a>');
  });

  it('lets no name, reason or owner become markup', () => {
    const skeleton = (page: string) =>
      page
        .replace(PAGE_STYLE, '')
        .match(/<[^>]*>/g)
        ?.map((tag) => tag.replace(/="[^"]*"/g, ''));
    const hostile = (text: string): AgentView => {
      const exception = { reason: text, untilAt: 0, owner: text || 'x', line: 1 };
      const about = { vm: text, checkpoint: text };
      return view(
        [{ vms: [{ name: text, notes: '[ckpt:tag=prod]', checkpoints: [{ name: text }] }] }],
        [
          finding(about, { reason: text, exception }),
          finding(about, { rule: 'avhdx-size', owner: text || 'x' }),
        ],
      );
    };
    const plain = skeleton(pageOf(hostile('plain')));
    fc.assert(
      fc.property(hostileName, (text) => {
        expect(skeleton(pageOf(hostile(text)))).toEqual(plain);
      }),
    );
  });

  it('stays readable with very many', () => {
    const exception = { reason: 'training image', untilAt: 0, owner: null, line: 1 };
    const findings = Array.from({ length: 2000 }, (_, n) => finding({ vm: `VM${n}` }, { exception }));
    const page = pageOf(view([{}], findings));
    expect(page.match(/<td>training image<\/td>/g)).toHaveLength(500);
    expect(page).toContain('… and 1500 more');
    expect(page).toContain('2000 excepted');
  });
});
