import { describe, expect, it } from 'vitest';
import type { SeriesOptions } from '../../../src/core/metrics/series.ts';
import { renderExposition } from '../../../src/core/render/exposition.ts';
import type { AgentView } from '../../../src/core/view.ts';
import { view } from '../../builders.ts';
import { ALL_EXCEPTED, PARTLY_EXCEPTED } from '../excepted.ts';

/** Lines of one family without its comments and without what names the VM. */
function lines(
  of: AgentView,
  name: string,
  perCheckpoint: SeriesOptions['perCheckpoint'] = 'all',
): readonly string[] {
  return [...renderExposition(of, { perCheckpoint, maxCheckpoints: 5000 })]
    .join('')
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .map((line) =>
      line.slice(name.length).replaceAll(/hyperv_host="hv01",|(?:vm|checkpoint)_id="[^"]*",?/g, ''),
    );
}

describe('what exceptions cover', () => {
  it('is a finding of another state', () => {
    expect(lines(PARTLY_EXCEPTED, 'hyperv_checkpoint_finding')).toEqual([
      '{vm="APP03",rule="checkpoint-age",severity="info",state="active"} 1',
      '{vm="LAB09",rule="avhdx-size",severity="critical",state="excepted"} 1',
      '{vm="LAB09",rule="checkpoint-age",severity="critical",state="excepted"} 1',
      '{vm="SQL01",rule="exception-ending",severity="info",state="active"} 1',
      '{vm="SQL01",rule="avhdx-size",severity="critical",state="active"} 1',
      '{vm="SQL01",rule="checkpoint-age",severity="critical",state="excepted"} 1',
      '{vm="SQL01",rule="checkpoint-age",severity="warning",state="active"} 1',
    ]);
  });

  it('is not stale', () => {
    expect(lines(PARTLY_EXCEPTED, 'hyperv_vm_checkpoints_stale')).toEqual([
      '{vm="APP03",severity="warning"} 0',
      '{vm="APP03",severity="critical"} 0',
      '{vm="LAB09",severity="warning"} 0',
      '{vm="LAB09",severity="critical"} 0',
      '{vm="SQL01",severity="warning"} 1',
      '{vm="SQL01",severity="critical"} 0',
    ]);
    expect(lines(PARTLY_EXCEPTED, 'hyperv_checkpoint_info', 'stale')).toEqual([
      '{vm="SQL01",checkpoint="before patch",kind="user"} 1',
      '{vm="SQL01",checkpoint="try index owner=m.mustermann",kind="user"} 1',
    ]);
    expect(lines(ALL_EXCEPTED, 'hyperv_checkpoint_info', 'stale')).toEqual([]);
  });
});

it('counts the exceptions that cover something, and those that cover nothing', () => {
  expect(lines(PARTLY_EXCEPTED, 'hyperv_checkpoint_exceptions')).toEqual([
    '{state="covering"} 2',
    '{state="idle"} 1',
  ]);
  expect(lines(view([{}]), 'hyperv_checkpoint_exceptions')).toEqual([
    '{state="covering"} 0',
    '{state="idle"} 0',
  ]);
});

it('has a series for each tag of a VM, from the configuration and from its notes', () => {
  expect(lines(PARTLY_EXCEPTED, 'hyperv_vm_tag_info')).toEqual([
    '{vm="LAB09",tag="lab"} 1',
    '{vm="LAB09",tag="training"} 1',
  ]);
});
